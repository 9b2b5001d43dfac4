import { inspectInput } from '../../input/inspect.ts';
import type { InputFacts, RowSource } from '../../model/batch-record.ts';
import { FIRST_ROW_RETRY } from '../../model/batch-set.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import type { Candidate } from '../../submit/adopt.ts';
import { recogniseRows } from '../../submit/recognise-rows.ts';
import { stagedPathFor, stagingDirectoryFor } from '../../submit/stage.ts';
import { presentInput } from '../batches.ts';
import type { Desk } from '../desk.ts';

/** What is on disk of the batches whose jobs are to be taken over. */
export interface AdoptedInputs {
  readonly inputs: ReadonlyMap<number, InputFacts>;
  /** Of batches that send rows again: which ones, where their lines are found in the input files. */
  readonly rows: ReadonlyMap<number, readonly RowSource[]>;
}

/** Reads the files that are here; jobs can be taken over where their files are not. */
export async function inputsOf(desk: Desk, candidates: readonly Candidate[]): Promise<AdoptedInputs> {
  const { settings, signal } = desk;
  const wanted = new Set(candidates.map(({ batch }) => batch));
  const files = await presentInput(settings.settings);
  const staging = stagingDirectoryFor(settings.settings.state);
  const retries = [...wanted]
    .filter((batch) => batch >= FIRST_ROW_RETRY)
    .map((batch) => ({ batch, path: stagedPathFor(staging, batch) }));
  const inputs = new Map<number, InputFacts>();
  for (const { batch, path } of [...files, ...retries]) {
    const inspection = wanted.has(batch) ? await inspectInput(path, signal) : undefined;
    if (inspection?.ok === true) inputs.set(batch, inspection.facts);
  }
  const rows = new Map<number, readonly RowSource[]>();
  for (const { batch, path } of retries) {
    const sources = inputs.has(batch) ? await recogniseRows(path, files, signal) : undefined;
    if (sources !== undefined) rows.set(batch, sources);
  }
  return { inputs, rows };
}

/** A retry whose rows are unknown cannot be counted with them, nor keep them from being sent once more. */
export function warnOfUnknownRows(
  desk: Desk,
  state: SubmissionState,
  take: readonly Candidate[],
  rows: ReadonlyMap<number, readonly RowSource[]>,
): void {
  for (const { batch } of take) {
    const isKnown = rows.has(batch) || recordOf(state, batch).rowsOf !== undefined;
    if (batch < FIRST_ROW_RETRY || isKnown) continue;
    desk.printer.event({
      event: 'warning',
      batch,
      message:
        'it sends rows of other batches again, and which ones is not known any more: its answers count as a batch of its own, and `retry` may pay for those rows once more',
    });
  }
}
