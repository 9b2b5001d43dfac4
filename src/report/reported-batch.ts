import { basename } from 'node:path';
import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { costOf, type PriceTable } from '../model/prices.ts';
import type { RequestCounts } from '../model/request-counts.ts';
import type { ReportedBatch } from './final-report.ts';
import { reportedTokens, tokensOf, usesOf } from './reported-tokens.ts';

export interface Pricing {
  readonly table: PriceTable;
  /** ISO 8601: the date of the report. */
  readonly on: string;
}

/** One line of the report's table of batches. */
export function reportedBatch(
  batch: number,
  record: BatchRecord,
  { planned, answered, failed, missing, pending }: RequestCounts,
  pricing: Pricing,
): ReportedBatch {
  const job = jobOf(record);
  const input = 'input' in record ? record.input : undefined;
  const saved = 'saved' in record ? record.saved : undefined;
  return {
    batch,
    file: input === undefined ? null : basename(input.path),
    job: job?.name ?? null,
    model: job?.model ?? null,
    status: record.status,
    attempt: record.attempt,
    submitted_at: job?.submittedAt ?? null,
    ended_at: endedAt(record),
    saved_at: saved?.savedAt ?? null,
    planned,
    answered,
    failed,
    missing,
    pending,
    tokens: reportedTokens(tokensOf(record)),
    cost: costIn(record, pricing),
  };
}

/** `null` where nothing was saved yet, or the price of the model is not known. */
export function costIn(record: BatchRecord, { table, on }: Pricing): number | null {
  const uses = usesOf(record);
  return uses.length === 0 ? null : costOf(uses, table, on).amount;
}

/** When its job was over, ISO 8601; `null` while it is not, and without a job. */
export function endedAt(record: BatchRecord): string | null {
  if ('endedAt' in record) return record.endedAt;
  return record.status === 'failed' && record.step === 'job' ? record.failedAt : null;
}

/**
 * What the state alone says of a batch's requests, where the files were not looked at: those of results
 * that were saved, by their audit of that day.
 */
export function countsFromState(record: BatchRecord): RequestCounts {
  const read = 'input' in record ? record.input?.lines : undefined;
  const counted = 'stats' in record ? record.stats?.requests : undefined;
  const saved = 'saved' in record ? record.saved : undefined;
  const planned = read ?? counted ?? saved?.lines ?? 0;
  if (saved === undefined) return { planned, answered: 0, failed: 0, missing: 0, pending: planned };
  const { answered, failed, missing = 0 } = saved;
  return { planned, answered, failed, missing, pending: Math.max(0, planned - answered - failed - missing) };
}
