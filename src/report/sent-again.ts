import { unfoldLines } from '../model/line-ranges.ts';
import type { BatchRecord } from '../model/batch-record.ts';

/** What a batch that sends rows of others again came to, in requests; zeros for any other. */
export interface SentAgain {
  readonly rows: number;
  /** Of these: those that its own results answer. */
  readonly answered: number;
}

export function sentAgain(record: BatchRecord): SentAgain {
  const { rowsOf } = record;
  if (rowsOf === undefined) return { rows: 0, answered: 0 };
  const rows = rowsOf.reduce((total, { lines }) => total + unfoldLines(lines).length, 0);
  return { rows, answered: 'saved' in record ? (record.saved?.answered ?? 0) : 0 };
}
