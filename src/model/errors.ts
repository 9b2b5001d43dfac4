/**
 * Every reason to stop that a user can act on. The code is stable and part of the contract;
 * `cli/exit-codes.ts` maps it to an exit code.
 */
export type ErrorCode =
  | 'E_USAGE'
  | 'E_CONFIG'
  | 'E_INPUT'
  | 'E_DUPLICATE_BATCH'
  | 'E_NO_BATCHES'
  | 'E_MODEL_UNKNOWN'
  | 'E_NO_QUOTA'
  | 'E_REFUSED'
  | 'E_KEY_MISSING'
  | 'E_KEY_CONFLICT'
  | 'E_KEY_REFUSED'
  | 'E_QUOTA_WAIT'
  | 'E_UNCERTAIN'
  | 'E_STORAGE_FULL'
  | 'E_UNREACHABLE'
  | 'E_STATE_UNREADABLE'
  | 'E_STATE_NEWER'
  | 'E_OTHER_INPUT'
  | 'E_LOCKED'
  | 'E_DISK'
  | 'E_INTERRUPTED'
  | 'E_CANARY'
  | 'E_RECORDS'
  | 'E_GATES'
  | 'E_DATABASE'
  | 'E_REHEARSAL';

export interface ErrorNotes {
  /** One imperative sentence that holds the next command. */
  readonly hint?: string;
  /** Further facts, one a line, shown indented below the message. */
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/** A stop the user can act on: `message` says what could not be done, a colon, and the fact. */
export class BatchSubmitError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, notes: ErrorNotes = {}) {
    super(message, notes.cause === undefined ? undefined : { cause: notes.cause });
    this.name = 'BatchSubmitError';
    this.code = code;
    this.hint = notes.hint;
    this.details = notes.details ?? [];
  }
}
