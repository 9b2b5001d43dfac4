import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectPublishedJson } from './json-contract.ts';

/** The command line as it is published. */
export const BIN: string = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** No real key; its shape and words make it easy to find where it must not be. */
export const FAKE_KEY = 'AIzaSyCanary-NOT-a-real-key-0123456789';

/** How a process ended: its output, and its exit code or the name of the signal that killed it. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | string;
}

export interface RunningCli {
  readonly pid: number;
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** Ends the reading of its output, as `head` does. */
  closeStdout(): void;
  readonly ended: Promise<Ended>;
}

export interface CliOptions {
  readonly folder: string;
  /** Beside PATH, HOME, TMPDIR, TZ and the fake key; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly nodeFlags?: readonly string[];
}

/** Starts the built command line in `folder`, in an environment of its own. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const { folder, env, stdin, nodeFlags = [] } = options;
  const child = spawn(process.execPath, [...nodeFlags, BIN, ...args], {
    cwd: folder,
    env: { ...cleanEnvironment(folder), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.on('error', () => undefined); // a command that reads no input closes it
  child.stdin.end(stdin ?? '');
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    const end = { ...output, code: code ?? signal ?? '' };
    expectPublishedJson(args, end);
    return end;
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => void child.kill(name),
    closeStdout: () => child.stdout.destroy(),
    ended,
  };
}

export async function runCli(args: readonly string[], options: CliOptions): Promise<Ended> {
  return await startCli(args, options).ended;
}

/** What a program is given of the world: nothing of the user's own. */
export function cleanEnvironment(folder: string): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: join(folder, '..', 'home'),
    TMPDIR: join(folder, '..', 'home'),
    TZ: 'UTC',
    GEMINI_API_KEY: FAKE_KEY,
  };
}
