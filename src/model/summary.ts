import { hasAnswers, holdsRows, isUnsuccessful, jobOf, type BatchRecord } from './batch-record.ts';
import { unfoldLines } from './line-ranges.ts';
import { publicJobState } from './job.ts';
import { isSameInput, isSubmitted, recordOf, type SubmissionState } from './submission-state.ts';

/** How many batches stand where; each batch is counted once. */
export interface StatusCounts {
  readonly notSubmitted: number;
  readonly uncertain: number;
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly expired: number;
  readonly cancelled: number;
  /** Of the succeeded: those whose results are on disk. */
  readonly downloaded: number;
}

export const NO_STATUS_COUNTS: StatusCounts = {
  notSubmitted: 0,
  uncertain: 0,
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
  downloaded: 0,
};

export interface BatchLine {
  readonly batch: number;
  readonly status: BatchRecord['status'];
  readonly job: string | undefined;
  readonly jobState: string | undefined;
  readonly downloaded: boolean;
  readonly attempt: number;
  readonly detail: string | undefined;
  /** Jobs that were made for it beside its own. */
  readonly duplicates: readonly string[];
}

export type StatusGroup = Exclude<keyof StatusCounts, 'downloaded'>;

/** One line per batch, in batch order: those in the state and those that only exist as input files. */
export function summarize(state: SubmissionState, inputBatches: readonly number[]): readonly BatchLine[] {
  const all = new Set([...inputBatches, ...state.batches.keys()]);
  return [...all].sort((a, b) => a - b).map((batch) => lineFor(batch, recordOf(state, batch)));
}

export function countStatuses(state: SubmissionState, lines: readonly BatchLine[]): StatusCounts {
  const counts = { ...NO_STATUS_COUNTS };
  for (const line of lines) {
    counts[groupOf(recordOf(state, line.batch))] += 1;
    if (line.downloaded && line.status === 'collected') counts.downloaded += 1;
  }
  return counts;
}

export function groupOf(record: BatchRecord): StatusGroup {
  switch (record.status) {
    case 'pending':
    case 'uploading':
    case 'uploaded':
      return 'notSubmitted';
    case 'creating':
    case 'uncertain':
      return 'uncertain';
    case 'submitted':
      return record.jobState === 'running' ? 'running' : 'pending';
    case 'succeeded':
    case 'collected':
      return 'succeeded';
    case 'failed':
    case 'expired':
    case 'cancelled':
      return record.status;
  }
}

/** Requests of collected batches that have no good answer, neither in their own results nor in a retry's. */
export interface Unanswered {
  readonly count: number;
  /** Of these: refused for good, so that the same request would come to the same again. */
  readonly permanent: number;
}

export function countUnanswered(state: SubmissionState, batches: readonly number[]): Unanswered {
  const repaired = countRepaired(state);
  let [count, permanent] = [0, 0];
  for (const batch of batches) {
    const record = recordOf(state, batch);
    if (record.status !== 'collected' || record.rowsOf !== undefined) continue;
    const { failed, missing = 0, audit } = record.saved;
    const left = Math.max(0, failed + missing - (repaired.get(batch) ?? 0));
    count += left;
    permanent += Math.min(left, audit?.permanent ?? 0);
  }
  return { count, permanent };
}

/** How many batches are over without success, and yet each of their requests has its answer or is being sent again. */
export function countSettled(state: SubmissionState, batches: readonly number[]): number {
  const repaired = countRepaired(state);
  const sentAgain = countSentAgain(state);
  return batches.filter((batch) => {
    const record = recordOf(state, batch);
    // What it left unanswered counts with the batches that its rows are of.
    if (record.rowsOf !== undefined) return isUnsuccessful(record) && !holdsRows(record);
    if (!hasAnswers(record) || !('input' in record) || !('saved' in record)) return false;
    const answered = (record.saved?.answered ?? 0) + (repaired.get(batch) ?? 0);
    return answered + (sentAgain.get(batch) ?? 0) >= (record.input?.lines ?? Number.POSITIVE_INFINITY);
  }).length;
}

/** How many rows of each batch were answered by a retry. A row is sent again only while it has no answer. */
export function countRepaired(state: SubmissionState): ReadonlyMap<number, number> {
  const repaired = new Map<number, number>();
  for (const record of state.batches.values()) {
    const rows = 'saved' in record ? (record.saved?.audit?.rows ?? []) : [];
    // One for each source, in the order of the sources.
    for (const [index, { batch, answered }] of rows.entries()) {
      const source = record.rowsOf?.[index];
      if (source === undefined || isSameInput(source, state))
        repaired.set(batch, (repaired.get(batch) ?? 0) + answered);
    }
  }
  return repaired;
}

/** How many rows of each batch are in a retry that may still answer them. */
function countSentAgain(state: SubmissionState): ReadonlyMap<number, number> {
  const sent = new Map<number, number>();
  for (const record of state.batches.values()) {
    if (!holdsRows(record)) continue;
    for (const { batch, lines } of (record.rowsOf ?? []).filter((source) => isSameInput(source, state)))
      sent.set(batch, (sent.get(batch) ?? 0) + unfoldLines(lines).length);
  }
  return sent;
}

/** The job's state in the public spelling; `undefined` when there is no job. */
export function jobStateOf(record: BatchRecord): string | undefined {
  if (!isSubmitted(record)) return undefined;
  if (record.status === 'submitted') return publicJobState(record.jobState);
  if (record.status === 'collected') return publicJobState('succeeded');
  return record.status === 'failed' ||
    record.status === 'succeeded' ||
    record.status === 'expired' ||
    record.status === 'cancelled'
    ? publicJobState(record.status)
    : undefined;
}

function lineFor(batch: number, record: BatchRecord): BatchLine {
  return {
    batch,
    status: record.status,
    job: jobOf(record)?.name,
    jobState: jobStateOf(record),
    downloaded: 'saved' in record && record.saved !== undefined,
    attempt: record.attempt,
    detail:
      record.status === 'failed' ? record.detail : record.status === 'uncertain' ? record.reason : undefined,
    duplicates: record.duplicates ?? [],
  };
}
