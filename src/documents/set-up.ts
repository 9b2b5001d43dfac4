import { z } from 'zod';
import { batch, batches, count, milliseconds } from './parts.ts';

/** `adopt` */
export interface AdoptDocument {
  readonly schemaVersion: 1;
  /** Jobs that would be taken over; empty once they are. */
  readonly take: readonly { readonly batch: number; readonly job: string }[];
  /** Their job is known already. */
  readonly known: readonly number[];
  readonly ambiguous: readonly {
    readonly batch: number;
    readonly jobs: readonly string[];
    readonly why: string;
  }[];
}

export const adoptDocument: z.ZodType<AdoptDocument> = z.object({
  schemaVersion: z.literal(1),
  take: z
    .array(z.object({ batch, job: z.string() }))
    .describe('Jobs that would be taken over; empty once they are.'),
  known: batches.describe('Their job is known already.'),
  ambiguous: z.array(z.object({ batch, jobs: z.array(z.string()), why: z.string() })),
});

/** `unlock` */
export interface UnlockDocument {
  readonly schemaVersion: 1;
  readonly removed: boolean;
  /** With `--dry-run`: whether there is a lock that would be removed. */
  readonly dryRun?: boolean | undefined;
  readonly locked?: boolean | undefined;
}

export const unlockDocument: z.ZodType<UnlockDocument> = z.object({
  schemaVersion: z.literal(1),
  removed: z.boolean(),
  dryRun: z.boolean().optional(),
  locked: z.boolean().optional().describe('With --dry-run: there is a lock that would be removed.'),
});

/** `emulator` */
export interface EmulatorDocument {
  readonly schemaVersion: 1;
  readonly url: string;
  readonly port: number;
}

export const emulatorDocument: z.ZodType<EmulatorDocument> = z.object({
  schemaVersion: z.literal(1),
  url: z.string(),
  port: z.int(),
});

/** `rehearse` */
export interface RehearsalDocument {
  readonly schemaVersion: 1;
  readonly batches: number;
  readonly jobs: number;
  /** Inputs for which more than one job was accepted. */
  readonly duplicates: number;
  readonly submitted: number;
  readonly collected: number;
  /** HTTP requests that the emulator answered. */
  readonly requests: number;
  readonly rateLimited: number;
  readonly faults: number;
  /** Requests whose answer is in the merged file. */
  readonly verified: number;
  /** Downloads that a second `download` made, and writes that a second run sent: both must be 0. */
  readonly repeatedWrites: number;
  readonly problems: readonly string[];
  readonly directory: string;
  readonly ms: number;
}

export const rehearsalDocument: z.ZodType<RehearsalDocument> = z.object({
  schemaVersion: z.literal(1),
  batches: count,
  jobs: count,
  duplicates: count.describe('Inputs for which more than one job was accepted.'),
  submitted: count,
  collected: count,
  requests: count.describe('HTTP requests that the emulator answered.'),
  rateLimited: count,
  faults: count,
  verified: count.describe('Requests whose answer is in the merged file.'),
  repeatedWrites: count,
  problems: z.array(z.string()),
  directory: z.string(),
  ms: milliseconds,
});
