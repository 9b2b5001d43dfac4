import { basename } from 'node:path';
import { discoverBatches } from '../input/discover.ts';
import { isChosen, type BatchSelection } from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { InputFile } from '../model/plan.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import type { Settings } from '../config/settings.ts';

/** The input files that a selection names, in batch order. */
export async function findInput(
  settings: Settings,
  selection: BatchSelection,
): Promise<readonly InputFile[]> {
  const { files } = await discoverBatches({
    directory: settings.input,
    pattern: settings.pattern,
    selection,
  });
  return files;
}

/** Batch numbers known from the state and, where the folder exists, from the input files. */
export async function knownBatches(
  settings: Settings,
  state: SubmissionState,
  selection: BatchSelection,
): Promise<readonly number[]> {
  const fromState = [...state.batches].filter(([batch, record]) => isChosen(selection, batch, record));
  const all = new Set([...fromState.map(([batch]) => batch), ...(await inputBatches(settings, selection))]);
  return [...all].sort((a, b) => a - b);
}

/** The input files that are there; none where the folder cannot be used, which is another command's error. */
export async function presentInput(settings: Settings): Promise<readonly InputFile[]> {
  return await findInput(settings, { kind: 'all' }).catch((error: unknown) => {
    if (error instanceof BatchSubmitError) return [];
    throw error;
  });
}

/** A state can be looked at without its input files, so their absence is no error here. */
async function inputBatches(settings: Settings, selection: BatchSelection): Promise<readonly number[]> {
  try {
    return (await findInput(settings, selection)).map(({ batch }) => batch);
  } catch (error) {
    const isAbsent =
      error instanceof BatchSubmitError && (error.code === 'E_NO_BATCHES' || error.code === 'E_INPUT');
    if (isAbsent) return [];
    throw error;
  }
}

/**
 * Refuses to go on when the state belongs to other files: a submitted batch whose file has another
 * name and another size than the file that carries its number now.
 */
export function refuseOtherInput(
  settings: Settings,
  state: SubmissionState,
  files: readonly InputFile[],
): void {
  for (const { batch, path, sizeBytes } of files) {
    const record = state.batches.get(batch);
    if (record?.rowsOf !== undefined) {
      throw new BatchSubmitError(
        'E_OTHER_INPUT',
        `Cannot take "${basename(path)}" as batch ${batch}: that number belongs to a retry of rows`,
        { hint: 'rename the file: numbers below 900000000 are never given to retries' },
      );
    }
    const known = record !== undefined && 'job' in record && 'input' in record ? record.input : undefined;
    if (known === undefined) continue;
    if (basename(known.path) === basename(path) || known.sizeBytes === sizeBytes) continue;
    throw new BatchSubmitError(
      'E_OTHER_INPUT',
      `Cannot use the state file "${settings.state}" for the files in "${settings.input}": it was made for other files (batch ${batch} was "${basename(known.path)}", now it is "${basename(path)}")`,
      { hint: 'name another state with `--state <file>`, or the right folder with `--input <dir>`' },
    );
  }
}
