import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildRun {
  /** Resolves with the exit code, or `undefined` when a signal ended the process. */
  readonly ended: Promise<number | undefined>;
  kill(): void;
  interrupt(): void;
}

export interface ChildRunOptions {
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Its results are not shown. */
  readonly isSilent: boolean;
}

/**
 * Starts this very command line as a process of its own, because only a real process can be killed.
 * Its output goes where ours goes. Nothing else in the program starts processes.
 */
export function startChildRun({ args, directory, environment, isSilent }: ChildRunOptions): ChildRun {
  const bin = fileURLToPath(new URL('../bin.js', import.meta.url));
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { ...environment },
    stdio: ['ignore', isSilent ? 'ignore' : 'inherit', 'inherit'],
  });
  return {
    ended: whenEnded(child),
    kill: () => void child.kill('SIGKILL'),
    interrupt: () => void child.kill('SIGTERM'),
  };
}

async function whenEnded(child: ChildProcess): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? undefined));
  });
}
