import type { ServiceFailure } from './failure.ts';

/** The first try of a request and two more: what fails three times will hardly come right by itself. */
export const DEFAULT_MAX_ATTEMPTS = 3;

export interface RetryPolicy {
  /** Budget for faults of calls that may be repeated; rate limits never use it up. */
  readonly maxRetries: number;
  /** First backoff in ms; it doubles up to 60 s. */
  readonly retryDelayMs: number;
  /** Pause after a 429 that names no longer one, in ms. */
  readonly rateLimitWaitMs: number;
}

export type RetryDecision =
  | { readonly retry: false }
  | { readonly retry: true; readonly waitMs: number; readonly budget: 'faults' | 'rate_limits' };

const LONGEST_BACKOFF_MS = 60_000;

/**
 * Decides whether one failed call is sent again, and after what wait.
 * @param faults how many faults of this call were retried so far
 * @param jitter a number in [0, 1)
 */
export function decideRetry(
  failure: ServiceFailure,
  faults: number,
  policy: RetryPolicy,
  jitter: number,
): RetryDecision {
  switch (failure.kind) {
    case 'rate_limited':
      return { retry: true, waitMs: rateLimitWaitMs(failure, policy), budget: 'rate_limits' };
    case 'unavailable':
    case 'not_sent': {
      if (faults >= policy.maxRetries) return { retry: false };
      const longest = Math.max(LONGEST_BACKOFF_MS, policy.retryDelayMs);
      const backoff = Math.min(policy.retryDelayMs * 2 ** faults, longest);
      const waitMs = Math.max(Math.round(backoff * (1 + jitter / 5)), failure.retryAfterMs ?? 0);
      return { retry: true, waitMs, budget: 'faults' };
    }
    case 'no_quota':
    case 'storage_full':
    case 'key_refused':
    case 'model_unknown':
    case 'refused':
    case 'not_found':
    case 'unknown_outcome':
    case 'input_changed':
    case 'untrusted':
      return { retry: false };
  }
}

/** Who decided how long a 429 is waited for. */
export type WaitSource = 'configured' | 'retry_info' | 'retry_after';

export function rateLimitWaitSource(failure: ServiceFailure, policy: RetryPolicy): WaitSource {
  const isConfigured = rateLimitWaitMs(failure, policy) <= policy.rateLimitWaitMs;
  return isConfigured ? 'configured' : (failure.retryAfterSource ?? 'configured');
}

/** The configured pause, or what the service asked for when that is longer. */
export function rateLimitWaitMs(failure: ServiceFailure, policy: RetryPolicy): number {
  return Math.max(policy.rateLimitWaitMs, failure.retryAfterMs ?? 0);
}
