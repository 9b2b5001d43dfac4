import { z } from 'zod';
import { DEFECT_KINDS, type Defect, type DefectKind, type Usage } from '../model/answer.ts';
import type { JobStats } from '../model/job.ts';
import type { RequestCounts } from '../model/request-counts.ts';

/** Pieces that several documents have in common. Times are ISO 8601 in UTC, durations milliseconds, sizes bytes. */
export const count: z.ZodType<number> = z.int().min(0);
export const batch: z.ZodType<number> = z
  .int()
  .min(1)
  .describe('Number of the batch: the first number in the name of its file.');
export const batches: z.ZodType<readonly number[]> = z.array(batch);
export const time: z.ZodType<string> = z.iso.datetime().describe('ISO 8601, UTC.');
export const bytes: z.ZodType<number> = count.describe('Size in bytes.');
export const milliseconds: z.ZodType<number> = z.number().min(0).describe('Milliseconds.');
export const sha256: z.ZodType<string> = z
  .hex()
  .length(64)
  .describe('SHA-256 of the exact bytes, lower-case hex.');

/** The members of `requestCounts`, for documents that have more. */
export const requestFields: Readonly<Record<keyof RequestCounts, z.ZodType<number>>> = {
  planned: count,
  answered: count,
  failed: count,
  missing: count,
  pending: count,
};

export const requestCounts: z.ZodType<RequestCounts> = z
  .object(requestFields)
  .describe('In requests: planned = answered + failed + missing + pending.');

/** The members of a quota in use; a limit that nobody knows is left out. */
export const quotaInUse: {
  readonly jobs: z.ZodType<number>;
  readonly tokens: z.ZodType<number>;
  readonly mostJobs: z.ZodOptional<z.ZodType<number>>;
  readonly mostTokens: z.ZodOptional<z.ZodType<number>>;
} = {
  jobs: count.describe('Jobs of ours that are under way.'),
  tokens: count.describe('Tokens of their requests, as estimated.'),
  mostJobs: count.optional().describe('The limit, where one is known.'),
  mostTokens: count.optional(),
};

/** One thing that is wrong with an answer. Good rows are never listed. */
export const defect: z.ZodType<Defect> = z.object({
  batch,
  line: z
    .int()
    .min(1)
    .nullable()
    .describe('Line of the input file, from 1; null where it belongs to no request.'),
  key: z.string().nullable(),
  kind: z.enum(DEFECT_KINDS),
  resultLine: z.int().min(1).optional().describe('Line of the results file, from 1.'),
  code: z.int().optional().describe("Of an error: the service's number for it."),
  reason: z.string().optional(),
  message: z.string().optional(),
});

export const defectCounts: z.ZodType<Readonly<Partial<Record<DefectKind, number>>>> = z.partialRecord(
  z.enum(DEFECT_KINDS),
  count,
);

/** Tokens as the service counts them. */
export const usage: z.ZodType<Usage> = z.object({
  prompt: count,
  cached: count,
  answer: count,
  thoughts: count,
});

export const jobStats: z.ZodType<JobStats> = z
  .object({ requests: count, succeeded: count, failed: count, pending: count })
  .describe("The service's own counts, where they disagree with the results.");

export interface MergedFacts {
  readonly path: string;
  readonly lines: number;
  readonly sha256: string;
}

export const merged: z.ZodType<MergedFacts | null> = z
  .object({ path: z.string(), lines: count, sha256 })
  .nullable()
  .describe('The merged file; null when none was written.');
