import { z } from 'zod';
import { count } from './parts.ts';

/** `embed` */
export interface EmbeddingDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  readonly model: string;
  /** `null` where the model takes none. */
  readonly taskType: string | null;
  readonly dimensions: number;
  /** Their texts, one a line, are what is embedded. */
  readonly fields: readonly string[];
  readonly records: number;
  /** Records left out because they were merged into another one. */
  readonly merged: number;
  /** Records left out because none of the fields holds any text. */
  readonly withoutText: number;
  /** All other records. */
  readonly wanted: number;
  /** Of the wanted: records whose text has a vector. */
  readonly embedded: number;
  /** Texts that were asked for in this run, or would be; records with the same text share one. */
  readonly asked: {
    readonly texts: number;
    readonly batches: number;
    readonly estimatedTokens: number;
    /** `null` where the price is not known. */
    readonly cost: number | null;
    readonly currency: string;
  };
  /** Texts without a vector that batches of an earlier run hold. */
  readonly askedBefore: number;
  /** Wanted records without a vector: the first five. */
  readonly without: readonly string[];
}

export const embeddingDocument: z.ZodType<EmbeddingDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  model: z.string(),
  taskType: z.string().nullable().describe('null where the model takes none.'),
  dimensions: z.int().min(1),
  fields: z.array(z.string()).describe('Their texts, one a line, are what is embedded.'),
  records: count,
  merged: count.describe('Records left out because they were merged into another one.'),
  withoutText: count.describe('Records left out because none of the fields holds any text.'),
  wanted: count.describe('All other records.'),
  embedded: count.describe('Of the wanted: records whose text has a vector.'),
  asked: z
    .object({
      texts: count,
      batches: count,
      estimatedTokens: count,
      cost: z.number().min(0).nullable().describe('null where the price is not known.'),
      currency: z.string(),
    })
    .describe('Texts that were asked for in this run, or would be; records with the same text share one.'),
  askedBefore: count.describe('Texts without a vector that batches of an earlier run hold.'),
  without: z.array(z.string()).describe('Wanted records without a vector: the first five.'),
});
