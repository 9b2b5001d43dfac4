import type { Clock } from '../model/clock.ts';

/** One moment to wake up at, which can be moved. */
export interface Alarm {
  /** @param at monotonic, in ms; `undefined` for none */
  set(at: number | undefined): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let setTo: number | undefined;
  let cancel: AbortController | undefined;
  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(Math.max(0, at - clock.monotonicMs()), signal);
    } catch {
      return; // only because it was cancelled
    }
    if (signal.aborted) return;
    setTo = undefined;
    ring();
  };
  return {
    set(at) {
      if (at === setTo) return;
      cancel?.abort();
      setTo = at;
      cancel = undefined;
      if (at === undefined) return;
      const own = new AbortController();
      cancel = own;
      void sleepUntil(at, own.signal);
    },
  };
}
