import { mkdir } from 'node:fs/promises';
import { diskError, errnoOf } from './disk-error.ts';

/**
 * Makes a folder that only its owner can read, and those above it. One that is there is left as it is.
 * @param purpose what cannot be done without it, followed by its path: "keep results in"
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function makeFolder(path: string, purpose: string): Promise<void> {
  try {
    await makeAll(path);
  } catch (error) {
    throw diskError(purpose, path, error);
  }
}

async function makeAll(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // Node says ENOENT for whatever went wrong with the last folder, a full disk say; the plain call says what.
    await mkdir(path, { mode: 0o700 });
  }
}
