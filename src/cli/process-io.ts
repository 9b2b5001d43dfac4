import { setTimeout as delay } from 'node:timers/promises';
import type { CliIo, EndSignal } from './io.ts';

const END_SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The real world of a command line: the only reader of `process` in the program. */
export function processIo(): CliIo {
  const outputFault = watchStreams();
  return {
    argv: process.argv.slice(2),
    env: process.env,
    changeDirectory: (path) => process.chdir(path),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: {
      now: () => new Date(),
      monotonicMs: () => performance.now(),
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
      const listeners = END_SIGNALS.map((signal) => [signal, () => handler(signal)] as const);
      for (const [signal, listener] of listeners) process.on(signal, listener);
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener);
      };
    },
    outputFault,
    exitNow: (code) => process.exit(code),
  };
}

/**
 * A reader that is gone (`batch-submit … | head -1`) is no error, and a full disk behind a redirection is
 * one that must not end the work: what was paid for goes on, and the exit code tells.
 */
function watchStreams(): () => Error | undefined {
  let fault: Error | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') fault ??= error;
    });
  }
  return () => fault;
}
