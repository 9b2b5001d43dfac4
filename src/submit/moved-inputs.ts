import { stat } from 'node:fs/promises';
import { readRequestRows } from '../input/request-rows.ts';
import type { InputFile } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';

/**
 * Writes down where input files went that are not where they were: the file that carries the batch's number now
 * and holds the same bytes. Answers are matched with it, and rows of it can be sent again.
 * @param files what the input folder holds
 */
export async function noteMovedInputs(
  { store, signal }: Pick<RunContext, 'store' | 'signal'>,
  files: readonly InputFile[],
): Promise<void> {
  for (const { batch, path, sizeBytes } of files) {
    const record = recordOf(store.current(), batch);
    const input = 'input' in record ? record.input : undefined;
    if (input === undefined || input.path === path || input.sizeBytes !== sizeBytes) continue;
    if (await isThere(input.path)) continue;
    const read = await readRequestRows(path, { onRow: () => undefined }, signal);
    if (read?.sha256 === input.sha256) await store.apply(batch, { type: 'input_moved', path });
  }
}

/** What cannot be looked at may be there. */
async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );
}
