import { inspectInput } from '../input/inspect.ts';
import { jobNamesOf, type InputFacts, type UploadedFile } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { isDead, type JobSnapshot } from '../model/job.ts';
import { readMark, type NameMark } from '../model/names.ts';
import type { InputFile } from '../model/plan.ts';
import { stopFor } from '../model/stop.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { noteDuplicates } from '../service/note-duplicates.ts';
import { walkJobs } from '../service/walk-jobs.ts';
import { isSameModel, oldestLive } from './adopt-match.ts';
import type { SubmitContext, SubmitOptions } from './submit-context.ts';

/** A live job of this tool that the state knows nothing of. */
export interface UnknownJob {
  readonly job: JobSnapshot;
  readonly mark: NameMark;
}

/** Unknown jobs by the batch they say they are of. */
export type UnknownJobs = ReadonlyMap<number, readonly UnknownJob[]>;

/**
 * Looks at the whole listing before the first create of a run: a service whose listing cannot be read is
 * not given money, because a lost create could not be found again; and a state may know less than it
 * should, when it was lost, or restored from a copy. Where no listing exists the user is told what that means.
 * @throws {BatchSubmitError} when the listing cannot be read
 */
export async function survey(
  context: Pick<SubmitContext, 'service' | 'store' | 'emit' | 'signal' | 'options' | 'others'>,
): Promise<UnknownJobs> {
  const { service, store, emit, signal, options, others } = context;
  if (service.listsJobs === false) {
    const message =
      'without an API key of its own this run sees no list of jobs: a create whose answer is lost stays uncertain, and jobs of a lost state are not found';
    emit({ event: 'warning', message });
    return new Map();
  }
  const marked: JobSnapshot[] = [];
  const visit = (jobs: readonly JobSnapshot[]): boolean => {
    others.note(jobs);
    marked.push(...jobs.filter(({ displayName }) => readMark(displayName ?? '') !== undefined));
    return false;
  };
  const walked = await walkJobs(service, visit, signal);
  if (!walked.ok) throw stopFor(walked.failure, 'submit without a look at the jobs there are');
  await noteDuplicates(context, marked);
  const unknown = unknownJobs(store.current(), marked);
  if (options.fresh) {
    // Said once, it holds: the next run over the same state must not ask again.
    const foreign = [...unknown.values()].flat().map(({ mark }) => mark.stateId);
    await store.ignoreStates([...new Set(foreign)].filter((id) => id !== store.current().stateId));
  }
  return unknown;
}

function unknownJobs(state: SubmissionState, jobs: readonly JobSnapshot[]): UnknownJobs {
  const known = new Set([...state.batches.values()].flatMap((record) => jobNamesOf(record)));
  const found = new Map<number, UnknownJob[]>();
  for (const job of jobs) {
    const mark = readMark(job.displayName ?? '');
    if (mark === undefined || known.has(job.name) || isDead(job.state)) continue;
    if (state.ignoredStates?.includes(mark.stateId) === true) continue;
    found.set(mark.batch, [...(found.get(mark.batch) ?? []), { job, mark }]);
  }
  return found;
}

/**
 * Refuses, before anything is sent, to pay for what another state has a job for.
 * @throws {BatchSubmitError} `E_OTHER_INPUT`
 */
export async function refuseForeignJobs(
  context: Pick<SubmitContext, 'options' | 'stateId' | 'signal'>,
  unknown: UnknownJobs,
  files: readonly InputFile[],
): Promise<void> {
  const { options, stateId, signal } = context;
  if (options.fresh) return;
  for (const { batch, path } of files) {
    const foreign = (unknown.get(batch) ?? []).filter(({ mark }) => mark.stateId !== stateId);
    if (foreign.length === 0) continue;
    const inspection = await inspectInput(path, signal);
    const same = inspection.ok ? foreign.find((one) => isSame(one, inspection.facts, options)) : undefined;
    if (same !== undefined) throw foreignJob(batch, same.job.name);
  }
}

/**
 * Before a batch is paid for: is there a job for exactly this already? One of this state, from an
 * attempt that was given up, is taken. One of another state is somebody's decision to make.
 * @returns true when the batch has a job now
 * @throws {BatchSubmitError} `E_OTHER_INPUT` when another state has a job for the same batch, content and model
 */
export async function takeUnknownJob(
  context: SubmitContext,
  batch: number,
  input: InputFacts,
): Promise<boolean> {
  const { store, emit, stateId, unknownJobs: unknown, options } = context;
  const same = (unknown.get(batch) ?? []).filter((one) => isSame(one, input, options));
  const own = same.filter(({ mark }) => mark.stateId === stateId);
  const chosen = oldestLive(own.map(({ job }) => job));
  const attempt = own.find(({ job }) => job === chosen)?.mark.attempt;
  if (chosen === undefined || attempt === undefined) {
    if (same[0] === undefined || options.fresh) return false;
    throw foreignJob(batch, same[0].job.name);
  }
  const { name, displayName, model, createdAt, inputFile } = chosen;
  const job = { name, displayName, model, submittedAt: createdAt, adopted: true, key: context.key };
  const file: UploadedFile | undefined =
    inputFile === undefined ? undefined : { name: inputFile, uri: inputFile };
  await store.apply(batch, { type: 'taken_over', job, attempt, input, file });
  emit({ event: 'batch_adopted', batch, job: name, displayName: displayName ?? '' });
  const rest = own.filter((one) => one.job !== chosen).map((one) => one.job);
  if (rest.length > 0) await noteDuplicates(context, rest);
  return recordOf(store.current(), batch).status === 'submitted';
}

function isSame({ job, mark }: UnknownJob, input: InputFacts, { model }: SubmitOptions): boolean {
  return isSameModel(job, model) && input.sha256.startsWith(mark.content);
}

function foreignJob(batch: number, jobName: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot submit batch ${batch}: ${jobName} was made from the same file, and this state knows nothing of it`,
    {
      hint: 'take the jobs over with `batch-submit adopt`, or pay again with `--fresh`',
    },
  );
}
