import type {
  BatchStatus,
  CreateIntent,
  InputFacts,
  RecordOf,
  SavedResult,
  SubmittedJob,
  UploadedFile,
} from '../../src/model/batch-record.ts';
import type { JobSnapshot, JobState } from '../../src/model/job.ts';
import type { BatchEvent } from '../../src/model/batch-event.ts';

export const AT = '2026-11-22T14:00:00.000Z';

export const input: InputFacts = { path: 'b1.jsonl', sizeBytes: 10, sha256: 'ab'.repeat(32), lines: 1 };
export const file: UploadedFile = { name: 'files/bs1-x', uri: 'https://example/files/bs1-x', expiresAt: AT };
export const job: SubmittedJob = { name: 'batches/abc' };
const intent: CreateIntent = { displayName: 'd', model: 'm', sentAt: AT };
export const saved: SavedResult = {
  path: 'batch_results/batch_001.jsonl',
  sizeBytes: 1,
  sha256: 'cd'.repeat(32),
  lines: 1,
  answered: 1,
  failed: 0,
  savedAt: AT,
};

/** `expired` and `cancelled` are one member of the union, so neither can be picked alone. */
type SomeRecord<S extends BatchStatus> = S extends 'expired' | 'cancelled'
  ? RecordOf<'expired' | 'cancelled'>
  : RecordOf<S>;

/** One record of each status, all of the third attempt. */
export const RECORDS: { readonly [S in BatchStatus]: SomeRecord<S> } = {
  pending: { status: 'pending', attempt: 3 },
  uploading: { status: 'uploading', attempt: 3, input, fileName: 'files/bs1-x', startedAt: AT },
  uploaded: { status: 'uploaded', attempt: 3, input, file },
  creating: { status: 'creating', attempt: 3, input, file, intent },
  uncertain: { status: 'uncertain', attempt: 3, input, file, intent, reason: 'ECONNRESET', since: AT },
  submitted: { status: 'submitted', attempt: 3, input, file, job, jobState: 'pending' },
  succeeded: { status: 'succeeded', attempt: 3, input, file, job, endedAt: AT },
  collected: { status: 'collected', attempt: 3, input, file, job, endedAt: AT, saved },
  failed: {
    status: 'failed',
    attempt: 3,
    step: 'create',
    reason: 'r',
    detail: 'd',
    failedAt: AT,
    input,
    file,
  },
  expired: { status: 'expired', attempt: 3, input, file, job, endedAt: AT },
  cancelled: { status: 'cancelled', attempt: 3, input, file, job, endedAt: AT },
};

export function snapshot(state: JobState): JobSnapshot {
  return {
    name: job.name,
    displayName: undefined,
    model: undefined,
    inputFile: undefined,
    state,
    rawState: undefined,
    createdAt: undefined,
    endedAt: undefined,
    stats: undefined,
    results: { kind: 'inline' },
    error: undefined,
  };
}

/** One event of each type. */
export const EVENTS: { readonly [T in BatchEvent['type']]: Extract<BatchEvent, { readonly type: T }> } = {
  upload_started: { type: 'upload_started', input, fileName: 'files/bs1-y', at: AT },
  upload_session: { type: 'upload_session', sessionUrl: 'https://example/upload' },
  uploaded: { type: 'uploaded', file },
  create_intended: { type: 'create_intended', intent },
  create_refused: { type: 'create_refused' },
  create_unknown: { type: 'create_unknown', reason: 'timeout', at: AT, serviceAt: AT },
  created: { type: 'created', job },
  duplicates_found: { type: 'duplicates_found', jobs: ['batches/twice'] },
  duplicates_settled: { type: 'duplicates_settled', jobs: ['batches/twice'] },
  fenced: { type: 'fenced' },
  file_gone: { type: 'file_gone' },
  failed: { type: 'failed', step: 'upload', reason: 'r', detail: 'd', at: AT },
  job_observed: { type: 'job_observed', job: snapshot('running'), at: AT },
  saved: { type: 'saved', result: saved },
  taken_over: {
    type: 'taken_over',
    job: { name: 'batches/elsewhere' },
    attempt: 3,
    input: undefined,
    file: undefined,
  },
  results_lost: { type: 'results_lost', at: AT },
  rows_chosen: { type: 'rows_chosen', rows: [{ batch: 1, lines: '3' }] },
  input_moved: { type: 'input_moved', path: 'elsewhere/b1.jsonl' },
  deletion_asked: { type: 'deletion_asked', job: job.name, at: AT },
  requeued: { type: 'requeued' },
};
