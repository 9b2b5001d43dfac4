import type { Clock } from '../../src/model/clock.ts';

/** Time that jumps: whenever nothing else is left to do, the next sleeper wakes. */
export interface FakeClock extends Clock {
  /** Milliseconds since the start. */
  elapsed(): number;
  /** Puts the wall clock forward, or back. */
  turn(ms: number): void;
  /** How long each sleep was asked to be. */
  readonly slept: readonly number[];
}

export const START = '2026-11-22T14:00:00.000Z';

interface Sleeper {
  readonly at: number;
  readonly isCancelled: () => boolean;
  readonly wake: () => void;
}

export function createFakeClock(): FakeClock {
  const startMs = Date.parse(START);
  const slept: number[] = [];
  const sleepers: Sleeper[] = [];
  let nowMs = startMs;
  let turnedMs = 0;

  function wakeNext(): void {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (next === undefined || next.isCancelled()) return;
    nowMs = Math.max(nowMs, next.at);
    next.wake();
  }

  return {
    slept,
    elapsed: () => nowMs - startMs,
    now: () => new Date(nowMs + turnedMs),
    monotonicMs: () => nowMs - startMs,
    turn: (ms) => {
      turnedMs += ms;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        slept.push(ms);
        const onAbort = (): void => reject(asError(signal?.reason));
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.push({
          at: nowMs + ms,
          isCancelled: () => signal?.aborted === true,
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        });
        // Two turns of the event loop let everything that is ready go first.
        setImmediate(() => setImmediate(wakeNext));
      });
    },
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
