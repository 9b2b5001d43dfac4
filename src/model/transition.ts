import type { BatchEvent } from './batch-event.ts';
import {
  jobNamesOf,
  type BatchRecord,
  type BatchStatus,
  type EarlierAttempt,
  type RecordOf,
} from './batch-record.ts';
import { isEnded, type JobSnapshot } from './job.ts';
import { pastAttempt } from './past-attempt.ts';

/**
 * The only way from one record to the next.
 * @throws {Error} when `event` cannot happen to a batch in this status: that is a bug, not a fault.
 */
export function transition(record: BatchRecord, event: BatchEvent): BatchRecord {
  const common = commonOf(record);
  switch (event.type) {
    case 'upload_started':
      expectStatus(record, event, 'pending', 'uploading', 'failed');
      // A create or a job that failed may have left something: only `requeued` begins again from there.
      if (record.status === 'failed' && (record.step === 'create' || record.step === 'job'))
        throw impossible(record, event);
      return {
        ...common,
        status: 'uploading',
        input: event.input,
        fileName: event.fileName,
        startedAt: event.at,
      };
    case 'upload_session':
      expectStatus(record, event, 'uploading');
      return { ...record, sessionUrl: event.sessionUrl };
    case 'uploaded':
      expectStatus(record, event, 'uploading');
      return { ...common, status: 'uploaded', input: record.input, file: event.file };
    case 'create_intended':
      expectStatus(record, event, 'uploaded');
      return { ...record, status: 'creating', intent: event.intent };
    case 'create_refused':
      expectStatus(record, event, 'creating');
      return { ...common, status: 'uploaded', input: record.input, file: record.file };
    case 'create_unknown':
      expectStatus(record, event, 'creating', 'uncertain');
      // The settle time counts from the first doubt; looking again must not put its end off.
      return {
        ...record,
        status: 'uncertain',
        reason: event.reason,
        since: record.status === 'uncertain' ? record.since : event.at,
        serviceSince: record.status === 'uncertain' ? record.serviceSince : event.serviceAt,
      };
    case 'created':
      expectStatus(record, event, 'creating', 'uncertain');
      return {
        ...common,
        status: 'submitted',
        input: record.input,
        file: record.file,
        job: event.job,
        jobState: 'pending',
      };
    case 'taken_over':
      return takenOver(record, event);
    case 'duplicates_found':
      expectStatus(record, event, 'submitted', 'succeeded', 'collected', 'failed', 'expired', 'cancelled');
      return duplicatesFound(record, event.jobs);
    case 'duplicates_settled':
      return duplicatesSettled(record, event.jobs);
    case 'fenced':
      expectStatus(record, event, 'creating', 'uncertain');
      return { ...common, status: 'pending', attempt: record.attempt + 1 };
    case 'file_gone':
      expectStatus(record, event, 'uploading', 'uploaded');
      return { ...common, status: 'pending', attempt: record.attempt + 1 };
    case 'failed':
      return failed(record, event);
    case 'job_observed':
      return observed(record, event.job, event.at);
    case 'saved':
      expectStatus(record, event, 'succeeded', 'collected', 'failed', 'expired', 'cancelled');
      return record.status === 'succeeded' || record.status === 'collected'
        ? { ...record, status: 'collected', saved: event.result, lostSince: undefined, lost: undefined }
        : { ...record, saved: event.result };
    case 'results_lost':
      expectStatus(record, event, 'succeeded', 'collected');
      return record.status === 'collected'
        ? { ...record, status: 'succeeded', saved: undefined, lostSince: event.at, lost: record.saved }
        : { ...record, lostSince: record.lostSince ?? event.at };
    case 'rows_chosen':
      expectStatus(record, event, 'pending');
      return { ...record, rowsOf: event.rows };
    case 'input_moved':
      if (!('input' in record) || record.input === undefined) throw impossible(record, event);
      return { ...record, input: { ...record.input, path: event.path } };
    case 'deletion_asked':
      return deletionAsked(record, event);
    case 'requeued':
      expectStatus(record, event, 'failed', 'expired', 'cancelled', 'succeeded');
      if (record.status === 'succeeded' && record.lostSince === undefined) throw impossible(record, event);
      return requeued(record);
  }
}

function expectStatus<S extends BatchStatus>(
  record: BatchRecord,
  event: BatchEvent,
  ...allowed: readonly S[]
): asserts record is RecordOf<S> {
  if (!(allowed as readonly BatchStatus[]).includes(record.status)) {
    throw impossible(record, event);
  }
}

function impossible(record: BatchRecord, event: BatchEvent): Error {
  return new Error(`${event.type} cannot happen to a batch that is ${record.status}`);
}

function failed(record: BatchRecord, event: Extract<BatchEvent, { type: 'failed' }>): BatchRecord {
  expectStatus(record, event, 'pending', 'uploading', 'uploaded', 'creating', 'failed', 'submitted');
  const known = record.status === 'failed' ? record : commonOf(record);
  return {
    ...known,
    status: 'failed',
    step: event.step,
    reason: event.reason,
    detail: event.detail,
    failedAt: event.at,
    input: event.input ?? ('input' in record ? record.input : undefined),
    file: 'file' in record ? record.file : undefined,
    job: 'job' in record ? record.job : undefined,
  };
}

