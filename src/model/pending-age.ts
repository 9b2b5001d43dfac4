import type { SubmissionState } from './submission-state.ts';
import { groupOf } from './summary.ts';

const HOUR_MS = 3_600_000;

/** A job that waits to be run. */
export interface PendingJob {
  readonly batch: number;
  /** How long it has waited. */
  readonly hours: number;
}

/** The jobs that wait, the oldest first. One whose beginning is not known is left out. */
export function pendingJobs(state: SubmissionState, now: Date): readonly PendingJob[] {
  return [...state.batches]
    .flatMap(([batch, record]) => {
      if (record.status !== 'submitted' || groupOf(record) !== 'pending') return [];
      const since = Date.parse(record.job.submittedAt ?? '');
      return Number.isNaN(since) ? [] : [{ batch, hours: Math.max(0, now.getTime() - since) / HOUR_MS }];
    })
    .sort((a, b) => b.hours - a.hours || a.batch - b.batch);
}
