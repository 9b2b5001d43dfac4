import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { diskError, errnoOf } from './disk-error.ts';

/**
 * What the file system says of a file, or `undefined` when it does not exist.
 * @throws {BatchSubmitError} `E_DISK` when that cannot be told
 */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw diskError('look at', path, error);
  }
}
