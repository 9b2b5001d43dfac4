import type { Clock } from '../model/clock.ts';

/** A stream that text is written to; `columns` and `rows` are the size of a terminal. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** What asks a run to stop; a closed terminal sends SIGHUP, and a program's own AbortSignal does it in the library. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'AbortSignal';

/** Everything the command line touches outside itself, read once and passed down. */
export interface CliIo {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Changes the working directory, which all relative paths start from. */
  readonly changeDirectory: (path: string) => void;
  /** Absolute: where relative paths start from instead; absent: the working directory of the process. */
  readonly workFolder?: string | undefined;
  /** The API key where the caller gives it, before every other place. */
  readonly apiKey?: string | undefined;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Calls `handler` for each signal that asks the process to end, until the returned function is called. */
  readonly onSignal: (handler: (signal: EndSignal) => void) => () => void;
  /** Calls `handler` when the terminal behind stderr has another size, until the returned function is called. */
  readonly onResize: (handler: () => void) => () => void;
  /**
   * What went wrong with a stream that was written to, once everything is written; a reader that is gone is
   * nothing wrong.
   */
  readonly outputFault: () => Promise<Error | undefined>;
  /** Ends the process at once, for a second Ctrl-C. */
  readonly exitNow: (code: number) => void;
}
