import { z } from 'zod';
import { count } from './parts.ts';

/** `import` */
export interface ImportDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  readonly to: 'sqlite' | 'parquet' | 'csv' | 'jsonl';
  readonly path: string;
  /** Of the database; `null` for a file. */
  readonly table: string | null;
  readonly outcome: 'written' | 'unchanged' | 'planned';
  /** The copy that was made of the database first. */
  readonly backup: string | null;
  /** `planned` = `parsed` + `unparsable` + `without`. */
  readonly requests: {
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
  };
  /** `total` = `imported` + `heldBack`. */
  readonly records: {
    readonly total: number;
    readonly imported: number;
    readonly heldBack: number;
    /** Of those imported. */
    readonly duplicates: number;
    readonly embedded: number;
  };
  readonly rows: { readonly added: number; readonly updated: number; readonly removed: number };
}

export const importDocument: z.ZodType<ImportDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  to: z.enum(['sqlite', 'parquet', 'csv', 'jsonl']),
  path: z.string(),
  table: z.string().nullable().describe('Of the database; `null` for a file.'),
  outcome: z.enum(['written', 'unchanged', 'planned']),
  backup: z.string().nullable().describe('The copy that was made of the database first.'),
  requests: z
    .object({ planned: count, parsed: count, unparsable: count, without: count })
    .describe('`planned` = `parsed` + `unparsable` + `without`.'),
  records: z
    .object({
      total: count,
      imported: count,
      heldBack: count,
      duplicates: count.describe('Of those imported.'),
      embedded: count,
    })
    .describe('`total` = `imported` + `heldBack`.'),
  rows: z.object({ added: count, updated: count, removed: count }),
});
