import { jobOf, type BatchRecord } from '../../model/batch-record.ts';
import { isEnded, publicJobState, type JobState, type JobStats } from '../../model/job.ts';
import type { FoundJob } from './find-batch.ts';

/** Counts of requests, as the service spells them: decimal text. */
export interface BatchStats {
  readonly requestCount: string;
  readonly successfulRequestCount: string;
  readonly failedRequestCount: string;
  readonly pendingRequestCount: string;
}

/** A job as scripts read it; `null` stands for what is not known. */
export interface JobView {
  readonly batchName: string;
  readonly displayName: string | null;
  /** Such as `JOB_STATE_RUNNING`. */
  readonly state: string;
  /** Times are ISO 8601 in UTC. */
  readonly createTime: string | null;
  readonly updateTime: string | null;
  readonly completionTime: string | null;
  readonly stats: BatchStats | null;
  readonly isComplete: boolean;
  /** Why it failed; text of the service. */
  readonly error: string | null;
}

export function viewOf({ record, past }: FoundJob): JobView {
  if (past !== undefined) {
    const ended = stateNamed(past.ended);
    return {
      batchName: past.jobName ?? '',
      displayName: null,
      state: publicJobState(ended),
      createTime: null,
      updateTime: null,
      completionTime: null,
      stats: null,
      isComplete: true,
      error: null,
    };
  }
  const job = jobOf(record);
  const state = jobStateOf(record);
  const endedAt = 'endedAt' in record ? record.endedAt : record.status === 'failed' ? record.failedAt : null;
  const asOf = record.status === 'submitted' ? record.asOf : endedAt;
  return {
    batchName: job?.name ?? '',
    displayName: job?.displayName ?? null,
    state: publicJobState(state),
    createTime: job?.submittedAt ?? null,
    updateTime: asOf ?? job?.submittedAt ?? null,
    completionTime: endedAt,
    stats: statsOf('stats' in record ? record.stats : undefined),
    isComplete: isEnded(state),
    error: record.status === 'failed' ? `${record.reason}: ${record.detail}` : null,
  };
}

export function jobStateOf(record: BatchRecord): JobState {
  switch (record.status) {
    case 'submitted':
      return record.jobState;
    case 'succeeded':
    case 'collected':
      return 'succeeded';
    case 'failed':
    case 'expired':
    case 'cancelled':
      return record.status;
    case 'pending':
    case 'uploading':
    case 'uploaded':
    case 'creating':
    case 'uncertain':
      return 'unknown';
  }
}

function stateNamed(ended: string): JobState {
  const known: readonly JobState[] = ['succeeded', 'failed', 'cancelled', 'expired'];
  return known.find((state) => state === ended) ?? 'unknown';
}

function statsOf(stats: JobStats | undefined): BatchStats | null {
  if (stats === undefined) return null;
  return {
    requestCount: String(stats.requests),
    successfulRequestCount: String(stats.succeeded),
    failedRequestCount: String(stats.failed),
    pendingRequestCount: String(stats.pending),
  };
}
