import type { Deadlines } from './options.ts';
import { DeadlineError } from './watchdog.ts';

/** Notices a peer that moves a byte now and then, just often enough that no idle limit bites. */
export interface Pace {
  /**
   * Told of bytes that moved, and how long they were waited for.
   * @throws {DeadlineError} `TOO_SLOW` when too few have moved in the time there is for it
   */
  moved(bytes: number, waitedMs: number): void;
}

export function createPace({ paceMs, paceBytes }: Pick<Deadlines, 'paceMs' | 'paceBytes'>): Pace {
  let [bytes, waitedMs] = [0, 0];
  return {
    moved(more, ms) {
      bytes += more;
      waitedMs += ms;
      if (waitedMs < paceMs) return;
      if (bytes < paceBytes)
        throw new DeadlineError('TOO_SLOW', `only ${bytes} bytes moved in ${Math.round(waitedMs)} ms`);
      [bytes, waitedMs] = [0, 0];
    },
  };
}
