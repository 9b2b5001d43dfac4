import { isAbsolute, join } from 'node:path';
import { BatchSubmitError } from '../../model/errors.ts';
import { realPathWithin } from '../confine.ts';
import { isHidden } from './choose-file.ts';
import type { CompatParts } from './parts.ts';

/**
 * The folder that results are to be put into, links followed. It need not exist yet.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function chooseOutput(location: string, parts: CompatParts): Promise<string> {
  const [workFolder = '.'] = parts.roots;
  const path = isAbsolute(location) ? location : join(workFolder, location);
  const real = await realPathWithin(path, parts.roots, 'the folder');
  const { input, state } = await parts.settings();
  // A result among the input files would be taken for one.
  const inputs = await Promise.all(
    [input, parts.uploadsFolder].map((folder) => realPathWithin(folder, parts.roots, 'the folder')),
  );
  const isOurs =
    inputs.includes(real) || real.startsWith(await realPathWithin(state, parts.roots, 'the state'));
  if (!isOurs && !isHidden(real, parts.roots)) return real;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot put results into "${location}": ${isOurs ? 'it holds input files or the state' : 'it is hidden'}`,
    { hint: 'name a folder for results alone, or leave outputLocation out' },
  );
}
