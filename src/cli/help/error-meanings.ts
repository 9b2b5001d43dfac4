import type { ErrorCode } from '../../model/errors.ts';

export interface ErrorMeaning {
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** `E_BUG` stands for everything that has no code of its own. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode | 'E_BUG', ErrorMeaning>> = {
  E_USAGE: {
    meaning: 'the command line cannot be read, or a question was answered with no',
    remedy: 'see `--help` of the command',
  },
  E_CONFIG: {
    meaning: 'a setting, the settings file, .env or the file of prices cannot be used',
    remedy: 'correct what the message names; `batch-submit config` shows where each value is from',
  },
  E_INPUT: {
    meaning: 'an input file or its folder cannot be used',
    remedy: 'correct it, or go on without it by `--skip-missing`',
  },
  E_DUPLICATE_BATCH: {
    meaning: 'two files have the same batch number',
    remedy: 'rename or move one of them',
  },
  E_NO_BATCHES: {
    meaning: 'no batch file is where it was looked for',
    remedy: 'name the folder with `--input`, the names with `--pattern`, or correct the range',
  },
  E_MODEL_UNKNOWN: { meaning: 'the service does not know the model', remedy: 'name another with `--model`' },
  E_NO_QUOTA: {
    meaning: 'the limit of the project is zero, or smaller than one file',
    remedy: 'turn on billing, choose another model, or `split` the file',
  },
  E_REFUSED: { meaning: 'the service refused a call for good', remedy: 'its own words say why' },
  E_KEY_MISSING: { meaning: 'there is no API key', remedy: 'put GEMINI_API_KEY=… in .env' },
  E_KEY_CONFLICT: {
    meaning: 'two different API keys are set in one place',
    remedy: 'remove one, so that the right project is billed',
  },
  E_KEY_REFUSED: {
    meaning: 'the service does not take the API key',
    remedy: 'copy it again, or make a new one',
  },
  E_QUOTA_WAIT: {
    meaning: 'quota was waited for as long as `--max-wait` says',
    remedy: 'run the same command again later; everything so far is saved',
  },
  E_UNCERTAIN: {
    meaning: 'whether a job was made cannot be told yet, or more than one may be it',
    remedy: 'run again later: it is looked up, and not paid for twice',
  },
  E_STORAGE_FULL: {
    meaning: 'the 20 GB for uploaded files are full',
    remedy: 'make room with `batch-submit cleanup`, or wait until files expire',
  },
  E_UNREACHABLE: {
    meaning: 'the service does not answer',
    remedy: 'see whether the network is there, and run again',
  },
  E_STATE_UNREADABLE: {
    meaning: 'the state file cannot be read',
    remedy: 'go back to its copy, or rebuild it with `batch-submit adopt`',
  },
  E_STATE_NEWER: { meaning: 'the state file is of a newer version', remedy: 'update batch-submit' },
  E_OTHER_INPUT: {
    meaning: 'the state belongs to other files, or was lost while its jobs live',
    remedy: 'name the right `--state` or `--input`, or find your jobs with `batch-submit adopt`',
  },
  E_LOCKED: {
    meaning: 'another run holds the lock of the state',
    remedy: 'wait for it, follow it with `batch-submit watch`, or `unlock` when its owner is gone',
  },
  E_DISK: {
    meaning: 'a file cannot be written or read',
    remedy: 'make room or mend the permissions, and run again',
  },
  E_INTERRUPTED: {
    meaning: 'Ctrl-C, a signal, or a closed terminal',
    remedy: 'run the same command again to resume',
  },
  E_CANARY: {
    meaning: 'the batches that were sent ahead came back with answers that cannot be used',
    remedy: 'correct the requests before the rest is paid for',
  },
  E_RECORDS: {
    meaning: 'there are no records yet, or they are not those that the step before worked on',
    remedy: '`batch-submit parse`, then the steps behind it',
  },
  E_GATES: {
    meaning: 'records are doubtful, and nothing was imported',
    remedy: 'look at the samples, then import without them or with `--allow`',
  },
  E_DATABASE: {
    meaning: 'the database is of another kind, is in use, or does not fit; nothing was changed in it',
    remedy: 'do what the hint says',
  },
  E_REHEARSAL: { meaning: 'the rehearsal found something wrong', remedy: 'see its log' },
  E_BUG: { meaning: 'a bug in batch-submit', remedy: 'run again with -v and report what it prints' },
};
