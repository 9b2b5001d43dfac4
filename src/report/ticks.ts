const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Steps that fall on round times. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY_MS),
];

/** As many as stand side by side on a telephone. */
const MOST = 6;

export interface Tick {
  readonly time: number;
  /** The first of its day (UTC), which is where the date has to stand. */
  readonly isNewDay: boolean;
}

/** Round times from `from` to `to`, six at most. */
export function ticksBetween(from: number, to: number): readonly Tick[] {
  const step = STEPS_MS.find((ms) => (to - from) / ms <= MOST - 1) ?? (to - from) / (MOST - 1);
  const ticks: Tick[] = [];
  let lastDay = Number.NaN;
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const day = Math.floor(time / DAY_MS);
    ticks.push({ time, isNewDay: day !== lastDay });
    lastDay = day;
  }
  return ticks;
}
