import type { BatchRecord } from './batch-record.ts';
import type { SubmissionState } from './submission-state.ts';

const HOUR_MS = 3_600_000;

/**
 * Files and jobs live for 48 h. Results are said to live for six weeks, and older notes say 48 h: the
 * shorter life is the safe one to count with.
 */
const LIFE_MS = 48 * HOUR_MS;

/** What comes to an end: an uploaded input, a job that has not ended, or results that are not on disk. */
export type DeadlineKind = 'input' | 'job' | 'results';

/** A moment after which something of a batch is gone, or may be. */
export interface Deadline {
  readonly batch: number;
  readonly what: DeadlineKind;
  /** By the service's clock. */
  readonly at: string;
  /** Negative once it has passed. */
  readonly hoursLeft: number;
  /** How long the whole life is; `undefined` where its beginning is not known. */
  readonly lifeHours: number | undefined;
  /** Of an input: whether a job was made of it already. */
  readonly hasJob: boolean;
}

/** Every deadline that some batch is under, in batch order. */
export function deadlinesOf(state: SubmissionState, now: Date): readonly Deadline[] {
  return [...state.batches]
    .sort(([a], [b]) => a - b)
    .flatMap(([batch, record]) =>
      livesOf(record).map(({ what, from, until }) => ({
        batch,
        what,
        at: new Date(until).toISOString(),
        hoursLeft: (until - now.getTime()) / HOUR_MS,
        lifeHours: from === undefined ? undefined : (until - from) / HOUR_MS,
        hasJob: 'job' in record && record.job !== undefined,
      })),
    );
}

/** A span of time, in ms since the Unix epoch. */
interface Life {
  readonly what: DeadlineKind;
  readonly from: number | undefined;
  readonly until: number;
}

function livesOf(record: BatchRecord): readonly Life[] {
  switch (record.status) {
    case 'uploaded':
    case 'creating':
    case 'uncertain':
      return inputLife(record);
    case 'submitted': {
      // The service may read the input of a job as late as when the job begins to run.
      const input = record.jobState === 'running' ? [] : inputLife(record);
      return [...input, ...lifeFrom('job', record.job.submittedAt)];
    }
    case 'succeeded':
    case 'expired':
    case 'cancelled':
      return isUncollected(record) ? lifeFrom('results', record.endedAt) : [];
    case 'failed':
      return isUncollected(record) ? lifeFrom('results', record.failedAt) : [];
    case 'pending':
    case 'uploading':
    case 'collected':
      return [];
  }
}

function inputLife({ file }: Pick<Extract<BatchRecord, { file?: unknown }>, 'file'>): readonly Life[] {
  const from = momentOf(file?.uploadedAt);
  const until = momentOf(file?.expiresAt) ?? (from === undefined ? undefined : from + LIFE_MS);
  return until === undefined ? [] : [{ what: 'input', from, until }];
}

function lifeFrom(what: DeadlineKind, begin: string | undefined): readonly Life[] {
  const from = momentOf(begin);
  return from === undefined ? [] : [{ what, from, until: from + LIFE_MS }];
}

function momentOf(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** True while results that are not on disk wait to be fetched. */
export function isUncollected(record: BatchRecord): boolean {
  switch (record.status) {
    case 'succeeded':
      return record.saved === undefined && record.lostSince === undefined;
    case 'failed':
    case 'expired':
    case 'cancelled':
      return record.results !== undefined && record.saved === undefined;
    case 'pending':
    case 'uploading':
    case 'uploaded':
    case 'creating':
    case 'uncertain':
    case 'submitted':
    case 'collected':
      return false;
  }
}
