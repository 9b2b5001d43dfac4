import type { BatchRecord, EarlierAttempt } from './batch-record.ts';

/**
 * What is remembered of a batch's attempt when another one takes its place: nothing that was paid for is
 * forgotten.
 * @param ended how it ended, in one word
 */
export function pastAttempt(record: BatchRecord, ended: string): EarlierAttempt {
  const saved = 'saved' in record ? record.saved : undefined;
  return {
    attempt: record.attempt,
    jobName: 'job' in record ? record.job?.name : undefined,
    ended,
    input: saved !== undefined && 'input' in record ? record.input : undefined,
    saved,
    results: saved === undefined && 'results' in record ? record.results : undefined,
    lost: 'lost' in record ? record.lost : undefined,
    deletionAskedAt: 'job' in record ? record.job?.deletionAskedAt : undefined,
  };
}
