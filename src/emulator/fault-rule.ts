import type { JobOutcome } from './job.ts';
import type { ResultDamage } from './result-damage.ts';

export const ENDPOINTS = [
  'upload.start',
  'upload.bytes',
  'upload.query',
  'upload.cancel',
  'files.get',
  'files.list',
  'files.delete',
  'models.get',
  'models.list',
  'models.generate',
  'models.embed',
  'batches.create',
  'batches.get',
  'batches.list',
  'batches.cancel',
  'batches.delete',
  'batches.update',
  'download',
  'unknown',
] as const;

/** What a request asks for. `upload.bytes` covers upload, `upload, finalize`, finalize and one-shot uploads. */
export type Endpoint = (typeof ENDPOINTS)[number];

/**
 * The kinds by where they act.
 *
 * Instead of the answer: `status` `rate_limit` `rate_limit_bare` `rate_limit_retry_info`
 * `rate_limit_zero` `storage_full` `html` `empty_body` `redirect` `drop` `hang`.
 * On the bytes of the answer: `truncated_json` `reset_after_bytes` `short_body` `stall_after_bytes` `slow`.
 * On the effect: `delayed_commit` `mime_rejected` `name_conflict` `dead_session` `file_expired`
 * `empty_page` `job_outcome` `damage`.
 */
export const FAULT_KINDS = [
  'status',
  'rate_limit',
  'rate_limit_bare',
  'rate_limit_retry_info',
  'rate_limit_zero',
  'storage_full',
  'html',
  'empty_body',
  'redirect',
  'drop',
  'hang',
  'truncated_json',
  'reset_after_bytes',
  'short_body',
  'stall_after_bytes',
  'slow',
  'delayed_commit',
  'mime_rejected',
  'name_conflict',
  'dead_session',
  'file_expired',
  'empty_page',
  'job_outcome',
  'damage',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** When and how to misbehave. The first rule that matches a request is the only one applied to it. */
export interface FaultRule {
  readonly endpoint: Endpoint | '*';
  readonly kind: FaultKind;
  /** 1-based ordinal of the request among those of its endpoint (of all requests for `*`), from start-up. */
  readonly at?: number;
  /** How many matches; 1 when `at` is given, otherwise without limit. With `at`, consecutive ordinals. */
  readonly times?: number;
  /** Seeded chance per request, 0 to 1. */
  readonly probability?: number;
  /**
   * Whether the effect of the request happens: `before` no, `after` yes but its answer is lost,
   * `either` a seeded coin. Default `before`. Only for kinds that stand instead of the answer.
   */
  readonly phase?: 'before' | 'after' | 'either';
  /** HTTP code of `status` (default 503), `html` and `empty_body` (502) and `redirect` (302). */
  readonly status?: number;
  /** Error text of `status`. */
  readonly message?: string;
  /** Body bytes let through by `reset_after_bytes`, `short_body` and `stall_after_bytes` (default half). */
  readonly bytes?: number;
  /** For `reset_after_bytes` on `upload.bytes`: `up` (default) cuts the request, `down` its answer. */
  readonly direction?: 'up' | 'down';
  /** `delayed_commit`: how much later the effect lands. `hang`: give up after this long (default never). */
  readonly delayMs?: number;
  /** Speed of `slow`, default 1024. */
  readonly bytesPerSecond?: number;
  /** Target of `redirect`. */
  readonly location?: string;
  /** Duration text of `rate_limit_retry_info`, default "26s". */
  readonly retryDelay?: string;
  /** `Retry-After` header to put on `status` and the 429 kinds, in seconds. */
  readonly retryAfterSeconds?: number;
  /** `job_outcome` on `batches.create`: how the created job ends. */
  readonly outcome?: JobOutcome;
  /** `damage` on `batches.create`: what is wrong with the created job's results. */
  readonly damage?: ResultDamage;
}
