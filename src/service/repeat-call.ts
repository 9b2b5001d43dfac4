import pRetry from 'p-retry';
import type { ServiceFailure } from '../model/failure.ts';
import type { Result } from '../model/service.ts';

export interface RepeatOptions<T> {
  readonly call: () => Promise<Result<T>>;
  /** Decides, and waits, after each failure: true sends the call again. */
  readonly again: (failure: ServiceFailure) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * Sends a call until it succeeds or `again` says no, and returns the last answer. p-retry owns the
 * loop; every decision and every wait is the caller's, because p-retry's delays know no Retry-After.
 * @throws whatever `call` throws, and the signal's reason when it is aborted
 */
export async function repeatCall<T>({ call, again, signal }: RepeatOptions<T>): Promise<Result<T>> {
  const attempt = async (): Promise<T> => {
    const result = await call();
    if (!result.ok) throw new FailedCall(result.failure);
    return result.value;
  };
  try {
    const value = await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      factor: 1,
      signal,
      shouldRetry: async ({ error }) => error instanceof FailedCall && (await again(error.failure)),
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof FailedCall) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Carries a failure through p-retry, which loops over thrown errors only. */
class FailedCall extends Error {
  readonly failure: ServiceFailure;

  constructor(failure: ServiceFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
