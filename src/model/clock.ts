/** Time, passed in so that tests own it. */
export interface Clock {
  now(): Date;
  /** Milliseconds since some moment, for durations: setting the wall clock does not move it. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
