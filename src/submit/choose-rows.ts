import type { FinalRow } from '../audit/final-row.ts';
import { reconcileBatch } from '../audit/reconcile-batch.ts';
import { readRowRetries } from '../audit/row-retries.ts';
import { keyedLine } from '../input/keyed-line.ts';
import type { DefectKind } from '../model/answer.ts';
import type { RunContext } from '../model/run-context.ts';
import { hasAnswers, inputOf } from '../model/batch-record.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { diskError } from '../state/disk-error.ts';
import type { PackedRows, RowPacker } from './pack-rows.ts';

/** Which rows are sent again. */
export interface RowWish {
  /** Only these kinds, permanent refusals among them; `undefined`: whatever may come out better next time. */
  readonly kinds: readonly DefectKind[] | undefined;
  /** A request is sent at most so often, the first time included. */
  readonly maxAttempts: number;
  /**
   * Lines whose answers are no good although they came, by batch, with how often each had been sent when that was
   * found. One that was sent since is left alone.
   */
  readonly unusable?: ReadonlyMap<number, ReadonlyMap<number, number>> | undefined;
  /** Batches whose results could not be fetched just now: nobody knows what they answer. */
  readonly unsaved?: ReadonlySet<number> | undefined;
}

export interface ChosenRows {
  /** The files that were written to send the rows again. */
  readonly retries: readonly PackedRows[];
  /** Rows without a good answer that were left alone, and why. */
  readonly left: RowsLeft;
}

export interface RowsLeft {
  /** The same request would come to the same again. */
  readonly permanent: number;
  /** Sent as often as allowed. */
  readonly exhausted: number;
  /** The input file is gone or was edited. */
  readonly withoutInput: number;
  /** Their results were altered or removed since they were saved: they may be answered. */
  readonly unknown: number;
}

export const NOTHING_LEFT: RowsLeft = { permanent: 0, exhausted: 0, withoutInput: 0, unknown: 0 };

/**
 * Finds the requests of collected batches that have no good answer and packs them into files: rows with
 * their keys unchanged, each file a batch with a number of its own. A row that another retry holds is
 * left to it.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function chooseRows(
  state: SubmissionState,
  batches: readonly number[],
  packer: RowPacker,
  wish: RowWish,
  signal: AbortSignal | undefined,
): Promise<ChosenRows> {
  const retries = await readRowRetries(state, signal, wish.unsaved);
  const left = { ...NOTHING_LEFT };
  try {
    for (const batch of batches) {
      const record = recordOf(state, batch);
      const mayHave = record.status === 'collected' || hasAnswers(record);
      if (!mayHave || record.rowsOf !== undefined || wish.unsaved?.has(batch) === true) continue;
      let seen = 0;
      const take = async (rows: readonly FinalRow[]): Promise<void> => {
        seen += rows.length;
        for (const row of rows) {
          const fate = fateOf(row, wish);
          if (fate === 'again' && row.request !== undefined && row.line !== null)
            await packer.add(batch, row.line, row.request.key, keyedLine(row.request));
          else if (fate === 'again') left.withoutInput += 1;
          else if (fate !== 'fine') left[fate] += 1;
        }
      };
      await reconcileBatch(batch, record, retries, take, signal, {
        withRequests: wish.unusable?.has(batch) === true,
      });
      // Without its input nobody knows the keys of the requests that no answer came to.
      left.withoutInput += Math.max(0, (inputOf(record)?.lines ?? 0) - seen);
    }
    return { retries: await packer.finish(), left };
  } catch (error) {
    throw diskError('read', 'the input and the results', error);
  } finally {
    await packer.discard();
  }
}

/** Makes batches of the packed rows, so that they are submitted like any other. */
export async function addRowRetries(
  { store, emit }: RunContext,
  retries: readonly PackedRows[],
): Promise<void> {
  for (const { batch, rows, sources } of retries) {
    await store.apply(batch, { type: 'rows_chosen', rows: sources });
    emit({ event: 'rows_chosen', batch, rows, batches: sources.map((source) => source.batch) });
  }
}

function fateOf(
  row: FinalRow,
  { kinds, maxAttempts, unusable }: RowWish,
): 'fine' | 'again' | 'permanent' | 'exhausted' | 'unknown' {
  const { batch, line, judgement, isOpen, isClaimed, isUnknown, tries } = row;
  if (line !== null && !isOpen && !isClaimed && unusable?.get(batch)?.get(line) === tries) {
    return tries >= maxAttempts ? 'exhausted' : 'again';
  }
  if (judgement?.kind === 'answered' || isOpen || isClaimed) return 'fine';
  if (isUnknown) return 'unknown';
  const kind: DefectKind = judgement?.kind ?? 'missing';
  if (kinds !== undefined && !kinds.includes(kind)) return 'fine';
  if (kinds === undefined && judgement?.isPermanent === true) return 'permanent';
  return tries >= maxAttempts ? 'exhausted' : 'again';
}
