import { Readable } from 'node:stream';
import { systemClock } from '../cli/system-clock.ts';
import type { CliIo, TextStream } from '../cli/io.ts';

export interface LibrarySurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly apiKey: string | undefined;
  /** Absolute; `undefined` for the working directory of the process. */
  readonly workFolder: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Node asks the real environment whether to check certificates, so what a program hands over cannot hide it. */
const TRUST = 'NODE_TLS_REJECT_UNAUTHORIZED';

/**
 * What a command runs in when a program calls it: no arguments, no terminal and nobody to ask. Nothing here
 * touches the process, its streams or its signals.
 */
export function libraryIo({ env, apiKey, workFolder, signal }: LibrarySurroundings): CliIo {
  const nowhere: TextStream = { write: () => true };
  return {
    argv: [],
    env: { ...env, [TRUST]: process.env[TRUST] },
    changeDirectory: () => undefined,
    workFolder,
    apiKey,
    stdin: Readable.from([]),
    stdout: nowhere,
    stderr: nowhere,
    clock: systemClock,
    random: Math.random,
    onSignal: (handler) => {
      const listener = (): void => handler('AbortSignal');
      signal?.addEventListener('abort', listener, { once: true });
      return () => signal?.removeEventListener('abort', listener);
    },
    onResize: () => () => undefined,
    outputFault: async () => undefined,
    exitNow: () => undefined,
  };
}
