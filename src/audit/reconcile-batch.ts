import { readRequestRows, type RequestRow } from '../input/request-rows.ts';
import { inputOf, savedIn, type BatchRecord } from '../model/batch-record.ts';
import type { AuditedResult } from './audit-result.ts';
import { auditSaved, readInputRows } from './audit-saved.ts';
import { outcomeOf, type AnswerSources, type RowOutcome } from './final-row.ts';
import type { RowRetry } from './row-retries.ts';

/** One request of a batch with what came of it. */
export interface FinalRow extends RowOutcome {
  readonly batch: number;
  /** Line of the input file, from 1; `null` when the input is not at hand. */
  readonly line: number | null;
  /** `undefined` when only the answer itself can say it. */
  readonly key: string | undefined;
  /** The request, of a row without a good answer whose input is at hand. */
  readonly request: Pick<RequestRow, 'key' | 'origin' | 'isBare' | 'bytes'> | undefined;
}

/**
 * What the figures of a batch rest on, where that is not the plain case: the input was edited or removed,
 * a results file was, answers were told apart by their order alone, or an earlier attempt answered what the
 * file said before it was edited.
 */
export type Caveat = 'input_changed' | 'altered' | 'gone' | 'by_order' | 'other_input';

export interface Reconciled {
  readonly caveats: ReadonlySet<Caveat>;
  /** Audits of the batch's own results, the newest first. */
  readonly audits: readonly AuditedResult[];
}

/** Receives the rows in the order of the input, some at a time. */
export type RowsReceiver = (rows: readonly FinalRow[]) => Promise<void>;

/**
 * Goes through the requests of one batch in the order of its input file and says of each what came of
 * it: in the batch's own results, in what earlier attempts left, and in the retries of its rows.
 */
export async function reconcileBatch(
  batch: number,
  record: BatchRecord,
  retries: readonly RowRetry[],
  onRows: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<Reconciled> {
  const caveats = new Set<Caveat>();
  const expected = await readInputRows(record, signal);
  if (expected === undefined) caveats.add('input_changed');
  const own: { readonly audited: AuditedResult; readonly attempt: number }[] = [];
  const sent = inputOf(record);
  for (const { saved, attempt, input } of savedIn(record)) {
    // Answers to what the file said before it was edited are answers to other requests.
    if (input !== undefined && sent !== undefined && input.sha256 !== sent.sha256) {
      caveats.add('other_input');
      continue;
    }
    const audit = await auditSaved(record, saved, signal, expected);
    if (audit.ok) own.push({ audited: audit.audited, attempt });
    else caveats.add(audit.why);
  }
  if (own.some(({ audited }) => audited.byOrder > 0)) caveats.add('by_order');
  const isIncomplete = caveats.has('altered') || caveats.has('gone');
  const sources: AnswerSources = { batch, record, own, isIncomplete, retries };
  if (expected === undefined) await sendOpenRows(sources, onRows);
  else await sendInputRows(sources, expected.count, onRows, signal);
  return { caveats, audits: own.map(({ audited }) => audited) };
}

async function sendInputRows(
  sources: AnswerSources,
  count: number,
  onRows: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { batch, record } = sources;
  const path = inputOf(record)?.path ?? '';
  let ready: FinalRow[] = [];
  let row = 0;
  await readRequestRows(
    path,
    {
      onRow({ line, key, origin, isBare, bytes }) {
        const outcome = outcomeOf(sources, row, line);
        const isGood = outcome.judgement?.kind === 'answered';
        // Copied: the line lies in a buffer that the next chunk overwrites.
        const request = isGood ? undefined : { key, origin, isBare, bytes: Buffer.from(bytes) };
        ready.push({ batch, line, key, request, ...outcome });
        row += 1;
      },
      async afterChunk() {
        const rows = ready;
        ready = [];
        if (rows.length > 0) await onRows(rows);
      },
    },
    signal,
  );
  if (row !== count) throw new Error(`the input of batch ${batch} changed while it was read`);
}

const ROWS_AT_ONCE = 1000;

/** Without the input each key of the newest results is a row, in the order in which it turned up. */
async function sendOpenRows(sources: AnswerSources, onRows: RowsReceiver): Promise<void> {
  const { batch, own } = sources;
  const count = own[0]?.audited.rowCount ?? 0;
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, count - from) }, (_, index): FinalRow => {
      const newest = { ...sources, own: own.slice(0, 1) };
      return {
        batch,
        line: null,
        key: undefined,
        request: undefined,
        ...outcomeOf(newest, from + index, undefined),
      };
    });
    await onRows(rows);
  }
}
