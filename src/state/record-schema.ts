import { z } from 'zod';
import { DEFECT_KINDS } from '../model/answer.ts';
import type { BatchRecord } from '../model/batch-record.ts';

/** A record that was read, or where and why the value is none. The fault never repeats the value. */
export type CheckedRecord =
  | { readonly ok: true; readonly record: BatchRecord }
  | { readonly ok: false; readonly fault: string };

/**
 * Reads one record of the state file. Fields that no version knows are dropped; a field that the
 * record's status cannot have (a job of a batch that is `pending`) is a fault, because it would be lost.
 */
export function checkRecord(value: unknown): CheckedRecord {
  const result = record.safeParse(value);
  if (result.success) return { ok: true, record: result.data };
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
  return { ok: false, fault: `${place}${issue?.message ?? 'Invalid input'}` };
}

/** Times and words come from the service too, so that their form is not ours to insist on. */
const text = z.string();
const name = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const never = z.never().optional();

const input = z.object({
  path: name,
  sizeBytes: count,
  sha256,
  lines: count,
  estimatedTokens: count.optional(),
  staged: z.object({ sizeBytes: count, sha256 }).optional(),
});

const file = z.object({
  name: name.optional(),
  uri: name,
  sizeBytes: count.optional(),
  uploadedAt: text.optional(),
  expiresAt: text.optional(),
});

const key = z
  .string()
  .regex(/^[0-9a-f]{12}$/)
  .optional();

const intent = z.object({ displayName: name, model: name, sentAt: text, key });

const job = z.object({
  name,
  displayName: text.optional(),
  model: text.optional(),
  submittedAt: text.optional(),
  adopted: z.boolean().optional(),
  run: text.optional(),
  key,
});

const stats = z.object({
  requests: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  pending: z.int(),
});

const audit = z.object({
  against: z.enum(['input', 'count']),
  defects: z.partialRecord(z.enum(DEFECT_KINDS), count),
  usage: z.object({ prompt: count, cached: count, answer: count, thoughts: count }),
  stats: stats.optional(),
  permanent: count.optional(),
  byOrder: count.optional(),
  rows: z.array(z.object({ batch: count, answered: count })).optional(),
});

const saved = z.object({
  path: name,
  sizeBytes: count,
  sha256,
  lines: count,
  answered: count,
  failed: count,
  missing: count.optional(),
  savedAt: text,
  isTorn: z.boolean().optional(),
  audit: audit.optional(),
});

const results = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), name }),
  z.object({ kind: z.literal('inline') }),
]);

const common = {
  attempt: z.int().positive(),
  earlier: z
    .array(
      z.object({
        attempt: z.int().positive(),
        jobName: name.optional(),
        ended: text,
        input: input.optional(),
        saved: saved.optional(),
        results: results.optional(),
        lost: saved.optional(),
      }),
    )
    .optional(),
  duplicates: z.array(name).optional(),
  rowsOf: z.array(z.object({ batch: count, lines: name, inputSha256: sha256.optional() })).optional(),
};

const withoutJob = { ...common, job: never, saved: never };
const withFile = { ...withoutJob, input, file };
const withJob = { ...common, input: input.optional(), file: file.optional(), job };
const outcome = { results: results.optional(), stats: stats.optional(), saved: saved.optional() };
const ended = { ...withJob, ...outcome, endedAt: text, lostSince: text.optional(), lost: saved.optional() };

const record: z.ZodType<BatchRecord> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('pending'), ...withoutJob, intent: never }),
  z.object({
    status: z.literal('uploading'),
    ...withoutJob,
    intent: never,
    input,
    fileName: name,
    sessionUrl: name.optional(),
    startedAt: text,
  }),
  z.object({ status: z.literal('uploaded'), ...withFile, intent: never }),
  z.object({ status: z.literal('creating'), ...withFile, intent }),
  z.object({
    status: z.literal('uncertain'),
    ...withFile,
    intent,
    reason: text,
    since: text,
    serviceSince: text.optional(),
  }),
  z.object({
    status: z.literal('submitted'),
    ...withJob,
    saved: never,
    jobState: z.enum(['pending', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown']),
    asOf: text.optional(),
  }),
  z.object({ status: z.literal('succeeded'), ...ended }),
  z.object({ status: z.literal('collected'), ...ended, saved }),
  z.object({ status: z.literal('expired'), ...ended }),
  z.object({ status: z.literal('cancelled'), ...ended }),
  z.object({
    status: z.literal('failed'),
    ...common,
    ...outcome,
    step: z.enum(['input', 'upload', 'create', 'job']),
    reason: text,
    detail: text,
    failedAt: text,
    input: input.optional(),
    file: file.optional(),
    job: job.optional(),
  }),
]);
