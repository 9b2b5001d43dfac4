import type { Wait } from '../../model/progress.ts';
import { formatDuration } from '../../model/units.ts';

/**
 * `waiting 2m 41s, resumes 14:07:32`, `waiting for a job to end`; `undefined` for no wait.
 * @param now in ms since the epoch
 */
export function waitText({ heldUntil, orWhenAJobEnds, forJobs }: Wait, now: number): string | undefined {
  if (heldUntil <= now) return forJobs ? 'waiting for a job to end' : undefined;
  const left = formatDuration(Math.ceil((heldUntil - now) / 1000) * 1000);
  return `waiting ${left}, resumes ${clockTime(heldUntil)}${orWhenAJobEnds ? ' or when a job ends' : ''}`;
}

/** Local time of day, because the user's own clock is the one they look at. */
export function clockTime(moment: number | string): string {
  return new Date(moment).toTimeString().slice(0, 8);
}
