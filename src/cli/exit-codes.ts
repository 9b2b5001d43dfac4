import { BatchSubmitError, type ErrorCode } from '../model/errors.ts';

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
  interrupted: 130,
  terminated: 143,
} as const;

const EXIT_BY_CODE: Readonly<Record<ErrorCode, number>> = {
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
  E_REHEARSAL: EXIT.unexpected,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BatchSubmitError)) return EXIT.unexpected;
  if (error instanceof Interrupted) return error.signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  return EXIT_BY_CODE[error.code];
}

/** What an aborted run is aborted with. */
export class Interrupted extends BatchSubmitError {
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super('E_INTERRUPTED', `Interrupted by ${signal}: everything so far is saved`, {
      hint: 'run the same command again to resume',
    });
    this.signal = signal;
  }
}
