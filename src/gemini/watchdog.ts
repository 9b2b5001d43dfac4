/** Ends a request that makes no progress. Its error's `code` names the phase that took too long. */
export interface Watchdog {
  /** Starts the next phase and its clock; `code` is what the failure will be called. */
  readonly expect: (code: string, ms: number) => void;
  /** Stops the clock of the phase, not that of the whole request. */
  readonly pause: () => void;
  readonly stop: () => void;
}

export class DeadlineError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'DeadlineError';
    this.code = code;
  }
}

/** @param totalMs limit for everything together; none when undefined */
export function startWatchdog(bite: (error: DeadlineError) => void, totalMs: number | undefined): Watchdog {
  const limit = totalMs === undefined ? undefined : arm('TOTAL_TIMEOUT', totalMs);
  let phase: NodeJS.Timeout | undefined;
  let stopped = false;

  function arm(code: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => bite(new DeadlineError(code, `nothing came for ${ms} ms`)), ms);
  }

  return {
    expect: (code, ms) => {
      clearTimeout(phase);
      if (!stopped) phase = arm(code, ms);
    },
    pause: () => clearTimeout(phase),
    stop: () => {
      stopped = true;
      clearTimeout(phase);
      clearTimeout(limit);
    },
  };
}
