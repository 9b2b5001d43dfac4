/** The emulator's only source of time, in milliseconds since the Unix epoch. */
export interface EmulatorClock {
  now(): number;
}

/** A clock that moves only when told to, so 48 hours of a job's life take no time in a test. */
export interface VirtualClock extends EmulatorClock {
  /** Moves the clock forward by `ms` milliseconds and returns the new time. */
  advance(ms: number): number;
}

export const systemClock: EmulatorClock = { now: () => Date.now() };

/** Starts at `startMs`, by default 2026-09-28T00:00:00Z. */
export function createVirtualClock(startMs: number = Date.UTC(2026, 8, 28)): VirtualClock {
  let current = startMs;
  return {
    now: () => current,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new Error(`Cannot advance the clock: "${ms}" is not a non-negative number of milliseconds`);
      }
      current += ms;
      return current;
    },
  };
}

export function isVirtualClock(clock: EmulatorClock): clock is VirtualClock {
  return 'advance' in clock && typeof clock.advance === 'function';
}
