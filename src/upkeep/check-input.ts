import { discoverBatches } from '../input/discover.ts';
import { checkInputFiles } from '../input/check-files.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { InputFile } from '../model/plan.ts';
import { formatBytes } from '../model/units.ts';
import type { Settings } from '../config/settings.ts';
import { ok, problemOf, type Check } from './check.ts';

export interface InputSeen {
  readonly check: Check;
  /** Empty when the folder cannot be used. */
  readonly files: readonly InputFile[];
}

/** Whether the numbered files are there and can be opened. What they hold is for `validate`. */
export async function checkInput({ input, pattern }: Settings): Promise<InputSeen> {
  let files: readonly InputFile[] = [];
  try {
    ({ files } = await discoverBatches({ directory: input, pattern, selection: { kind: 'all' } }));
    await checkInputFiles(files);
  } catch (error) {
    if (!(error instanceof BatchSubmitError)) throw error;
    const check = problemOf('input', error);
    const details = error.details.length === 0 ? '' : ` (${error.details.join('; ')})`;
    return { check: { ...check, fact: `${check.fact}${details}` }, files };
  }
  const bytes = files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  return { check: ok('input', `${count} in "${input}", ${formatBytes(bytes)}`), files };
}
