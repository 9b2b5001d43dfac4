/** What takes less is not worth a line, and would make it flicker. */
export const CALM_MS = 1000;

/** Time during which something is going on, in ms, by a clock that never goes back. */
export interface BusyTime {
  resume(at: number): void;
  pause(at: number): void;
  /** Without the pauses. */
  elapsed(at: number): number;
  /** True once it has gone on for a second, until it has paused for longer than that. */
  isLasting(at: number): boolean;
}

export function createBusyTime(): BusyTime {
  let beforeMs = 0;
  let resumedAt: number | undefined;
  let pausedAt = Number.NEGATIVE_INFINITY;
  /** Where the last pause that counts ended. */
  let begunAt = 0;
  return {
    resume(at) {
      if (at - pausedAt > CALM_MS) begunAt = at;
      resumedAt = at;
    },
    pause(at) {
      beforeMs += at - (resumedAt ?? at);
      resumedAt = undefined;
      pausedAt = at;
    },
    elapsed: (at) => beforeMs + at - (resumedAt ?? at),
    isLasting(at) {
      if (resumedAt !== undefined) return at - begunAt >= CALM_MS;
      return at - pausedAt <= CALM_MS && pausedAt - begunAt >= CALM_MS;
    },
  };
}
