import { z } from 'zod';
import { GATES, type Gate } from '../model/gates.ts';
import { batch, batches, count, sha256 } from './parts.ts';

/** `parse` */
export interface RecordsDocument {
  readonly schemaVersion: 1;
  readonly dryRun: boolean;
  /** In requests: planned = parsed + unparsable + without. */
  readonly requests: {
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
  };
  readonly records: { readonly path: string; readonly count: number; readonly sha256: string };
  readonly unparsed: {
    readonly path: string;
    readonly count: number;
    readonly reasons: Readonly<Record<string, number>>;
  };
  readonly kind: 'refined-pair' | 'schema';
  readonly fields: readonly string[];
  readonly language: string | null;
  readonly gates: Readonly<Partial<Record<Gate, number>>>;
  readonly samples: readonly { readonly gate: Gate; readonly id: string; readonly text: string }[];
  readonly batches: readonly {
    readonly batch: number;
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
    readonly records: number;
  }[];
  /** Batches whose input is gone or has changed: ids of their records are made of keys, and no originals are known. */
  readonly withoutInput: readonly number[];
  readonly exitCode: number;
}

export const recordsDocument: z.ZodType<RecordsDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.boolean(),
  requests: z
    .object({ planned: count, parsed: count, unparsable: count, without: count })
    .describe('In requests: planned = parsed + unparsable + without.'),
  records: z.object({ path: z.string(), count, sha256 }),
  unparsed: z.object({
    path: z.string(),
    count: count.describe('Lines of the file: what gave no record.'),
    reasons: z.record(z.string(), count),
  }),
  kind: z.enum(['refined-pair', 'schema']),
  fields: z.array(z.string()).describe('Fields whose texts are compared and embedded.'),
  language: z.string().nullable().describe('ISO 639-3 of what the records are in, where that is known.'),
  gates: z
    .partialRecord(z.enum(GATES), count)
    .describe('Records, and for `count` requests, that a gate holds up.'),
  samples: z.array(
    z.object({
      gate: z.enum(GATES),
      id: z.string(),
      text: z.string().describe('Text of the answer, shortened.'),
    }),
  ),
  batches: z.array(
    z.object({ batch, planned: count, parsed: count, unparsable: count, without: count, records: count }),
  ),
  withoutInput: batches.describe(
    'Batches whose input is gone or has changed: ids of their records are made of keys, and no originals are known.',
  ),
  exitCode: count,
});
