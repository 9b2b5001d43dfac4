import { readRequestRows } from '../input/request-rows.ts';
import { inputOf } from '../model/batch-record.ts';
import { outcomeOf, type AnswerSources, type FinalRow, type RowsReceiver } from './final-row.ts';
import type { RowRetry } from './row-retries.ts';

const ROWS_AT_ONCE = 1000;

/**
 * The rows of a batch whose input is not at hand: each key of its newest results, in the order in which it
 * turned up, and then the lines that were sent again because no answer to them had come.
 */
export async function sendRowsWithoutInput(
  sources: AnswerSources,
  onRows: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { batch } = sources;
  const own = sources.own.slice(0, 1);
  const newest = own[0]?.audited;
  const sentAgain = new Map<number, SentAgain>();
  const unanswered: SentAgain[] = [];
  for (const sent of await readSentAgain(sources.retries, batch, signal)) {
    const row = newest?.find(sent.key) ?? -1;
    if (row < 0 || sentAgain.has(row)) unanswered.push(sent);
    else sentAgain.set(row, sent);
  }
  const ofResults = (row: number): FinalRow =>
    rowWithoutInput(batch, sentAgain.get(row), outcomeOf({ ...sources, own }, row, sentAgain.get(row)?.line));
  await sendSome(newest?.rowCount ?? 0, ofResults, onRows);
  const ofRetries = (index: number): FinalRow =>
    rowWithoutInput(batch, unanswered[index], outcomeOf({ ...sources, own: [] }, 0, unanswered[index]?.line));
  await sendSome(unanswered.length, ofRetries, onRows);
}

/** A line of the batch that a retry took, by the key under which it was sent. */
interface SentAgain {
  readonly line: number;
  readonly key: string;
}

/** What is left of the input: the copies of its lines in the files of retries. */
async function readSentAgain(
  retries: readonly RowRetry[],
  batch: number,
  signal: AbortSignal | undefined,
): Promise<readonly SentAgain[]> {
  const sent = new Map<number, SentAgain>();
  for (const retry of retries) {
    const lines = retry.linesOf(batch);
    const path = inputOf(retry.record)?.path;
    if (lines.size === 0 || path === undefined) continue;
    let row = 0;
    const onRow = ({ key }: { readonly key: string }): void => {
      const line = lines.get(row);
      if (line !== undefined) sent.set(line, { line, key });
      row += 1;
    };
    await readRequestRows(path, { onRow }, signal);
  }
  return [...sent.values()];
}

function rowWithoutInput(
  batch: number,
  sent: SentAgain | undefined,
  outcome: ReturnType<typeof outcomeOf>,
): FinalRow {
  return { batch, line: sent?.line ?? null, key: sent?.key, request: undefined, ...outcome };
}

async function sendSome(
  count: number,
  rowAt: (index: number) => FinalRow,
  onRows: RowsReceiver,
): Promise<void> {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const length = Math.min(ROWS_AT_ONCE, count - from);
    await onRows(Array.from({ length }, (_, index) => rowAt(from + index)));
  }
}
