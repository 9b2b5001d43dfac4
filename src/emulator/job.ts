import type { StoredFile } from './file-store.ts';
import type { JsonObject } from './json.ts';
import type { ResultDamage } from './result-damage.ts';

/**
 * How a job ends when nobody cancels it. `failed` is google.rpc code 3, `failed_quota` 8,
 * `failed_internal` 13. `stuck` stays PENDING and `stuck_running` RUNNING until the job's time to
 * live is over. `expired` is EXPIRED at the planned end instead of after 48 hours.
 */
export const JOB_OUTCOMES = [
  'succeeded',
  'failed',
  'failed_quota',
  'failed_internal',
  'expired',
  'cancelled',
  'stuck',
  'stuck_running',
] as const;

export type JobOutcome = (typeof JOB_OUTCOMES)[number];

export type JobKind = 'generate' | 'embed';

export type JobInput =
  | { readonly from: 'file'; readonly file: StoredFile }
  | { readonly from: 'inline'; readonly items: readonly JsonObject[] };

/** What is known of a job before it exists: the part that the `outcome` option may look at. */
export interface JobDraft {
  /** 1-based ordinal of the job. */
  readonly number: number;
  readonly kind: JobKind;
  /** Without the `models/` prefix. */
  readonly model: string;
  readonly displayName: string | undefined;
  /** Resource name of the input file, absent for inline jobs. */
  readonly inputFile: string | undefined;
  readonly requestCount: number;
}

/** A cancellation as it took effect. `finished` requests had an answer by then. */
interface Cancellation {
  readonly atMs: number;
  readonly wasRunning: boolean;
  readonly finished: number;
}

/** All times in epoch milliseconds; the state at any moment follows from them (see job-lifecycle). */
export interface Job extends JobDraft {
  /** 36 characters [a-z0-9]. */
  readonly id: string;
  readonly input: JobInput;
  readonly inputBytes: number;
  /** Lines that are no usable request: they end as item errors. */
  readonly unusable: ReadonlySet<number>;
  /** Why the whole input cannot be read, which fails the job with code 3. */
  readonly inputProblem: string | undefined;
  readonly tokens: number;
  readonly seed: number;
  readonly createdAt: number;
  readonly createTime: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly expiresAt: number;
  readonly outcome: JobOutcome;
  readonly damage: ResultDamage;
  /** Lines that are not damaged because an earlier job answered them; known when the job has ended. */
  spared?: ReadonlySet<number>;
  /** A hash of the key that made it. */
  readonly owner: string;
  updatedDisplayName?: string;
  priority?: string;
  cancellation?: Cancellation;
  /** When the input file was deleted or expired while the job still ran. */
  inputLostAt?: number;
  deletedAt?: number;
}

export function resultFileId(job: Job): string {
  return `batch-${job.id}`;
}
