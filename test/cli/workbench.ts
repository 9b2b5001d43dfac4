import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestAPI, test as vitestTest } from 'vitest';
import {
  createVirtualClock,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
  systemClock,
} from '../../src/emulator/index.ts';
import { writeBatches } from './batch-files.ts';
import { type Ended, FAKE_KEY, type RunningCli, startCli } from './run-cli.ts';

/** A folder with batches, and a service of its own to send them to. */
export interface Workbench {
  readonly folder: string;
  readonly emulator: Emulator;
  /** Runs one command line, written as a user types it, to its end. */
  readonly cli: (line?: string, env?: Environment) => Promise<Ended>;
  /** The same for a step that only prepares the test: it must end well. */
  readonly given: (line?: string, env?: Environment) => Promise<Ended>;
  /** Starts one and lets it run. */
  readonly start: (line?: string, env?: Environment) => RunningCli;
  /** What its command lines find in their environment, beside what every one does. */
  readonly env: Environment;
  /** A job that somebody else makes under the same key. */
  readonly createJob: (displayName: string) => Promise<void>;
  readonly path: (...names: readonly string[]) => string;
  /** Lets so much of the service's time go by. A job is pending for a while and ends after ten seconds. */
  readonly pass: (ms: number) => void;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface WorkbenchOptions {
  /** Numbers of the batches in `batches/`; default 1 to 3. */
  readonly batches?: readonly number[];
  readonly service?: Omit<EmulatorOptions, 'clock'>;
  readonly env?: Environment;
  /** On a real clock a job takes 100 ms; the default is a clock that only `pass` moves. */
  readonly clock?: 'virtual' | 'real';
}

/** Waits as short as a test can bear; the order of batches is their number's. */
const SHORT_WAITS: Environment = {
  BATCH_SUBMIT_CONCURRENCY: '1',
  BATCH_SUBMIT_POLL: '50ms',
  BATCH_SUBMIT_RATE_LIMIT_WAIT: '200ms',
  BATCH_SUBMIT_RETRY_DELAY: '5ms',
  BATCH_SUBMIT_SETTLE: '300ms',
};

/** Opens a workbench; everything in it is gone when the test ends. */
export type OpenWorkbench = (options?: WorkbenchOptions) => Promise<Workbench>;

/** `test` with workbenches, which concurrent tests do not share. */
export const test: TestAPI<{ openWorkbench: OpenWorkbench }> = vitestTest.extend<{
  openWorkbench: OpenWorkbench;
}>({
  openWorkbench: async ({ task: _task }, use) => {
    const cleanups: Cleanup[] = [];
    await use((options = {}) => open(options, (cleanup) => cleanups.unshift(cleanup)));
    for (const cleanup of cleanups) await cleanup();
  },
});

type Cleanup = () => Promise<unknown>;

async function open(options: WorkbenchOptions, atEnd: (cleanup: Cleanup) => unknown): Promise<Workbench> {
  const { batches = [1, 2, 3], service = {}, env = {}, clock = 'virtual' } = options;
  const root = await mkdtemp(join(tmpdir(), 'batch-submit-test-'));
  atEnd(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'work');
  for (const name of ['home', 'work']) await mkdir(join(root, name));
  if (batches.length > 0) await writeBatches(join(folder, 'batches'), batches);
  const virtual = createVirtualClock(Date.now());
  const time =
    clock === 'real' ? { clock: systemClock, jobTimeMs: 100 } : { clock: virtual, jobTimeMs: 10_000 };
  const emulator = await startEmulator({ ...time, ...service });
  atEnd(() => emulator.close());

  const environment = { ...SHORT_WAITS, BATCH_SUBMIT_BASE_URL: emulator.url, ...env };
  const start = (line = '', extra: Environment = {}): RunningCli => {
    const running = startCli(words(line), { folder, env: { ...environment, ...extra } });
    atEnd(() => {
      running.signal('SIGKILL');
      return running.ended;
    });
    return running;
  };
  return {
    folder,
    emulator,
    env: environment,
    start,
    cli: (line, extra) => start(line, extra).ended,
    async given(line, extra) {
      const ended = await start(line, extra).ended;
      expect(ended, `given: batch-submit ${line ?? ''}`).toMatchObject({ code: 0 });
      return ended;
    },
    async createJob(displayName) {
      const requests = [{ request: { contents: [{ parts: [{ text: 'one question' }] }] } }];
      const answer = await fetch(`${emulator.url}/v1beta/models/gemini-2.5-flash:batchGenerateContent`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': FAKE_KEY },
        body: JSON.stringify({ batch: { displayName, inputConfig: { requests: { requests } } } }),
      });
      expect(answer.status, await answer.text()).toBe(200);
    },
    path: (...names) => join(folder, ...names),
    pass: (ms) => void virtual.advance(ms),
  };
}

function words(line: string): string[] {
  return line.split(' ').filter((word) => word !== '');
}
