import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A real process that runs one of the small programs in `fixtures/`, killed when the test ends. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** Everything said so far. */
  output(): string;
  /** Resolves when the output holds `text`; rejects when the child ends without saying it. */
  says(text: string): Promise<void>;
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

export function startFixture(name: string, ...args: readonly string[]): Child {
  return startProcess(process.execPath, [fixturePath(name), ...args]);
}

export function startProcess(command: string, args: readonly string[]): Child {
  const child = spawn(command, args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close').then(
    ([code, signal]: (number | string | null)[]) => code ?? signal ?? '',
    (error: unknown) => `cannot start: ${String(error)}`,
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    process: child,
    output: () => output,
    ended,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.once('close', () => {
          look();
          reject(new Error(`the child ended without "${text}": ${output}`));
        });
        look();
      }),
  };
}