function observed(record: BatchRecord, job: JobSnapshot, at: string): BatchRecord {
  const event: BatchEvent = { type: 'job_observed', job, at };
  expectStatus(record, event, 'submitted', 'failed');
  // A job that was unknown for a while, to another key for instance, is a job again when it shows up.
  if (record.status === 'failed') {
    if (record.reason !== 'missing' || record.job === undefined) throw impossible(record, event);
    const { input, file } = record;
    return observed(
      { ...commonOf(record), status: 'submitted', input, file, job: record.job, jobState: 'unknown' },
      job,
      at,
    );
  }
  if (!isEnded(job.state)) return { ...record, jobState: job.state, asOf: at };
  const { input, file } = record;
  const facts = {
    ...commonOf(record),
    input,
    file,
    job: record.job,
    results: job.results,
    stats: job.stats,
  };
  const endedAt = job.endedAt ?? at;
  if (job.state !== 'failed') return { ...facts, status: job.state, endedAt };
  return {
    ...facts,
    status: 'failed',
    step: 'job',
    reason: job.error?.code === undefined ? 'failed' : `code_${job.error.code}`,
    detail: job.error?.message ?? 'the service gave no reason',
    failedAt: endedAt,
  };
}

function takenOver(record: BatchRecord, event: Extract<BatchEvent, { type: 'taken_over' }>): BatchRecord {
  const { job, attempt, input, file, rows } = event;
  const had = 'job' in record ? record.job : undefined;
  if (had?.name === job.name) return record;
  return {
    ...commonOf(record),
    rowsOf: record.rowsOf ?? rows,
    status: 'submitted',
    duplicates: without(record.duplicates, [job.name]),
    // Never lower: the names of this batch's own attempts have been seen by the service.
    attempt: Math.max(attempt, record.attempt),
    earlier:
      had === undefined ? record.earlier : [...(record.earlier ?? []), pastAttempt(record, 'replaced')],
    input,
    file,
    job,
    jobState: 'unknown',
  };
}

function requeued(record: RecordOf<'failed' | 'expired' | 'cancelled' | 'succeeded'>): BatchRecord {
  // Nothing reached the service, so its names are still unused and no attempt is over.
  if (record.status === 'failed' && record.step === 'input') {
    return { ...commonOf(record), status: 'pending' };
  }
  const ended = record.status === 'succeeded' ? 'lost' : record.status;
  return {
    ...commonOf(record),
    status: 'pending',
    attempt: record.attempt + 1,
    earlier: [...(record.earlier ?? []), pastAttempt(record, ended)],
  };
}

function duplicatesFound(record: BatchRecord, jobs: readonly string[]): BatchRecord {
  const known = jobNamesOf(record);
  const found = jobs.filter((job) => !known.includes(job));
  return found.length === 0 ? record : { ...record, duplicates: [...(record.duplicates ?? []), ...found] };
}

function duplicatesSettled(record: BatchRecord, jobs: readonly string[]): BatchRecord {
  const settled = (record.duplicates ?? []).filter((job) => jobs.includes(job));
  const { attempt } = record;
  const ended = settled.map((jobName): EarlierAttempt => ({ attempt, jobName, ended: 'duplicate' }));
  return {
    ...record,
    duplicates: without(record.duplicates, settled),
    earlier: [...(record.earlier ?? []), ...ended],
  };
}

/** Of the batch's own job only once that has ended; what earlier attempts left is over in any case. */
function deletionAsked(
  record: BatchRecord,
  event: Extract<BatchEvent, { type: 'deletion_asked' }>,
): BatchRecord {
  const { job: name, at } = event;
  if ('job' in record && record.job?.name === name) {
    expectStatus(record, event, 'collected', 'failed', 'expired', 'cancelled');
    // It may be running under another key.
    if (record.status === 'failed' && record.reason === 'missing') throw impossible(record, event);
    return { ...record, job: { ...record.job, deletionAskedAt: at } };
  }
  const earlier = record.earlier ?? [];
  const index = earlier.findIndex(({ jobName }) => jobName === name);
  const past = earlier[index];
  if (past === undefined) throw impossible(record, event);
  return { ...record, earlier: earlier.with(index, { ...past, deletionAskedAt: at }) };
}

/** What a record keeps whatever happens to it. */
function commonOf({ attempt, earlier, duplicates, rowsOf }: BatchRecord): {
  readonly attempt: number;
  readonly earlier: BatchRecord['earlier'];
  readonly duplicates: BatchRecord['duplicates'];
  readonly rowsOf: BatchRecord['rowsOf'];
} {
  return { attempt, earlier, duplicates, rowsOf };
}

function without(
  jobs: readonly string[] | undefined,
  gone: readonly string[],
): readonly string[] | undefined {
  const left = (jobs ?? []).filter((job) => !gone.includes(job));
  return left.length === 0 ? undefined : left;
}
