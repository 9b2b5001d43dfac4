import { z } from 'zod';
import type { FinalReport } from '../report/final-report.ts';
import {
  batch,
  batches,
  bytes,
  count,
  defect,
  defectCounts,
  merged,
  requestCounts,
  requestFields,
  sha256,
  time,
} from './parts.ts';
import { statusCounts } from './inspect.ts';

const tokens = z.object({
  estimated_prompt: count.describe(
    'Of the prompts, from the length of their text, before anything was sent.',
  ),
  prompt: count.describe("The same requests' prompts as the service counted them."),
  cached: count,
  answer: count,
  thoughts: count,
  total: count,
});
const cost = z.number().nullable().describe('null where a price is not known.');

/** `report`, and `batch_submission_final_report.json`: the older script's keys, and the reconciliation beside them. */
export const reportDocument: z.ZodType<FinalReport> = z.object({
  schemaVersion: z.literal(1),
  report_generated: time,
  batch_range: z.string(),
  statistics: z.object({
    total: count,
    submitted: count,
    remaining: count,
    percentage: z.number(),
    failed: count,
  }),
  submitted_jobs: z.record(
    z.string(),
    z.object({
      job_name: z.string(),
      file_uri: z.string().nullable(),
      submitted_at: z.string().nullable(),
      state: z.string().nullable(),
    }),
  ),
  failed_batches: batches,
  last_run: z.string().nullable(),
  uncertain_batches: batches,
  counts: statusCounts,
  requests: requestCounts,
  requests_exhausted: count,
  requests_refused: count,
  defects_by_kind: defectCounts,
  defects: z.array(defect).describe('What is still wrong after the retries; at most 10,000 are listed.'),
  defects_omitted: count,
  tokens,
  cost: z.object({
    currency: z.string(),
    amount: cost,
    prices_as_of: z.string(),
    source: z.string(),
    by_model: z.array(
      z.object({ model: z.string(), input_tokens: count, output_tokens: count, amount: cost }),
    ),
    notes: z.array(z.string()),
  }),
  results: z.array(
    z.object({
      batch,
      path: z.string(),
      sha256,
      bytes,
      requests: count,
      answered: count,
      failed: count,
      missing: count,
    }),
  ),
  batches: z.array(
    z.object({
      ...requestFields,
      batch,
      file: z.string().nullable(),
      job: z.string().nullable(),
      model: z.string().nullable(),
      status: z.string(),
      attempt: count,
      submitted_at: z.string().nullable(),
      ended_at: z.string().nullable(),
      saved_at: z.string().nullable(),
      tokens,
      cost,
    }),
  ),
  waves: z.array(
    z.object({
      ...requestFields,
      run: z.string().nullable(),
      first_submitted_at: z.string().nullable(),
      last_ended_at: z.string().nullable(),
      batches: z.string(),
      count,
      sent_again: count,
      sent_again_answered: count,
      tokens,
      cost,
    }),
  ),
  row_retries: z.array(
    z.object({
      batch,
      job: z.string().nullable(),
      status: z.string(),
      rows: count,
      answered: count,
      sources: z.array(z.object({ batch, lines: z.string(), inputSha256: sha256.optional() })),
      cost,
    }),
  ),
  merged,
  records: z
    .object({
      requests: z
        .object({ planned: count, parsed: count, unparsable: count, without: count })
        .describe('In requests: planned = parsed + unparsable + without.'),
      records: count,
      duplicates: count.nullable().describe('Of the records: the same as another one.'),
      embedded: count.nullable().describe('Of the records: with a vector.'),
      imported: z
        .object({ to: z.string(), path: z.string(), imported: count, held_back: count })
        .nullable()
        .describe('records = imported + held_back; null where these records were not imported.'),
    })
    .nullable()
    .describe('What was made of the answers; null before `parse`.'),
  notes: z.array(z.string()),
  duplicate_jobs: z.array(z.object({ batch, jobs: z.array(z.string()) })),
  earlier_attempts: z.array(
    z.object({ batch, attempt: count, job: z.string().nullable(), ended: z.string() }),
  ),
});
