import { z } from 'zod';
import type { Defect } from '../model/answer.ts';
import type { SavedResult } from '../model/batch-record.ts';
import type { RequestCounts } from '../model/request-counts.ts';
import {
  batch,
  batches,
  bytes,
  count,
  defect,
  defectCounts,
  jobStats,
  merged,
  requestCounts,
  sha256,
  time,
  usage,
  type MergedFacts,
} from './parts.ts';

/** `download` */
export interface DownloadDocument {
  readonly schemaVersion: 1;
  readonly downloaded: readonly (SavedResult & { readonly batch: number })[];
  /** On disk already, and left alone. */
  readonly kept: readonly number[];
  readonly failed: readonly {
    readonly batch: number;
    readonly kind: string;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly running: number;
  readonly requests: RequestCounts;
  readonly defects: readonly Defect[];
  readonly merged: MergedFacts | null;
  readonly exitCode: number;
}

export const downloadDocument: z.ZodType<DownloadDocument> = z.object({
  schemaVersion: z.literal(1),
  downloaded: z.array(
    z.object({
      batch,
      path: z.string(),
      sizeBytes: bytes,
      sha256,
      lines: count,
      answered: count,
      failed: count,
      missing: count.optional(),
      savedAt: time,
      isTorn: z.boolean().optional().describe('Nothing came, or the last line is no JSON.'),
      audit: z
        .object({
          against: z.enum(['input', 'count']),
          defects: defectCounts,
          usage,
          stats: jobStats.optional(),
          permanent: count.optional(),
          byOrder: count.optional(),
          rows: z.array(z.object({ batch, answered: count })).optional(),
        })
        .optional(),
    }),
  ),
  kept: batches.describe('On disk already, and left alone.'),
  failed: z.array(z.object({ batch, kind: z.string(), reason: z.string(), message: z.string() })),
  running: count,
  requests: requestCounts,
  defects: z.array(defect),
  merged,
  exitCode: count,
});

/** `download --dry-run` */
export interface DownloadPlanDocument {
  readonly schemaVersion: 1;
  readonly dryRun: true;
  readonly ready: readonly number[];
}

export const downloadPlanDocument: z.ZodType<DownloadPlanDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.literal(true),
  ready: batches,
});

/** `cancel` */
export interface CancelDocument {
  readonly schemaVersion: 1;
  readonly requested: readonly number[];
  /** Those that had ended or were gone. */
  readonly refused: readonly number[];
}

export const cancelDocument: z.ZodType<CancelDocument> = z.object({
  schemaVersion: z.literal(1),
  requested: batches,
  refused: batches.describe('Those that had ended or were gone.'),
});

/** `cancel --dry-run`, and `cancel` with nothing to do */
export interface CancelPlanDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  readonly batches: readonly number[];
}

export const cancelPlanDocument: z.ZodType<CancelPlanDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  batches,
});
