import { z } from 'zod';
import { count } from './parts.ts';

/** `dedupe` */
export interface DuplicatesDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  /** Where the duplicates are named. */
  readonly path: string;
  readonly records: number;
  readonly kept: number;
  /** Records without a word to compare; they are kept. */
  readonly empty: number;
  /** Records with the same words as the one they were merged into. */
  readonly exact: number;
  /** With `threshold` of their groups of words in common. */
  readonly near: number;
  /** With vectors as close as `cosine`. */
  readonly close: number;
  readonly fields: readonly string[];
  readonly threshold: number;
  /** The share of pairs at the threshold that is expected to be compared; of those above it, more. */
  readonly recall: number;
  /** `null` where there were no vectors of these fields. */
  readonly cosine: number | null;
  /** The duplicates that are least alike, with the beginning of the texts. */
  readonly samples: readonly {
    readonly id: string;
    readonly text: string;
    readonly into: string;
    readonly intoText: string;
    readonly by: 'exact' | 'near' | 'close';
    readonly similarity: number;
  }[];
}

const share = z.number().min(0).max(1);

export const duplicatesDocument: z.ZodType<DuplicatesDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  path: z.string().describe('Where the duplicates are named.'),
  records: count,
  kept: count,
  empty: count.describe('Records without a word to compare; they are kept.'),
  exact: count.describe('Records with the same words as the one they were merged into.'),
  near: count.describe('Records with `threshold` of their groups of words in common.'),
  close: count.describe('Records with vectors as close as `cosine`.'),
  fields: z.array(z.string()),
  threshold: share,
  recall: share.describe(
    'The share of pairs at the threshold that is expected to be compared; of those above it, more.',
  ),
  cosine: share.nullable().describe('null where there were no vectors of these fields.'),
  samples: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        into: z.string(),
        intoText: z.string(),
        by: z.enum(['exact', 'near', 'close']),
        similarity: share,
      }),
    )
    .describe('The duplicates that are least alike, with the beginning of the texts.'),
});
