import { BatchSubmitError, type ErrorCode } from '../model/errors.ts';
import type { EndSignal } from './io.ts';

/** The documented exit codes; scripts rely on them, so their meaning is closed. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  someFailed: 3,
  key: 4,
  quotaWait: 5,
  uncertain: 6,
  running: 8,
  state: 10,
  locked: 11,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export interface ExitMeaning {
  readonly code: number;
  readonly meaning: string;
  /** What a script does about it. */
  readonly script: string;
}

export const EXIT_MEANINGS: readonly ExitMeaning[] = [
  { code: EXIT.ok, meaning: 'done, or nothing to do', script: 'go on' },
  {
    code: EXIT.unexpected,
    meaning: 'unexpected failure (a full disk, no network, a bug)',
    script: 'stop and read the log',
  },
  {
    code: EXIT.usage,
    meaning: 'the command line, a setting or an input file is wrong; nothing was sent',
    script: 'correct it and run again',
  },
  {
    code: EXIT.someFailed,
    meaning: 'finished, but some batches or requests failed',
    script: 'run `batch-submit retry`',
  },
  { code: EXIT.key, meaning: 'the API key is missing or was refused', script: 'set the key' },
  {
    code: EXIT.quotaWait,
    meaning: 'gave up waiting for quota; everything else is saved',
    script: 'run again later',
  },
  {
    code: EXIT.uncertain,
    meaning: 'whether a job was made is unknown, or one was made twice',
    script: 'run `batch-submit status --refresh`, then decide',
  },
  { code: EXIT.running, meaning: 'nothing failed, and jobs are still running', script: 'wait' },
  {
    code: EXIT.state,
    meaning: 'the state is unreadable, of a newer version, or of other input files',
    script: 'do what the hint says',
  },
  {
    code: EXIT.locked,
    meaning: 'another run holds the lock',
    script: 'wait, or run `batch-submit unlock` when it is gone',
  },
  { code: EXIT.hungUp, meaning: 'the terminal was closed; the state is saved', script: 'run again' },
  {
    code: EXIT.interrupted,
    meaning: 'interrupted by Ctrl-C (SIGINT); the state is saved',
    script: 'run again',
  },
  { code: EXIT.terminated, meaning: 'ended by SIGTERM; the state is saved', script: 'run again' },
];

export const EXIT_BY_CODE: Readonly<Record<ErrorCode, number>> = {
  E_USAGE: EXIT.usage,
  E_CONFIG: EXIT.usage,
  E_INPUT: EXIT.usage,
  E_DUPLICATE_BATCH: EXIT.usage,
  E_NO_BATCHES: EXIT.usage,
  E_MODEL_UNKNOWN: EXIT.usage,
  E_NO_QUOTA: EXIT.usage,
  E_REFUSED: EXIT.someFailed,
  E_KEY_MISSING: EXIT.key,
  E_KEY_CONFLICT: EXIT.usage,
  E_KEY_REFUSED: EXIT.key,
  E_QUOTA_WAIT: EXIT.quotaWait,
  E_UNCERTAIN: EXIT.uncertain,
  E_STORAGE_FULL: EXIT.unexpected,
  E_UNREACHABLE: EXIT.unexpected,
  E_STATE_UNREADABLE: EXIT.state,
  E_STATE_NEWER: EXIT.state,
  E_OTHER_INPUT: EXIT.state,
  E_LOCKED: EXIT.locked,
  E_DISK: EXIT.unexpected,
  E_INTERRUPTED: EXIT.interrupted,
  E_CANARY: EXIT.someFailed,
  E_RECORDS: EXIT.usage,
  E_GATES: EXIT.someFailed,
  E_DATABASE: EXIT.usage,
  E_REHEARSAL: EXIT.unexpected,
};

/** 128 and the signal's number, as shells have it. */
export const EXIT_BY_SIGNAL: Readonly<Record<EndSignal, number>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  AbortSignal: EXIT.interrupted,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BatchSubmitError)) return EXIT.unexpected;
  if (error instanceof Interrupted) return EXIT_BY_SIGNAL[error.signal];
  return EXIT_BY_CODE[error.code];
}

/** What an aborted run is aborted with. */
export class Interrupted extends BatchSubmitError {
  readonly signal: EndSignal;
  readonly again: readonly string[];

  /** @param again the words after `batch-submit` that go on where this run was stopped */
  constructor(
    signal: EndSignal,
    again: readonly string[],
    message: string = `Interrupted by ${signal}: everything so far is saved`,
  ) {
    const line = ['batch-submit', ...again.map((word) => quoted(word))].join(' ');
    super('E_INTERRUPTED', message, {
      hint: signal === 'AbortSignal' ? 'make the same call again to resume' : `run \`${line}\` to resume`,
    });
    this.signal = signal;
    this.again = again;
  }
}

/** As a shell reads it back. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
