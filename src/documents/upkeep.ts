import { z } from 'zod';
import { count } from './parts.ts';

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
