/** `Date` has whole seconds, and answers take a moment: closer than this counts as the same time. */
const SAME_TIME_MS = 3000;

/** The service's own time, kept from the `Date` headers of its answers. */
export interface ServiceClock {
  /** Takes in the `Date` header of an answer; anything unreadable is left aside. */
  note(header: string | undefined): void;
  /** `undefined` before the first answer that had a date. */
  now(): Date | undefined;
}

/**
 * Between two answers the time goes on by a clock that nobody can set. One answer that tells another
 * time moves nothing (a cache may have kept it); the next one that agrees with it does.
 * @param monotonicMs milliseconds since any moment
 */
export function createServiceClock(monotonicMs: () => number = () => performance.now()): ServiceClock {
  /** The service's time minus the monotonic time, in ms. */
  let offset: number | undefined;
  let doubt: number | undefined;
  return {
    note(header) {
      const told = Date.parse(header ?? '') - monotonicMs();
      if (Number.isNaN(told)) return;
      if (offset === undefined || (doubt !== undefined && isSame(told, doubt))) offset = told;
      doubt = isSame(told, offset) ? undefined : told;
    },
    now: () => (offset === undefined ? undefined : new Date(offset + monotonicMs())),
  };
}

function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) <= SAME_TIME_MS;
}
