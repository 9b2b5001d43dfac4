import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Body } from '../../documents/body.ts';
import type { RehearsalDocument } from '../../documents/set-up.ts';
import { discoverBatches } from '../../input/discover.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { formatBytes, formatDuration } from '../../model/units.ts';
import { makeBatches } from '../../rehearse/make-batches.ts';
import { rehearse } from '../../rehearse/rehearse.ts';
import type { Verdict } from '../../rehearse/verdict.ts';
import type { CommandHandler } from '../command-spec.ts';
import { countOrZeroFlag, faultsFlag, jobTimeFlag, servingOn } from '../emulator-flags.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, textFlag, type Invocation } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';

/** `batch-submit rehearse`: the whole job against the emulator, with quotas, faults and a kill. */
export const rehearseCommand: CommandHandler = (invocation) => withDesk(invocation, holdRehearsal);

async function holdRehearsal(desk: Desk): Promise<number> {
  const { invocation, printer } = desk;
  const { clock, env } = invocation.io;
  const startedMs = clock.now().getTime();
  const own = await ownInput(invocation);
  const directory = await workFolder(invocation);
  const { input, pattern, batches, bytes } = own ?? (await makeInput(invocation, directory));
  const quotaJobs = countFlag(invocation, 'quota-jobs') ?? 25;
  const killAt = countOrZeroFlag(invocation, 'kill-at') ?? Math.ceil(batches / 3);
  printer.note(
    `Rehearsing the whole job on a local emulator: nothing is sent to Google and nothing is billed`,
  );
  printer.note(`  Batches    ${batches} (${formatBytes(bytes)}) in ${input}`);
  printer.note(
    `  Service    at most ${quotaJobs} jobs at once, lost and failing answers${killAt > 0 ? ', one kill -9' : ''}`,
  );
  printer.note(`  Folder     ${directory}\n`);
  const port = countOrZeroFlag(invocation, 'port') ?? 0;
  const verdict = await servingOn(port, () =>
    rehearse({
      directory,
      input,
      pattern,
      batches,
      killAt,
      clock,
      signal: desk.signal,
      environment: childEnvironment(env),
      childFlags: childFlags(invocation),
      say: (text) => printer.note(text),
      emulator: {
        port,
        quotaJobs,
        jobTimeMs: jobTimeFlag(invocation, '3s-6s'),
        seed: countFlag(invocation, 'seed') ?? 1,
        faults: faultsFlag(invocation, '503:0.01,drop:0.01'),
      },
    }),
  );
  return present(desk, verdict, directory, clock.now().getTime() - startedMs);
}

async function workFolder(invocation: Invocation): Promise<string> {
  const kept = textFlag(invocation, 'keep');
  if (kept === undefined) return await mkdtemp(join(tmpdir(), 'batch-submit-rehearsal-'));
  await mkdir(kept, { recursive: true });
  return resolve(kept);
}

interface RehearsalInput {
  readonly input: string;
  readonly pattern: string | undefined;
  readonly batches: number;
  readonly bytes: number;
}

/** The user's own files, looked for before any folder is made. */
async function ownInput(invocation: Invocation): Promise<RehearsalInput | undefined> {
  const directory = textFlag(invocation, 'input');
  if (directory === undefined) return undefined;
  const pattern = textFlag(invocation, 'pattern');
  const { files } = await discoverBatches({ directory, pattern, selection: { kind: 'all' } });
  const bytes = files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return { input: resolve(directory), pattern, batches: files.length, bytes };
}

async function makeInput(invocation: Invocation, directory: string): Promise<RehearsalInput> {
  const batches = countFlag(invocation, 'batches') ?? 204;
  const input = join(directory, 'batches');
  const bytes = await makeBatches({ directory: input, batches, seed: countFlag(invocation, 'seed') ?? 1 });
  return { input, pattern: undefined, batches, bytes };
}

/** A real key has no business in a rehearsal, and settings of the user's shell must not change it. */
function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !/^(BATCH_SUBMIT_|GEMINI_|GOOGLE_)/.test(name));
  return { ...Object.fromEntries(kept), GEMINI_API_KEY: `rehearsal-key-${randomUUID()}` };
}

function childFlags(invocation: Invocation): readonly string[] {
  const passed = ['json', 'quiet', 'verbose', 'color']
    .filter((name) => hasFlag(invocation, name))
    .map((name) => `--${name}`);
  return [...passed, ...(invocation.flags['color'] === false ? ['--no-color'] : []), '--no-env-file'];
}

function present(desk: Desk, verdict: Verdict, directory: string, ms: number): number {
  const {
    batches,
    submitted,
    collected,
    verified,
    jobs,
    duplicates,
    requests,
    rateLimited,
    faults,
    problems,
  } = verdict;
  if (problems.length > 0) {
    throw new BatchSubmitError('E_REHEARSAL', `Cannot call the rehearsal passed: ${problems[0]}`, {
      details: problems.slice(1, 6),
      hint: `see what happened in "${join(directory, 'batch_submission_log.jsonl')}"`,
    });
  }
  const lines = [
    '',
    `Rehearsal passed in ${formatDuration(ms)}`,
    `  Batches    ${submitted} of ${batches} submitted, ${collected} results saved and checked`,
    `  Requests   ${verified} answered and verified, each one line of batch_results/merged.jsonl`,
    `  Service    accepted ${jobs} jobs, ${duplicates} of them twice; ${requests} requests, ${rateLimited} answered 429, ${faults} struck by a fault`,
    `  At rest    a further submit and download sent nothing but questions`,
    `  Results    ${join(directory, 'batch_results')}`,
    `  Report     ${join(directory, 'batch_submission_final_report.json')}`,
    `  State, log ${join(directory, 'batch_submission_state.json')}, batch_submission_log.jsonl`,
    '',
    'Next: put GEMINI_API_KEY=… in .env (see .env.example) and your files in batches/, then run',
    '      npx batch-submit --dry-run',
  ];
  desk.printer.result({
    lines,
    records: lines.map((line) => [line]),
    json: { ...verdict, directory, ms } satisfies Body<RehearsalDocument>,
  });
  return EXIT.ok;
}
