import type { Clock } from '../model/clock.ts';

export interface QuotaWatchParts {
  readonly clock: Clock;
  /** Asks the service which jobs have ended, and lets creates go that have room now. */
  readonly look: () => Promise<void>;
  /** True while creates wait for a job to end. */
  readonly isBlocked: () => boolean;
  /** Least time between two looks, in ms. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Looks for jobs that have ended, for as long as creates wait for that and no longer. */
export interface QuotaWatch {
  /** Called whenever creates begin to wait. */
  start(): void;
  /** Ends it; resolves when no look is under way any more. */
  stop(): Promise<void>;
}

export function createQuotaWatch(parts: QuotaWatchParts): QuotaWatch {
  const { clock, look, isBlocked, pollMs, onError } = parts;
  const end = new AbortController();
  const signal = AbortSignal.any([parts.signal, end.signal]);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isWatching = false;
  let watching: Promise<void> | undefined;

  async function watch(): Promise<void> {
    try {
      while (isBlocked()) {
        const restMs = lookedAt + pollMs - clock.monotonicMs();
        if (restMs > 0) await clock.sleep(restMs, signal);
        signal.throwIfAborted();
        lookedAt = clock.monotonicMs();
        await look();
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
    } finally {
      // In the same moment as the last look at `isBlocked`, so that no call of `start` is lost.
      isWatching = false;
    }
  }

  return {
    start() {
      if (isWatching) return;
      isWatching = true;
      watching = watch();
    },
    async stop() {
      end.abort();
      await watching;
    },
  };
}
