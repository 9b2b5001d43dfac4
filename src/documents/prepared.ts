import { z } from 'zod';
import { batch, bytes, count, sha256 } from './parts.ts';

/** `split` and `merge` */
export interface PreparedDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  readonly requests: number;
  readonly bytes: number;
  readonly estimatedTokens: number;
  /** Lines that had no key. */
  readonly keysGiven: number;
  readonly sources: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly lines: number;
  }[];
  readonly batches: readonly {
    readonly batch: number;
    readonly path: string;
    readonly outcome: 'written' | 'unchanged' | 'planned';
    readonly bytes: number;
    readonly sha256: string;
    readonly lines: number;
    readonly estimatedTokens: number;
    readonly sources: readonly {
      readonly path: string;
      /** Lines of the source, such as `3, 12-14`. */
      readonly lines: string;
      /** Where they stand in the numbered file. */
      readonly at: string;
    }[];
  }[];
}

export const preparedDocument: z.ZodType<PreparedDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  requests: count,
  bytes,
  estimatedTokens: count,
  keysGiven: count.describe('Lines that had no key.'),
  sources: z.array(z.object({ path: z.string(), bytes, sha256, lines: count })),
  batches: z.array(
    z.object({
      batch,
      path: z.string(),
      outcome: z.enum(['written', 'unchanged', 'planned']),
      bytes,
      sha256,
      lines: count,
      estimatedTokens: count,
      sources: z.array(
        z.object({
          path: z.string(),
          lines: z.string().describe('Lines of the source, such as `3, 12-14`.'),
          at: z.string().describe('Where they stand in the numbered file.'),
        }),
      ),
    }),
  ),
});
