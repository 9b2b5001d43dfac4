import { z } from 'zod';
import { batch, bytes, count } from './parts.ts';

/** `doctor` */
export interface DiagnosisDocument {
  readonly schemaVersion: 1;
  readonly checks: readonly {
    readonly check: string;
    /** `left_out`: the question could not be asked, and `fact` says why. */
    readonly verdict: 'ok' | 'warning' | 'problem' | 'left_out';
    readonly fact: string;
    readonly hint: string | null;
  }[];
  /** False when there is a problem; warnings alone leave it true. */
  readonly ok: boolean;
  readonly exitCode: number;
}

export const diagnosisDocument: z.ZodType<DiagnosisDocument> = z.object({
  schemaVersion: z.literal(1),
  checks: z.array(
    z.object({
      check: z.string().describe('What was looked at, such as clock; later versions may have more.'),
      verdict: z
        .enum(['ok', 'warning', 'problem', 'left_out'])
        .describe('left_out: the question could not be asked, and fact says why.'),
      fact: z.string(),
      hint: z.string().nullable().describe('What to do; null where nothing is to be done.'),
    }),
  ),
  ok: z.boolean().describe('False when there is a problem; warnings alone leave it true.'),
  exitCode: count.describe('That of the first problem.'),
});

/** `cleanup`, and `cleanup --dry-run` */
export interface CleanupDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  /** Of `files`. */
  readonly bytes: number;
  /** What was deleted, or would be. */
  readonly files: readonly { readonly name: string; readonly batch: number; readonly bytes: number }[];
  readonly jobs: readonly { readonly name: string; readonly batch: number }[];
  /** What could not be deleted; empty in a plan. */
  readonly failed: readonly {
    readonly name: string;
    readonly batch: number;
    readonly reason: string;
    readonly message: string;
  }[];
  /** Files and jobs of this state that stay. */
  readonly kept: readonly {
    readonly kind: 'file' | 'job';
    readonly name: string;
    readonly batch: number;
    readonly reason: string;
  }[];
  /** How many there are without the mark of this state. */
  readonly others: { readonly files: number; readonly jobs: number };
  readonly exitCode: number;
}

const name = z.string().describe('files/… or batches/…');

export const cleanupDocument: z.ZodType<CleanupDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  bytes: bytes.describe('Of all files together.'),
  files: z.array(z.object({ name, batch, bytes })).describe('What was deleted, or would be.'),
  jobs: z.array(z.object({ name, batch })),
  failed: z
    .array(z.object({ name, batch, reason: z.string(), message: z.string() }))
    .describe('What could not be deleted; empty in a plan.'),
  kept: z.array(
    z.object({
      kind: z.enum(['file', 'job']),
      name,
      batch,
      reason: z.string().describe('Why it stays, such as not_ended; later versions may have more.'),
    }),
  ),
  others: z
    .object({ files: count, jobs: count })
    .describe('How many there are without the mark of this state.'),
  exitCode: count,
});
