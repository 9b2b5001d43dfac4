import { downloadResults, type DownloadOptions } from '../collect/download.ts';
import { refreshJobs, stopAfter } from '../collect/refresh.ts';
import { hasAnswers, holdsRows, type BatchRecord } from '../model/batch-record.ts';
import type { InputFile } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { promoteDuplicates } from '../service/note-duplicates.ts';
import {
  addRowRetries,
  chooseRows,
  NOTHING_LEFT,
  type RowsLeft,
  type RowWish,
} from '../submit/choose-rows.ts';
import { forgetCreates } from '../submit/forget-creates.ts';
import { createRowPacker } from '../submit/pack-rows.ts';
import { requeue, retryStatusOf, type RetryStatus } from '../submit/requeue.ts';
import { restoreRowFile } from '../submit/row-files.ts';

export interface RetryWish {
  readonly statuses: readonly RetryStatus[];
  /** Rows of collected batches too; `undefined` for none. */
  readonly rows: RowWish | undefined;
  /** Batches whose lost create the user forgets. */
  readonly forget: readonly number[];
  /** At most so many batches. */
  readonly limit: number | undefined;
  readonly download: DownloadOptions;
  readonly stagingDirectory: string;
}

export interface Prepared {
  /** What is to be submitted now: batches made ready, now or by a retry that was stopped, and rows. */
  readonly files: readonly InputFile[];
  readonly left: RowsLeft;
  /** Batches whose results could not be fetched now, so that they were not touched. */
  readonly unsaved: number;
}

/**
 * Makes ready what is to be submitted again. Jobs are asked about first, so that no second live copy of
 * one is ever made, and what an ended job left behind is saved first: a batch whose results cannot be
 * saved now is not touched.
 * @param files every file that may be sent again, those of row retries among them
 * @throws {BatchSubmitError} when the service cannot be asked
 */
export async function prepareRetry(
  context: RunContext,
  batches: readonly number[],
  files: readonly InputFile[],
  wish: RetryWish,
): Promise<Prepared> {
  const { store, signal } = context;
  const record = (batch: number): BatchRecord => recordOf(store.current(), batch);
  const numbers = [...new Set([...batches, ...files.map(({ batch }) => batch)])];
  const stop = stopAfter(await refreshJobs(context, numbers), false);
  if (stop !== undefined) throw stop;
  await promoteDuplicates(context, numbers);
  const forgotten = await forgetCreates(context, wish.forget);
  const begun = files.filter(({ batch }) => isBegun(record(batch)) || forgotten.has(batch));
  const chosen = files.filter(({ batch }) => isWanted(record(batch), wish));
  // Rows are judged by results that are here, so all of them are brought home first.
  const toSave = wish.rows === undefined ? chosen.map(({ batch }) => batch) : numbers;
  const { failed } = await downloadResults(context, toSave, { ...wish.download, asksForShort: true });
  const unsaved = new Set(failed.filter(({ kind }) => kind !== 'not_found').map(({ batch }) => batch));
  const whole = chosen.filter(
    ({ batch }) =>
      // Results that were lost may have turned up just now.
      isWanted(record(batch), wish) &&
      !unsaved.has(batch) &&
      !(wish.rows !== undefined && hasAnswers(record(batch))),
  );
  const begunAnew = new Set(whole);
  const wanted = [...begun, ...whole].slice(0, wish.limit ?? files.length);
  await requeue(
    context,
    wanted.filter((file) => begunAnew.has(file)).map(({ batch }) => batch),
  );
  for (const { batch, sizeBytes } of wanted) {
    if (record(batch).rowsOf !== undefined && sizeBytes === 0)
      await restoreRowFile(store.current(), batch, wish.stagingDirectory);
  }
  if (wish.rows === undefined) return { files: wanted, left: NOTHING_LEFT, unsaved: unsaved.size };
  const packer = createRowPacker(store.current(), wish.stagingDirectory, { taken: numbers });
  const chosenRows = await chooseRows(store.current(), batches, packer, { ...wish.rows, unsaved }, signal);
  const room = wish.limit === undefined ? undefined : Math.max(0, wish.limit - wanted.length);
  const retries = chosenRows.retries.slice(0, room);
  await addRowRetries(context, retries);
  const sorted = [...wanted, ...retries].sort((a, b) => a.batch - b.batch);
  return { files: sorted, left: chosenRows.left, unsaved: unsaved.size };
}

/** True for a batch that failed in one of the ways that were asked for. */
export function isWanted(record: BatchRecord, { statuses }: Pick<RetryWish, 'statuses'>): boolean {
  // Of a batch of rows that is over, the rows without an answer are chosen anew.
  if (record.rowsOf !== undefined && !holdsRows(record)) return false;
  const status = retryStatusOf(record);
  return status !== undefined && statuses.includes(status);
}

/** Made ready for another attempt, and not submitted yet. */
export function isBegun({ status, earlier = [], rowsOf }: BatchRecord): boolean {
  const isAgain = earlier.length > 0 || rowsOf !== undefined;
  return isAgain && (status === 'pending' || status === 'uploading' || status === 'uploaded');
}
