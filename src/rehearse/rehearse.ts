import { startEmulator, type Emulator, type EmulatorOptions } from '../emulator/index.ts';
import type { Clock } from '../model/clock.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { loadState } from '../state/load-state.ts';
import { startChildRun, type ChildRun } from './child-run.ts';
import { judge, type Verdict } from './verdict.ts';

export interface RehearseOptions {
  /** Folder that the runs start in; state, log and results end up there. */
  readonly directory: string;
  /** Folder with the batches, as the runs see it. */
  readonly input: string;
  readonly pattern: string | undefined;
  readonly batches: number;
  readonly emulator: EmulatorOptions;
  /** Kill -9 once so many jobs are accepted; 0 for never. */
  readonly killAt: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly childFlags: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** A difficult service may need more than one go; more than these means that something is wrong. */
const MOST_RUNS = 6;
const LOOK_EVERY_MS = 20;

/** The waits of real life, shortened to the life of the emulator's jobs. */
const SHORT_WAITS = ['--rate-limit-wait', '2s', '--retry-delay', '200ms'];
const FLAGS_BY_COMMAND = {
  run: [...SHORT_WAITS, '--settle', '3s', '--poll', '1s'],
  retry: [...SHORT_WAITS, '--settle', '3s'],
  submit: [...SHORT_WAITS, '--settle', '3s'],
  download: SHORT_WAITS,
} as const;
type RehearsedCommand = keyof typeof FLAGS_BY_COMMAND;

/**
 * The whole main job against the emulator: a run that is killed, runs until all is done, and one more
 * at rest, which must send nothing but questions.
 */
export async function rehearse(options: RehearseOptions): Promise<Verdict> {
  const { say } = options;
  const emulator = await startEmulator(options.emulator);
  try {
    if (options.killAt > 0) await runAndKill(options, emulator);
    await runToTheEnd(options, emulator);
    const requestsBeforeRest = emulator.requests().length;
    say(
      'Everything is done. Once more, to see that nothing is sent twice: batch-submit && batch-submit download',
    );
    for (const command of ['submit', 'download'] as const) {
      await startRun(options, emulator, command, ['--quiet']).ended;
      options.signal.throwIfAborted();
    }
    const loaded = await loadState(`${options.directory}/batch_submission_state.json`);
    const { batches, directory } = options;
    return await judge({ emulator, state: loaded?.state, batches, directory, requestsBeforeRest });
  } finally {
    await emulator.close();
  }
}

async function runToTheEnd(options: RehearseOptions, emulator: Emulator): Promise<void> {
  for (let run = 1; run <= MOST_RUNS; run += 1) {
    const code = await startRun(options, emulator, 'run').ended;
    options.signal.throwIfAborted();
    if (code === 0) return;
    options.say(`\nExit code ${String(code)}. Next: batch-submit ${code === 3 ? 'retry' : 'run'}\n`);
    if (code === 3) await startRun(options, emulator, 'retry').ended;
  }
  throw new BatchSubmitError(
    'E_REHEARSAL',
    `Cannot finish the rehearsal: ${MOST_RUNS} runs were not enough`,
    {
      hint: `see what happened in "${options.directory}/batch_submission_log.jsonl"`,
    },
  );
}

async function runAndKill(options: RehearseOptions, emulator: Emulator): Promise<void> {
  const run = startRun(options, emulator, 'run');
  const ended = run.ended.then(() => true);
  while (emulator.accepted().jobs.length < options.killAt) {
    const isOver = await Promise.race([
      ended,
      options.clock.sleep(LOOK_EVERY_MS, options.signal).then(() => false),
    ]);
    if (isOver) return;
  }
  run.kill();
  await run.ended;
  options.say(`\nkill -9 after ${emulator.accepted().jobs.length} accepted jobs. The same command again:\n`);
}

function startRun(
  options: RehearseOptions,
  emulator: Emulator,
  command: RehearsedCommand,
  more: readonly string[] = [],
): ChildRun {
  const { directory, environment, input, pattern, childFlags, signal } = options;
  const args = [
    command,
    '--base-url',
    emulator.url,
    '--input',
    input,
    ...FLAGS_BY_COMMAND[command],
    ...childFlags,
    ...more,
  ];
  if (pattern !== undefined) args.push('--pattern', pattern);
  // With --json the lines are events, and the document of a download is none.
  const isSilent = command === 'download' && childFlags.includes('--json');
  const run = startChildRun({ args, directory, environment, isSilent });
  const stop = (): void => run.interrupt();
  signal.addEventListener('abort', stop, { once: true });
  void run.ended.finally(() => signal.removeEventListener('abort', stop)).catch(() => undefined);
  return run;
}
