import { z } from 'zod';
import type { PlannedAction } from '../model/plan.ts';
import { batch, bytes, count, sha256, time } from './parts.ts';

/** `submit`, `run` and `retry` with `--dry-run` */
export interface PlanDocument {
  readonly schemaVersion: 1;
  readonly dryRun: true;
  readonly model: string;
  readonly uploads: number;
  readonly uploadBytes: number;
  readonly creates: number;
  readonly batches: readonly {
    readonly batch: number;
    readonly path: string;
    readonly bytes: number;
    readonly action: PlannedAction;
  }[];
  /** Of `retry`: rows that would be sent again, as batches of their own. */
  readonly rowRetries?:
    | readonly {
        readonly batch: number;
        readonly rows: number;
        readonly sources: readonly {
          readonly batch: number;
          readonly lines: string;
          readonly inputSha256?: string | undefined;
        }[];
      }[]
    | undefined;
  /** Of `retry`: rows that would not be sent. */
  readonly left?:
    | {
        readonly permanent: number;
        readonly exhausted: number;
        readonly withoutInput: number;
        readonly unknown: number;
      }
    | undefined;
}

const action: z.ZodType<PlannedAction> = z.union([
  z.object({ kind: z.literal('upload_and_create') }),
  z.object({ kind: z.literal('create'), uploadedAt: time.optional() }),
  z.object({ kind: z.literal('look_up') }).describe('A create was sent and its outcome is unknown.'),
  z.object({ kind: z.literal('skip'), why: z.literal('submitted'), job: z.string() }),
  z.object({ kind: z.literal('skip'), why: z.literal('failed'), step: z.string(), detail: z.string() }),
]);

export const planDocument: z.ZodType<PlanDocument> = z.object({
  schemaVersion: z.literal(1),
  dryRun: z.literal(true),
  model: z.string(),
  uploads: count,
  uploadBytes: bytes,
  creates: count,
  batches: z.array(z.object({ batch, path: z.string(), bytes, action })),
  rowRetries: z
    .array(
      z.object({
        batch,
        rows: count,
        sources: z.array(z.object({ batch, lines: z.string(), inputSha256: sha256.optional() })),
      }),
    )
    .optional()
    .describe('Of `retry`: rows that would be sent again, as batches of their own.'),
  left: z
    .object({ permanent: count, exhausted: count, withoutInput: count, unknown: count })
    .optional()
    .describe('Of `retry`: rows that would not be sent.'),
});
