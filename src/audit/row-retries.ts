import { savedIn, type BatchRecord } from '../model/batch-record.ts';
import { unfoldLines } from '../model/line-ranges.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { auditSaved, readInputRows, type SavedAudit } from './audit-saved.ts';

/** A batch that sends rows of other batches again, with its answers once they are here. */
export interface RowRetry {
  readonly batch: number;
  readonly record: BatchRecord;
  /** How often its rows were sent by it. */
  readonly attempt: number;
  /** Of its results, the newest first. */
  readonly audits: readonly { readonly audit: SavedAudit; readonly attempt: number }[];
  /** Its row for a line of a batch; `undefined` when it does not send that line. */
  rowFor(batch: number, line: number): number | undefined;
  /** The lines of a batch that it sends, by its own rows. */
  linesOf(batch: number): ReadonlyMap<number, number>;
}

/** The row retries of a state, in the order in which they were made, with their results audited. */
export async function readRowRetries(
  state: SubmissionState,
  signal: AbortSignal | undefined,
): Promise<readonly RowRetry[]> {
  const retries: RowRetry[] = [];
  const batches = [...state.batches].sort(([a], [b]) => a - b);
  for (const [batch, record] of batches) {
    if (record.rowsOf === undefined) continue;
    const rows = indexRows(record);
    const saved = savedIn(record);
    const expected = saved.length === 0 ? undefined : await readInputRows(record, signal);
    const audits: { readonly audit: SavedAudit; readonly attempt: number }[] = [];
    for (const { saved: result, attempt } of saved)
      audits.push({ audit: await auditSaved(record, result, signal, expected), attempt });
    retries.push({
      batch,
      record,
      attempt: record.attempt,
      audits,
      rowFor: (source, line) => rows.get(source)?.get(line),
      linesOf: (source) => new Map([...(rows.get(source) ?? [])].map(([line, row]) => [row, line])),
    });
  }
  return retries;
}

function indexRows({ rowsOf = [] }: BatchRecord): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const index = new Map<number, Map<number, number>>();
  let row = 0;
  for (const { batch, lines } of rowsOf) {
    const rows = index.get(batch) ?? new Map<number, number>();
    index.set(batch, rows);
    for (const line of unfoldLines(lines)) {
      rows.set(line, row);
      row += 1;
    }
  }
  return index;
}
