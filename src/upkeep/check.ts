import type { BatchSubmitError, ErrorCode } from '../model/errors.ts';

/** `left_out` is a question that could not be asked; `fact` says why. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'left_out';

/** What can be asked. */
export type CheckName =
  | 'node'
  | 'settings'
  | 'key'
  | 'address'
  | 'certificates'
  | 'proxy'
  | 'input'
  | 'state'
  | 'lock'
  | 'folders'
  | 'permissions'
  | 'space'
  | 'file_system'
  | 'deadlines'
  | 'duplicate_jobs'
  | 'network'
  | 'key_accepted'
  | 'model'
  | 'clock'
  | 'jobs'
  | 'unknown_jobs'
  | 'results'
  | 'storage';

/** One question and what came of it. */
export interface Check {
  readonly check: CheckName;
  readonly verdict: Verdict;
  /** The end of a sentence that begins with the check's name; no period. */
  readonly fact: string;
  /** What to do, where anything is to be done. */
  readonly hint?: string | undefined;
  /** Of a problem: the stop that a run would meet, for the exit code; absent where it is none of these. */
  readonly code?: ErrorCode | undefined;
}

export function ok(check: CheckName, fact: string): Check {
  return { check, verdict: 'ok', fact };
}

export function warning(check: CheckName, fact: string, hint: string): Check {
  return { check, verdict: 'warning', fact, hint };
}

export function problem(check: CheckName, fact: string, hint: string, code?: ErrorCode): Check {
  return { check, verdict: 'problem', fact, hint, code };
}

export function leftOut(check: CheckName, why: string): Check {
  return { check, verdict: 'left_out', fact: why };
}

/**
 * The problem that a stop speaks of.
 * @param what what `stop` says could not be done, when that is not worth repeating
 */
export function problemOf(check: CheckName, stop: BatchSubmitError, what?: string): Check {
  const prefix = `Cannot ${what ?? ''}: `;
  const fact = stop.message.startsWith(prefix) ? stop.message.slice(prefix.length) : stop.message;
  return { check, verdict: 'problem', fact, hint: stop.hint, code: stop.code };
}
