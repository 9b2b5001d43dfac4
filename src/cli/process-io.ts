import { setTimeout as delay } from 'node:timers/promises';
import type { CliIo } from './io.ts';

/** The real world of a command line: the only reader of `process` in the program. */
export function processIo(): CliIo {
  endQuietlyOnClosedPipe();
  return {
    argv: process.argv.slice(2),
    env: process.env,
    changeDirectory: (path) => process.chdir(path),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: {
      now: () => new Date(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        try {
          await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
        } catch (error) {
          // The timer rejects with an AbortError; callers are promised the reason itself.
          signal?.throwIfAborted();
          throw error;
        }
      },
    },
    random: Math.random,
    onSignal: (handler) => {
      const onInterrupt = (): void => handler('SIGINT');
      const onTerminate = (): void => handler('SIGTERM');
      process.on('SIGINT', onInterrupt);
      process.on('SIGTERM', onTerminate);
      return () => {
        process.off('SIGINT', onInterrupt);
        process.off('SIGTERM', onTerminate);
      };
    },
    exitNow: (code) => process.exit(code),
  };
}

/** `batch-submit … | head -1`: a reader that is gone is no error, and what was paid for goes on. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
