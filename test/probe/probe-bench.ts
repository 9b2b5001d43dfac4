import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { CliIo, EndSignal } from '../../src/cli/io.ts';
import {
  createVirtualClock,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
  type VirtualClock,
} from '../../src/emulator/index.ts';
import { type AnswersFile, answersFile } from '../../src/probe/answers-file.ts';
import { main } from '../../src/probe/main.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';

export const SECOND_KEY = 'AIzaSySecond-NOT-a-real-key-0123456789';

export interface Probed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

export interface ProbeBench {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
  /** One run of the probe in this process, with `--yes` and a folder of its own unless told otherwise. */
  readonly probe: (line?: string, options?: RunOptions) => Promise<Probed>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What a person at a terminal types; undefined: there is no terminal. */
  readonly typed?: string;
  /** Sends this many interrupts once the service has seen so many requests. */
  readonly interruptAt?: { readonly requests: number; readonly times?: number };
}

/** An emulator and a probe on one virtual clock: what the probe sleeps is what the emulator's time goes on. */
export async function openProbeBench(service: Omit<EmulatorOptions, 'clock'> = {}): Promise<ProbeBench> {
  const clock = createVirtualClock();
  const emulator = await startEmulator({ clock, jobTimeMs: 10_000, ...service });
  onTestFinished(async () => await emulator.close());
  return {
    emulator,
    clock,
    probe: (line = '--yes', options = {}) => run({ emulator, clock }, line, options),
  };
}

async function run(
  { emulator, clock }: Pick<ProbeBench, 'emulator' | 'clock'>,
  line: string,
  { env = {}, typed, interruptAt }: RunOptions,
): Promise<Probed> {
  const root = await mkdtemp(join(tmpdir(), 'probe-test-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'out');
  const said = { stdout: '', stderr: '' };
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  stdin.end(typed ?? '');
  let seed = 0;
  let signalTo: ((signal: EndSignal) => void) | undefined;
  const argv = [
    '--base-url',
    emulator.url,
    '--no-env-file',
    '--out',
    folder,
    ...line.split(' ').filter(Boolean),
  ];
  const io: CliIo = {
    argv,
    env: { GEMINI_API_KEY: FAKE_KEY, ...env },
    changeDirectory: () => undefined,
    stdin,
    stdout: { isTTY: false, write: (text) => (said.stdout += text) },
    stderr: { isTTY: typed !== undefined, write: (text) => (said.stderr += text) },
    clock: {
      now: () => new Date(clock.now()),
      monotonicMs: () => clock.now(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        clock.advance(ms);
        await Promise.resolve();
      },
    },
    random: () => (seed = (seed + 0.137) % 1),
    onSignal: (handler) => {
      signalTo = handler;
      return () => undefined;
    },
    onResize: () => () => undefined,
    outputFault: async () => undefined,
    exitNow: () => undefined,
  };
  const watch = interruptWhen(emulator, interruptAt, () => signalTo?.('SIGINT'));
  const code = await main(io).finally(watch);
  return { code, ...said, folder };
}

function interruptWhen(emulator: Emulator, at: RunOptions['interruptAt'], interrupt: () => void): () => void {
  if (at === undefined) return () => undefined;
  let left = at.times ?? 1;
  let next = at.requests;
  const timer = setInterval(() => {
    if (left === 0 || emulator.requests().length < next) return;
    left -= 1;
    next += 2;
    interrupt();
  }, 1);
  return () => clearInterval(timer);
}

export async function readAnswers({ folder }: Probed): Promise<AnswersFile> {
  return answersFile.parse(JSON.parse(await readFile(join(folder, 'probe-answers.json'), 'utf8')));
}

/** `{ L1: 'refused', L9: 'not_asked', … }` */
export function answersById({ answers }: AnswersFile): Readonly<Record<string, string>> {
  return Object.fromEntries(
    answers.map((entry) => [entry.id, entry.status === 'answered' ? entry.answer : entry.status]),
  );
}

export function factsOf({ answers }: AnswersFile, id: string): Readonly<Record<string, unknown>> {
  const entry = answers.find((one) => one.id === id);
  return entry?.status === 'answered' ? entry.facts : {};
}

/** Names of files and jobs that the service still has. */
export function leftAt({ emulator }: ProbeBench): readonly string[] {
  const { files, jobs } = emulator.accepted();
  return [...files, ...jobs].filter(({ deletedAt }) => deletedAt === undefined).map(({ name }) => name);
}

/** Every file below a folder, as text. */
export async function textsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
}
