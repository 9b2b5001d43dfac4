import { readRequestRows } from '../input/request-rows.ts';
import { inputOf, savedIn, type BatchRecord } from '../model/batch-record.ts';
import type { AuditedResult } from './audit-result.ts';
import { auditSaved, readInputRows } from './audit-saved.ts';
import {
  outcomeOf,
  type AnswerSources,
  type FinalRow,
  type RowsReceiver,
  type RowsWish,
} from './final-row.ts';
import type { RowRetry } from './row-retries.ts';
import { sendRowsWithoutInput } from './rows-without-input.ts';

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
  wish: RowsWish = {},
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
  if (retries.some((retry) => retry.isOfOtherInput(batch))) caveats.add('other_input');
  if (own.some(({ audited }) => audited.byOrder > 0)) caveats.add('by_order');
  const isIncomplete = caveats.has('altered') || caveats.has('gone');
  const sources: AnswerSources = { batch, record, own, isIncomplete, retries };
  if (expected === undefined) await sendRowsWithoutInput(sources, onRows, signal);
  else await sendInputRows(sources, expected.count, onRows, signal, wish);
  return { caveats, audits: own.map(({ audited }) => audited) };
}

async function sendInputRows(
  sources: AnswerSources,
  count: number,
  onRows: RowsReceiver,
  signal: AbortSignal | undefined,
  { withRequests = false }: RowsWish,
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
        const request =
          isGood && !withRequests ? undefined : { key, origin, isBare, bytes: Buffer.from(bytes) };
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
