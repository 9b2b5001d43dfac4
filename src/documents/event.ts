import { z } from 'zod';
import type { RunEvent } from '../model/run-event.ts';
import { batch, batches, bytes, count, milliseconds, quotaInUse, requestCounts, time } from './parts.ts';

const reason = z.string().describe("The service's own word, such as RESOURCE_EXHAUSTED, or a network code.");
const message = z.string().describe('For a person.');
const job = z.string().describe('Name of the job: batches/….');
const file = z.string().describe('The uploaded copy: a URI, or files/….');
const exitCode = z.int().min(0).describe('See `batch-submit help exit-codes`.');

/** The facts of each event, by its name. The log, `--json` and the library all carry these. */
const EVENT_FACTS: Readonly<Record<RunEvent['event'], z.ZodObject>> = {
  run_started: z.object({
    command: z.string(),
    version: z.string(),
    state: z.string().describe('The state file, as the user named it.'),
    planned: count.describe('Batches that this run would work on.'),
    total: count,
    submittedBefore: count,
    downloadedBefore: count,
  }),
  state_migrated: z.object({ notes: z.array(z.string()) }),
  upload_started: z.object({ batch, bytes, lines: count }),
  upload_success: z.object({ batch, file, bytes, ms: milliseconds }),
  upload_reused: z.object({ batch, file }),
  create_intended: z.object({ batch, displayName: z.string() }),
  batch_created: z.object({ batch, job, displayName: z.string() }),
  batch_adopted: z.object({ batch, job, displayName: z.string() }),
  batch_uncertain: z.object({ batch, reason }).describe('A create was sent and its answer was lost.'),
  batch_fenced: z
    .object({ batch, file, attempt: count })
    .describe('No job was made, and none can be any more.'),
  duplicate_jobs: z.object({ batch, kept: job, others: z.array(job) }),
  rate_limited: z.object({
    batch: batch.optional(),
    step: z.string(),
    reason,
    message,
    wait: count.describe('Which wait in a row this is.'),
    waitMs: milliseconds,
    resumesAt: time,
    source: z.enum(['configured', 'retry_info', 'retry_after']),
    orWhenAJobEnds: z.boolean().optional(),
  }),
  quota_wait: z.object({ batch, ...quotaInUse }).describe('All that fits is under way.'),
  quota_learnt: z.object({ model: z.string(), mostJobs: count.optional(), mostTokens: count.optional() }),
  retry_wait: z.object({
    batch: batch.optional(),
    step: z.string(),
    reason,
    message,
    retry: count,
    waitMs: milliseconds,
  }),
  error: z.object({
    batch: batch.optional(),
    step: z.enum(['input', 'upload', 'create', 'job', 'run', 'download', 'cancel', 'cleanup']),
    reason,
    message,
    code: z.string().optional(),
  }),
  file_deleted: z.object({ batch, file, bytes }),
  job_deleted: z.object({ batch, job, displayName: z.string(), model: z.string().optional() }),
  warning: z.object({ batch: batch.optional(), message }),
  batch_requeued: z.object({ batch, attempt: count, was: z.string() }),
  rows_chosen: z.object({ batch, rows: count, batches: batches.describe('Where the rows are from.') }),
  job_state: z.object({ batch, job, state: z.string() }),
  result_saved: z.object({
    batch,
    path: z.string(),
    bytes,
    lines: count,
    answered: count,
    failed: count,
    missing: count,
    ms: milliseconds,
  }),
  canary: z.object({
    batches,
    requests: count,
    answered: count,
    passed: z.boolean(),
    spent: z.string().describe('Tokens and cost, for a person.'),
  }),
  cancel_requested: z.object({ batch, job }),
  report_written: z.object({ path: z.string() }),
  interrupted: z.object({ signal: z.string() }),
  run_finished: z
    .object({
      exitCode,
      ms: milliseconds,
      requests: requestCounts.optional(),
      submitted: count.describe('Batches submitted in this run.'),
      failed: count,
      uncertain: count,
      downloaded: count,
      remaining: count,
    })
    .describe('The last line of every run, also of one that was stopped.'),
};

/** A line of `--json`: the event's facts beside its type. */
export const eventLine: z.ZodType = z.union(
  Object.entries(EVENT_FACTS).map(([type, facts]) =>
    z
      .object({ schemaVersion: z.literal(1), type: z.literal(type), time, run: z.string() })
      .extend(facts.shape)
      .describe(facts.description ?? ''),
  ),
);

/** A line of the log: the event's facts in `data`, but for the batch. */
export const logLine: z.ZodType = z.union(
  Object.entries(EVENT_FACTS).map(([event, facts]) => {
    const { batch: number, ...data } = facts.shape as Record<string, z.ZodType | undefined>; // zod's own type of it knows no absent member;
    return z.object({
      timestamp: time,
      event: z.literal(event),
      ...(number === undefined ? {} : { batch: number }),
      data: z.object(data),
      run: z.string(),
      seq: z.int().min(1).describe("Counts this run's lines, without a gap."),
    });
  }),
);

/** With `--json`, what ends a command is one line on stderr. */
export interface ErrorLine {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly details?: readonly string[] | undefined;
  readonly hint?: string | undefined;
  readonly exitCode: number;
}

export const errorLine: z.ZodType<ErrorLine> = z.object({
  type: z.literal('error'),
  code: z.string().describe('Such as E_LOCKED; see the page on errors.'),
  message,
  details: z.array(z.string()).optional(),
  hint: z.string().optional().describe('The next command.'),
  exitCode,
});
