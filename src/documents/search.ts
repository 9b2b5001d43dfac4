import { z } from 'zod';

/** `search` */
export interface SearchDocument {
  readonly schemaVersion: 1;
  /** What was looked for: one of the two is null. */
  readonly text: string | null;
  readonly id: string | null;
  readonly model: string;
  readonly taskType: string | null;
  readonly dimensions: number;
  /** The nearest first. */
  readonly records: readonly {
    /** Cosine of the two vectors. */
    readonly similarity: number;
    readonly id: string;
    /** By column. */
    readonly texts: Readonly<Record<string, string>>;
  }[];
}

export const searchDocument: z.ZodType<SearchDocument> = z.object({
  schemaVersion: z.literal(1),
  text: z.string().nullable().describe('What was looked for: one of the two is null.'),
  id: z.string().nullable(),
  model: z.string(),
  taskType: z.string().nullable(),
  dimensions: z.int().min(1),
  records: z
    .array(
      z.object({
        similarity: z.number().min(-1.001).max(1.001).describe('Cosine of the two vectors.'),
        id: z.string(),
        texts: z.record(z.string(), z.string()).describe('By column.'),
      }),
    )
    .describe('The nearest first.'),
});
