import type { Clock } from '../../src/model/clock.ts';

/** Time that goes by when the test says so. */
export interface HandClock extends Clock {
  pass(ms: number): void;
}

export function createHandClock(startMs = 0): HandClock {
  let nowMs = startMs;
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: () => Promise.reject(new Error('nothing sleeps by this clock')),
    pass(ms) {
      nowMs += ms;
    },
  };
}
