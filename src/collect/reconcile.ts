import { listExtras } from '../audit/list-defects.ts';
import type { AuditedResult } from '../audit/audit-result.ts';
import type { FinalRow, RowsWish } from '../audit/final-row.ts';
import { reconcileBatch, type Caveat } from '../audit/reconcile-batch.ts';
import { readRowRetries, type RowRetry } from '../audit/row-retries.ts';
import type { Defect } from '../model/answer.ts';
import { inputOf, savedIn, type BatchRecord } from '../model/batch-record.ts';
import type { RequestCounts } from '../model/request-counts.ts';
import { DEFAULT_MAX_ATTEMPTS } from '../model/retry-policy.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { diskError } from '../state/disk-error.ts';
import { describeOutcome } from './row-outcome.ts';

/** One batch, over all attempts at its requests. */
export interface BatchOutcome extends RequestCounts {
  readonly batch: number;
  /** Of the failed: refused for good. */
  readonly permanent: number;
  /** Of the failed and missing: sent as often as a retry sends them without being told. */
  readonly exhausted: number;
}

export interface Reconciliation {
  /** In batch order; batches that only send rows of others again are not among them. */
  readonly batches: readonly BatchOutcome[];
  /** What the figures rest on, by batch, where that is not the plain case. */
  readonly caveats: ReadonlyMap<number, ReadonlySet<Caveat>>;
  /** What is wrong now; at most `MOST_DEFECTS`. */
  readonly defects: readonly Defect[];
  readonly defectCount: number;
}

/** Receives the rows of all batches in batch and input order. */
export type RowSink = (rows: readonly FinalRow[], record: BatchRecord) => Promise<void>;

/** More than anybody reads in a report; the results themselves stay on disk. */
const MOST_DEFECTS = 10_000;

/**
 * Goes through every request that was sent and says what came of it, from what is on disk now: the
 * input files, the results, and the retries of single rows. Reads each file in flat memory.
 * @throws {BatchSubmitError} `E_DISK`, or the signal's reason when it is aborted
 */
export async function reconcile(
  state: SubmissionState,
  batches: readonly number[],
  sink: RowSink | undefined,
  signal: AbortSignal | undefined,
  wish: RowsWish = {},
): Promise<Reconciliation> {
  try {
    return await reconcileAll(state, batches, sink, signal, wish);
  } catch (error) {
    throw diskError('read', pathOf(error) ?? 'the input and the results', error);
  }
}

/** The file that the system would not read, as far as it says. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

async function reconcileAll(
  state: SubmissionState,
  batches: readonly number[],
  sink: RowSink | undefined,
  signal: AbortSignal | undefined,
  wish: RowsWish,
): Promise<Reconciliation> {
  const retries = await readRowRetries(state, signal);
  const outcomes: BatchOutcome[] = [];
  const defects: Defect[] = [];
  let defectCount = 0;
  const note = (defect: Defect): void => {
    defectCount += 1;
    if (defects.length < MOST_DEFECTS) defects.push(defect);
  };
  const caveats = new Map<number, ReadonlySet<Caveat>>();
  // A row on which answers disagree is named as a row, if it is not mended by now.
  const noteExtra = (defect: Defect): void => {
    if (defect.reason !== 'conflict') note(defect);
  };
  for (const batch of batches) {
    const record = recordOf(state, batch);
    if (record.rowsOf !== undefined || !isKnown(record)) continue;
    const { outcome, audits, found } = await reconcileOne(batch, record, {
      retries,
      sink,
      note,
      signal,
      wish,
    });
    outcomes.push(outcome);
    caveats.set(batch, found);
    const [newest] = audits;
    if (newest !== undefined) listExtras(batch, newest, noteExtra);
  }
  const chosen = new Set(batches);
  for (const { batch, record, audits } of retries) {
    const isOfChosen =
      chosen.has(batch) || record.rowsOf?.some((source) => chosen.has(source.batch)) === true;
    if (!isOfChosen) continue;
    caveats.set(batch, new Set(audits.flatMap(({ audit }) => (audit.ok ? [] : [audit.why]))));
    const newest = audits[0]?.audit;
    if (newest?.ok === true) listExtras(batch, newest.audited, noteExtra);
  }
  return { batches: outcomes, caveats, defects, defectCount };
}

interface ReconcileTask {
  readonly retries: readonly RowRetry[];
  readonly sink: RowSink | undefined;
  readonly note: (defect: Defect) => void;
  readonly signal: AbortSignal | undefined;
  readonly wish: RowsWish;
}

async function reconcileOne(
  batch: number,
  record: BatchRecord,
  { retries, sink, note, signal, wish }: ReconcileTask,
): Promise<{
  readonly outcome: BatchOutcome;
  readonly audits: readonly AuditedResult[];
  readonly found: ReadonlySet<Caveat>;
}> {
  const counts = { answered: 0, failed: 0, missing: 0, pending: 0, permanent: 0, exhausted: 0 };
  const { caveats, audits } = await reconcileBatch(
    batch,
    record,
    retries,
    async (rows) => {
      for (const row of rows) {
        const outcome = describeOutcome(row, record);
        counts[outcome.group] += 1;
        const isOver = outcome.group === 'failed' || outcome.group === 'missing';
        if (outcome.group === 'failed' && row.judgement?.isPermanent === true) counts.permanent += 1;
        else if (isOver && row.tries >= DEFAULT_MAX_ATTEMPTS) counts.exhausted += 1;
        if (outcome.defect !== undefined) note(outcome.defect);
      }
      await sink?.(rows, record);
    },
    signal,
    wish,
  );
  const seen = counts.answered + counts.failed + counts.missing + counts.pending;
  // Requests that nothing on disk speaks of any more are still owed.
  const unseen = Math.max(0, (requestsOf(record) ?? 0) - seen);
  const isLost = 'lostSince' in record && record.lostSince !== undefined;
  const isOver = isLost || ('saved' in record && record.saved !== undefined);
  if (isOver) counts.missing += unseen;
  else counts.pending += unseen;
  return { outcome: { batch, planned: seen + unseen, ...counts }, audits, found: caveats };
}

/** How many requests the batch holds: counted here when the file was read, else as the service says. */
function requestsOf(record: BatchRecord): number | undefined {
  const read = inputOf(record)?.lines;
  const counted = 'stats' in record ? record.stats?.requests : undefined;
  return read ?? counted;
}

/** Something was sent, or is about to be. */
function isKnown(record: BatchRecord): boolean {
  return 'input' in record || 'job' in record || savedIn(record).length > 0;
}
