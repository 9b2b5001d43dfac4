import type { SubmissionState } from './submission-state.ts';

/** How much longer than the longest lag seen so far a job is given to appear. */
const LAG_FACTOR = 4;

/** No lag makes the settle time longer than this by itself. */
const LONGEST_BY_LAG_MS = 2 * 3_600_000;

/** How long, in ms, a lost create is looked up: as configured, or longer where listings were seen to lag more. */
export function settleMsFor(configuredMs: number, { listLagMs = 0 }: SubmissionState): number {
  return Math.max(configuredMs, Math.min(LAG_FACTOR * listLagMs, LONGEST_BY_LAG_MS));
}
