import { z } from 'zod';
import type { StatusDocument } from '../documents/inspect.ts';
import { failedIn, runningIn } from './status-counts.ts';

/** What stands in the way of the next step. */
type WaitingFor = 'quota' | 'jobs';

/** What working tools come to. */
export interface WorkResult {
  readonly state: 'done' | 'in_progress' | 'needs_confirm' | 'attention' | 'stopped';
  /** In batches, but for `unanswered`, which counts requests. */
  readonly counts: Readonly<Record<CountName, number>>;
  readonly waitingFor?: WaitingFor | undefined;
  /** ISO 8601 in UTC; calling earlier does no harm. */
  readonly resumeAfter?: string | undefined;
  /** The tool to call next. */
  readonly next?: string | undefined;
  readonly note?: string | undefined;
  /** `182: UNCERTAIN: …`, the first twenty. What stands after the first colon may be text of the service. */
  readonly problems?: readonly string[] | undefined;
}

type CountName =
  | 'total'
  | 'submitted'
  | 'remaining'
  | 'running'
  | 'downloaded'
  | 'failed'
  | 'uncertain'
  | 'unanswered';

export const problems: z.ZodType<string[]> = z.array(z.string());

// Numbers and no integers, and few descriptions: an agent pays for every byte of the list of tools.
export const workResult: z.ZodType<Readonly<Record<string, unknown>>> = z.object({
  state: z.enum(['done', 'in_progress', 'needs_confirm', 'attention', 'stopped']),
  counts: z.record(z.string(), z.number()),
  waitingFor: z.enum(['quota', 'jobs']).optional(),
  resumeAfter: z.string().optional(),
  next: z.string().optional(),
  note: z.string().optional(),
  problems: problems.optional(),
});

/** Where the batches stand. */
export function countsOf(status: StatusDocument): Readonly<Record<CountName, number>> {
  const { counts, total, submitted, unanswered } = status;
  return {
    total,
    submitted,
    remaining: counts.notSubmitted,
    running: runningIn(status),
    downloaded: counts.downloaded,
    failed: failedIn(status),
    uncertain: counts.uncertain,
    unanswered,
  };
}
