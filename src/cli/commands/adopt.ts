import type { Body } from '../../documents/body.ts';
import type { AdoptDocument } from '../../documents/set-up.ts';
import type { InputFacts } from '../../model/batch-record.ts';
import { parseBatchPattern } from '../../model/batch-pattern.ts';
import { foldBatches } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { paddedBatch, readMark } from '../../model/names.ts';
import { stopFor } from '../../model/stop.ts';
import { readTrackingFile } from '../../state/tracking-file.ts';
import { isJobName } from '../../state/older-file.ts';
import {
  candidateOf,
  listAllJobs,
  othersJobs,
  ownJobs,
  planAdoption,
  takeOver,
  type AdoptionPlan,
  type Candidate,
} from '../../submit/adopt.ts';
import { jobsNamed, recogniseNames } from '../../submit/named-jobs.ts';
import { inputsOf, warnOfUnknownRows } from './adopt-inputs.ts';
import type { CommandHandler } from '../command-spec.ts';
import { confirm } from '../confirm.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, textFlag } from '../invocation.ts';
import type { ResultDocument } from '../output/printer.ts';
import { inSession } from '../session.ts';
import { plural } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit adopt`: jobs made elsewhere, or by a state that is gone, become this state's jobs. */
export const adoptCommand: CommandHandler = (invocation) => withDesk(invocation, adoptJobs);

async function adoptJobs(desk: Desk): Promise<number> {
  const { invocation, printer } = desk;
  const state = (await desk.loadState())?.state ?? NO_STATE;
  const named = await namedCandidates(desk);
  const found = named ?? (await listedCandidates(desk));
  const verified = hasFlag(invocation, 'verify') && named !== undefined ? await verify(desk, found) : found;
  const { inputs, rows } = await inputsOf(desk, verified);
  const plan = planAdoption(state, dropOtherContent(desk, verified, inputs), hasFlag(invocation, 'replace'));
  warnOfUnknownRows(desk, state, plan.take, rows);
  if (plan.take.length === 0 || hasFlag(invocation, 'dry-run')) {
    printer.result(
      describe(plan, `${plural(plan.take.length, 'job', 'jobs')} to take over; nothing was changed.`),
    );
    return plan.ambiguous.length > 0 ? EXIT.uncertain : EXIT.ok;
  }
  const what = `${plural(plan.take.length, 'job', 'jobs')} (batches ${foldBatches(plan.take.map(({ batch }) => batch))})`;
  if (!hasFlag(invocation, 'yes') && !(await confirm(invocation, `Take over ${what}?`))) {
    throw new BatchSubmitError('E_USAGE', `Cannot take over ${what}: it was not confirmed`, {
      hint: 'answer "y", or pass `--yes` in a script',
    });
  }
  return await inSession(
    desk,
    async (session) => {
      await takeOver(session, plan.take, inputs, rows);
      printer.close();
      // Each job was shown as it was taken over.
      printer.result(describe({ ...plan, take: [] }, `Took over ${what}.`));
      printer.note('\nNext: batch-submit status --refresh');
      return plan.ambiguous.length > 0 ? EXIT.uncertain : EXIT.ok;
    },
    sharedStateId(plan.take),
  );
}

/** Jobs from the listing: our own, or those whose names match the user's pattern. */
async function listedCandidates(desk: Desk): Promise<readonly Candidate[]> {
  const text = textFlag(desk.invocation, 'named');
  const pattern = text === undefined ? undefined : parseBatchPattern(text);
  if (typeof pattern === 'string') {
    throw new BatchSubmitError('E_USAGE', `Cannot use --named "${text}": ${pattern}`, {
      hint: "write it as `--named 'refinement_batch_{batch}'`",
    });
  }
  const jobs = await listAllJobs(await desk.service(), desk.signal);
  if (pattern !== undefined) return jobsNamed(othersJobs(jobs), pattern);
  for (const { pattern: name, batches } of recogniseNames(othersJobs(jobs))) {
    const which = `${plural(batches.length, 'batch', 'batches')} (${foldBatches(batches)})`;
    desk.printer.note(
      `Jobs of another tool are named for ${which}; to take them: batch-submit adopt --named '${name}'`,
    );
  }
  return ownJobs(jobs);
}

/** Jobs that the user names, by file or by flag; `undefined` when they name none. */
async function namedCandidates({ invocation, printer }: Desk): Promise<readonly Candidate[] | undefined> {
  const pairs = textFlag(invocation, 'job')?.split(',') ?? [];
  if (invocation.operands.length + pairs.length === 0) return undefined;
  const candidates: Candidate[] = pairs.map((pair) => {
    const [number, jobName = ''] = pair.split('=').map((part) => part.trim());
    if (!/^[1-9]\d{0,8}$/.test(number ?? '') || !isJobName(jobName)) {
      throw new BatchSubmitError(
        'E_USAGE',
        `Cannot read --job "${pair}": it is not a batch number and a job name`,
        {
          hint: 'write it as `--job 81=batches/abc`',
        },
      );
    }
    return bareCandidate(Number(number), jobName);
  });
  for (const path of invocation.operands) {
    const { jobs, unnumbered, notes } = await readTrackingFile(path);
    for (const message of notes) printer.event({ event: 'warning', message });
    for (const jobName of unnumbered) {
      printer.event({
        event: 'warning',
        message: `${jobName} in "${path}" is left out: no batch number stands beside it`,
      });
    }
    candidates.push(...jobs.map(({ batch, jobName }) => bareCandidate(batch, jobName)));
  }
  return dropRepeats(candidates);
}

function bareCandidate(batch: number, jobName: string): Candidate {
  return {
    batch,
    jobName,
    attempt: 1,
    displayName: undefined,
    model: undefined,
    createdAt: undefined,
    inputFile: undefined,
  };
}

function dropRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  return [
    ...new Map(
      candidates.map((candidate) => [`${candidate.batch} ${candidate.jobName}`, candidate]),
    ).values(),
  ];
}

/** Keeps the jobs that the service knows, with what it says of them. */
async function verify(desk: Desk, candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const service = await desk.service();
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    const got = await service.getJob(candidate.jobName, desk.signal);
    if (got.ok) kept.push(candidateOf(got.value, candidate.batch, candidate.attempt));
    else if (got.failure.kind === 'not_found') {
      desk.printer.event({
        event: 'warning',
        batch: candidate.batch,
        message: `${candidate.jobName} is left out: the service does not know it`,
      });
    } else throw stopFor(got.failure, `verify the job of batch ${candidate.batch}`);
  }
  return kept;
}

/** A job whose mark says that it was made from other content is not this batch's job. */
function dropOtherContent(
  desk: Desk,
  candidates: readonly Candidate[],
  inputs: ReadonlyMap<number, InputFacts>,
): readonly Candidate[] {
  return candidates.filter(({ batch, jobName, displayName }) => {
    const content = displayName === undefined ? undefined : readMark(displayName)?.content;
    const input = inputs.get(batch);
    if (content === undefined || input === undefined || input.sha256.startsWith(content)) return true;
    desk.printer.event({
      event: 'warning',
      batch,
      message: `${jobName} is left out: it was made from other content than "${input.path}"`,
    });
    return false;
  });
}

/** The state that made the jobs, when it was one: names given from now on then continue its own. */
function sharedStateId(take: readonly Candidate[]): string | undefined {
  const ids = new Set(take.map(({ displayName }) => readMark(displayName ?? '')?.stateId));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function describe(plan: AdoptionPlan, outcome: string): ResultDocument {
  const { take, known, ambiguous } = plan;
  return {
    lines: [
      ...take.map(({ batch, jobName }) => `  ${paddedBatch(batch)}   ${jobName}`),
      ...ambiguous.map(({ batch, jobs, why }) => `! ${paddedBatch(batch)}   ${why}: ${jobs.join(', ')}`),
      `${outcome} ${known.length} known already, ${ambiguous.length} ambiguous.`,
    ],
    records: [
      ...take.map(({ batch, jobName }) => [batch, 'take', jobName]),
      ...ambiguous.map(({ batch, jobs }) => [batch, 'ambiguous', ...jobs]),
    ],
    json: {
      take: take.map(({ batch, jobName }) => ({ batch, job: jobName })),
      known,
      ambiguous,
    } satisfies Body<AdoptDocument>,
  };
}
