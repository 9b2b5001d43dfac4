import { z } from 'zod';
import { batch, bytes, count, sha256 } from './parts.ts';

type Severity = 'error' | 'warning';

export interface Place {
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;
  readonly detail: string;
  readonly key?: string | undefined;
}

/** `validate` */
export interface ValidationDocument {
  readonly schemaVersion: 1;
  readonly ok: boolean;
  readonly strict: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly requests: number;
  readonly keys: number;
  readonly estimatedTokens: number;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly {
    readonly kind: string;
    readonly severity: Severity;
    readonly title: string;
    readonly hint: string | null;
    readonly count: number;
    readonly files: number;
    readonly first: readonly (Place & { readonly batch: number; readonly path: string })[];
  }[];
  readonly batches: readonly {
    readonly batch: number;
    readonly path: string;
    readonly bytes: number;
    readonly lines: number;
    readonly sha256: string | null;
    readonly keys: number;
    readonly estimatedTokens: number;
    readonly findings: readonly {
      readonly kind: string;
      readonly severity: Severity;
      readonly count: number;
      readonly first: readonly Place[];
    }[];
  }[];
}

const severity = z.enum(['error', 'warning']);
const place = {
  line: z.int().min(1).nullable().describe('From 1; null where the whole file is meant.'),
  detail: z.string(),
  key: z.string().optional(),
};

export const validationDocument: z.ZodType<ValidationDocument> = z.object({
  schemaVersion: z.literal(1),
  ok: z.boolean(),
  strict: z.boolean(),
  files: count,
  bytes,
  requests: count,
  keys: count,
  estimatedTokens: count,
  errors: count,
  warnings: count,
  findings: z.array(
    z.object({
      kind: z.string(),
      severity,
      title: z.string(),
      hint: z.string().nullable(),
      count,
      files: count,
      first: z.array(z.object({ batch, path: z.string(), ...place })).describe('The first five.'),
    }),
  ),
  batches: z.array(
    z.object({
      batch,
      path: z.string(),
      bytes,
      lines: count,
      sha256: sha256.nullable(),
      keys: count,
      estimatedTokens: count,
      findings: z.array(z.object({ kind: z.string(), severity, count, first: z.array(z.object(place)) })),
    }),
  ),
});
