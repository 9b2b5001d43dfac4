import { holdsRows, jobOf, savedIn, type BatchRecord } from '../model/batch-record.ts';
import { unfoldLines } from '../model/line-ranges.ts';
import { isSameInput, type SubmissionState } from '../model/submission-state.ts';
import { auditSaved, readInputRows, type SavedAudit } from './audit-saved.ts';

/** A batch that sends rows of other batches again, with its answers once they are here. */
export interface RowRetry {
  readonly batch: number;
  readonly record: BatchRecord;
  /** How often its rows were sent by it. */
  readonly attempt: number;
  /** It may still answer its rows, so no other one may send them. */
  readonly holdsRows: boolean;
  /** Of its results, the newest first. */
  readonly audits: readonly { readonly audit: SavedAudit; readonly attempt: number }[];
  /**
   * Its row for a line of a batch; `undefined` when it does not send that line, and when the batch has been sent
   * from another file since: the line was another request then.
   */
  rowFor(batch: number, line: number): number | undefined;
  /** The lines of a batch that it sends, by its own rows. */
  linesOf(batch: number): ReadonlyMap<number, number>;
  /** Whether it sends lines of the batch as they were before the batch was sent from another file. */
  isOfOtherInput(batch: number): boolean;
}

/**
 * The row retries of a state, in the order in which they were made, with their results audited.
 * @param unsaved batches whose results could not be fetched: they may still answer their rows
 */
export async function readRowRetries(
  state: SubmissionState,
  signal: AbortSignal | undefined,
  unsaved?: ReadonlySet<number>,
): Promise<readonly RowRetry[]> {
  const retries: RowRetry[] = [];
  const batches = [...state.batches].sort(([a], [b]) => a - b);
  for (const [batch, record] of batches) {
    if (record.rowsOf === undefined) continue;
    const rows = indexRows(record, state);
    const saved = savedIn(record);
    const expected = saved.length === 0 ? undefined : await readInputRows(record, signal);
    const audits: { readonly audit: SavedAudit; readonly attempt: number }[] = [];
    for (const { saved: result, attempt } of saved)
      audits.push({ audit: await auditSaved(record, result, signal, expected), attempt });
    retries.push({
      batch,
      record,
      attempt: timesSent(record),
      holdsRows: holdsRows(record) || unsaved?.has(batch) === true,
      audits,
      rowFor: (source, line) => rows.get(source)?.get(line),
      isOfOtherInput: (source) =>
        record.rowsOf?.some((one) => one.batch === source && !isSameInput(one, state)) === true,
      linesOf: (source) => new Map([...(rows.get(source) ?? [])].map(([line, row]) => [row, line])),
    });
  }
  return retries;
}

function indexRows(
  { rowsOf = [] }: BatchRecord,
  state: SubmissionState,
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const index = new Map<number, Map<number, number>>();
  let row = 0;
  for (const source of rowsOf) {
    const { batch } = source;
    const rows = index.get(batch) ?? new Map<number, number>();
    index.set(batch, rows);
    const isSame = isSameInput(source, state);
    for (const line of unfoldLines(source.lines)) {
      if (isSame) rows.set(line, row);
      row += 1;
    }
  }
  return index;
}

/** What was refused before there was a job was not sent. */
function timesSent(record: BatchRecord): number {
  return jobOf(record) === undefined ? record.attempt - 1 : record.attempt;
}
