import type { QuotaInUse } from '../../model/run-event.ts';
import { formatAmount, formatDuration } from '../../model/units.ts';

/** What creates wait for. */
export interface Wait {
  /** Until when, in ms since the epoch, the service asked to wait. */
  readonly heldUntil: number;
  /** The end of a job ends that wait too. */
  readonly orWhenAJobEnds: boolean;
  /** What has to end, where all that fits is under way. */
  readonly forJobs: QuotaInUse | undefined;
}

/** `waiting 2m 41s`, `waiting for a job to end (40 jobs, 3.0 M tokens under way)`; `undefined` for no wait. */
export function waitText({ heldUntil, orWhenAJobEnds, forJobs }: Wait, now: number): string | undefined {
  if (heldUntil > now) {
    const left = formatDuration(Math.ceil((heldUntil - now) / 1000) * 1000);
    return `waiting ${left}${orWhenAJobEnds ? ' or for a job to end' : ''}`;
  }
  if (forJobs === undefined) return undefined;
  const { jobs, tokens } = forJobs;
  return `waiting for a job to end (${jobs} ${jobs === 1 ? 'job' : 'jobs'}, ${formatAmount(tokens)} tokens under way)`;
}
