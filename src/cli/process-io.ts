import type { CliIo } from './io.ts';
import { systemClock } from './system-clock.ts';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
    clock: systemClock,
    random: Math.random,
    onSignal: (handler) => {
      const listeners = END_SIGNALS.map((signal) => [signal, () => handler(signal)] as const);
      for (const [signal, listener] of listeners) process.on(signal, listener);
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener);
      };
    },
    onResize: (handler) => {
      process.stderr.on('resize', handler);
      return () => process.stderr.off('resize', handler);
    },
    outputFault,
    exitNow: (code) => process.exit(code),
  };
}

/**
 * Lets SIGHUP end the process, now that all is saved: Node 20 aborts at its own end, with a core, when it cannot reset
 * a terminal that is gone (nodejs/node#51519). A shell reports 129 either way.
 */
export function endAsHungUp(): void {
  const isTerminal = process.stdout.isTTY || process.stderr.isTTY;
  if (isTerminal && process.platform !== 'win32') process.kill(process.pid, 'SIGHUP');
}

/**
 * A reader that is gone (`batch-submit … | head -1`) is no error, and a full disk behind a redirection is
 * one that must not end the work: what was paid for goes on, and the exit code tells.
 */
function watchStreams(): () => Promise<Error | undefined> {
  let fault: Error | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') fault ??= error;
    });
  }
  return async () => {
    for (const stream of [process.stdout, process.stderr]) await written(stream);
    return fault;
  };
}

/** What was written before has been taken in, or refused, when the callback of a later write is called. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => setImmediate(resolve)));
}
