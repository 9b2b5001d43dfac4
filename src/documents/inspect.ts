import { z } from 'zod';
import type { BatchStatus } from '../model/batch-record.ts';
import type { DeadlineKind } from '../model/deadlines.ts';
import type { QuotaInUse } from '../model/run-event.ts';
import type { StatusCounts } from '../model/summary.ts';
import { batch, batches, count, quotaInUse, time } from './parts.ts';

/** `status` */
export interface StatusDocument {
  readonly schemaVersion: 1;
  /** The oldest look at a job that may have moved since. */
  readonly asOf: string | null;
  readonly total: number;
  readonly submitted: number;
  readonly counts: StatusCounts;
  /** Requests of collected batches without a good answer. */
  readonly unanswered: number;
  readonly requests: {
    /** In all files; null while some of them were never read. */
    readonly planned: number | null;
    /** In results that are on disk. */
    readonly answered: number;
    readonly unanswered: number;
  };
  /** What is under way, as the state shows it; null when nothing is. */
  readonly quota: QuotaInUse | null;
  readonly oldestPendingHours: number | null;
  readonly deadlines: readonly {
    readonly what: DeadlineKind;
    readonly at: string;
    /** Negative once it has passed. */
    readonly hoursLeft: number;
    readonly batches: readonly number[];
  }[];
  readonly batches: readonly StatusOfBatch[];
}

export interface StatusOfBatch {
  readonly batch: number;
  readonly status: BatchStatus;
  readonly job: string | null;
  /** Such as `JOB_STATE_RUNNING`. */
  readonly jobState: string | null;
  readonly downloaded: boolean;
  readonly attempt: number;
  readonly detail: string | null;
  /** Jobs that were made for it beside its own. */
  readonly duplicates: readonly string[];
}

export const statusCounts: z.ZodType<StatusCounts> = z
  .object({
    notSubmitted: count,
    uncertain: count,
    pending: count,
    running: count,
    succeeded: count,
    failed: count,
    expired: count,
    cancelled: count,
    downloaded: count.describe('Of the succeeded: those whose results are on disk.'),
  })
  .describe('In batches; each is counted once.');

export const statusDocument: z.ZodType<StatusDocument> = z.object({
  schemaVersion: z.literal(1),
  asOf: time.nullable().describe('The oldest look at a job that may have moved since.'),
  total: count,
  submitted: count,
  counts: statusCounts,
  unanswered: count.describe('Requests of collected batches without a good answer.'),
  requests: z.object({
    planned: count.nullable().describe('In all files; null while some of them were never read.'),
    answered: count.describe('In results that are on disk.'),
    unanswered: count,
  }),
  quota: z
    .object(quotaInUse)
    .nullable()
    .describe('What is under way, as the state shows it; null when nothing is.'),
  oldestPendingHours: z.number().nullable(),
  deadlines: z.array(
    z.object({
      what: z.enum(['input', 'job', 'results']),
      at: time,
      hoursLeft: z.number().describe('Negative once it has passed.'),
      batches,
    }),
  ),
  batches: z.array(
    z.object({
      batch,
      status: z.enum([
        'pending',
        'uploading',
        'uploaded',
        'creating',
        'uncertain',
        'submitted',
        'succeeded',
        'collected',
        'failed',
        'expired',
        'cancelled',
      ]),
      job: z.string().nullable(),
      jobState: z.string().nullable().describe('Such as JOB_STATE_RUNNING.'),
      downloaded: z.boolean(),
      attempt: count,
      detail: z.string().nullable(),
      duplicates: z.array(z.string()).describe('Jobs that were made for it beside its own.'),
    }),
  ),
});

/** `config` */
export interface SettingsDocument {
  readonly schemaVersion: 1;
  readonly settings: readonly {
    readonly setting: string;
    /** The environment variable that sets it. */
    readonly variable: string;
    /** As it would be written; empty where there is none. */
    readonly value: string;
    /** A flag, a variable, the name of a file, or `default`. */
    readonly origin: string;
  }[];
  /** The key itself is never shown. */
  readonly apiKey: {
    /** `the environment (GEMINI_API_KEY)`; null where there is none that can be used. */
    readonly origin: string | null;
    readonly problem: string | null;
  };
}

export const settingsDocument: z.ZodType<SettingsDocument> = z.object({
  schemaVersion: z.literal(1),
  settings: z.array(
    z.object({
      setting: z.string(),
      variable: z.string().describe('The environment variable that sets it.'),
      value: z.string().describe('As it would be written; empty where there is none.'),
      origin: z.string().describe('A flag, a variable, the name of a file, or `default`.'),
    }),
  ),
  apiKey: z
    .object({ origin: z.string().nullable(), problem: z.string().nullable() })
    .describe('Where the key comes from, or why there is none; the key itself is never shown.'),
});
