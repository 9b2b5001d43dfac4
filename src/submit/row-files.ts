import { stat } from 'node:fs/promises';
import { keyedLine } from '../input/keyed-line.ts';
import { readRequestRows } from '../input/request-rows.ts';
import type { RowSource } from '../model/batch-record.ts';
import { unfoldLines } from '../model/line-ranges.ts';
import type { InputFile } from '../model/plan.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { openAtomicOutput } from '../state/atomic-output.ts';
import { makeStagingDirectory, stagedPathFor } from './stage.ts';

/**
 * The input files of the batches that send rows of the chosen ones again. One that is gone is made again from the
 * files its rows are from, as long as these are what they were.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function findRowFiles(
  state: SubmissionState,
  batches: readonly number[],
  stagingDirectory: string,
): Promise<readonly InputFile[]> {
  const chosen = new Set(batches);
  const files: InputFile[] = [];
  for (const [batch, record] of state.batches) {
    // Rows of a batch that was not chosen are not sent along.
    if (record.rowsOf?.every((source) => chosen.has(source.batch)) !== true) continue;
    const path = stagedPathFor(stagingDirectory, batch);
    files.push({ batch, path, sizeBytes: await sizeOrZero(path) });
  }
  return files.sort((a, b) => a.batch - b.batch);
}

/**
 * Makes the files again that row retries still need and that are gone, from the files their rows are from.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function restoreRowFiles(state: SubmissionState, stagingDirectory: string): Promise<void> {
  for (const [batch, record] of state.batches) {
    const isNeeded = record.rowsOf !== undefined && !('job' in record && record.job !== undefined);
    if (isNeeded && (await sizeOrZero(stagedPathFor(stagingDirectory, batch))) === 0)
      await restoreRowFile(state, batch, stagingDirectory);
  }
}

/**
 * Writes the file of a row retry anew.
 * @returns false when a file that its rows are from is gone or was edited
 */
export async function restoreRowFile(
  state: SubmissionState,
  batch: number,
  stagingDirectory: string,
): Promise<boolean> {
  await makeStagingDirectory(stagingDirectory);
  const output = await openAtomicOutput(stagedPathFor(stagingDirectory, batch));
  try {
    for (const source of recordOf(state, batch).rowsOf ?? []) {
      const text = await readRows(state, source);
      if (text === undefined) return false;
      await output.write(text);
    }
    await output.publish();
    return true;
  } finally {
    await output.discard();
  }
}

async function readRows(
  state: SubmissionState,
  { batch, lines, inputSha256 }: RowSource,
): Promise<Buffer | undefined> {
  const record = recordOf(state, batch);
  const input = 'input' in record ? record.input : undefined;
  if (input === undefined || (inputSha256 !== undefined && inputSha256 !== input.sha256)) return undefined;
  const wanted = new Set(unfoldLines(lines));
  const found: Buffer[] = [];
  const read = await readRequestRows(input.path, {
    onRow(row) {
      if (wanted.has(row.line)) found.push(Buffer.concat([keyedLine(row), Buffer.from('\n')]));
    },
  });
  return read?.sha256 === input.sha256 && found.length === wanted.size ? Buffer.concat(found) : undefined;
}

async function sizeOrZero(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
