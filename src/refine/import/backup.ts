import { chmod, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renameWithRetry, syncFolder, temporaryPathFor } from '../../state/atomic-file.ts';
import { diskError } from '../../state/disk-error.ts';
import { openDatabase, quoteText } from './database.ts';

/** Older ones are removed. */
const MOST_BACKUPS = 3;

/**
 * Copies a database as it is now, with what its log holds, to `<file>.backup-<number>` beside it. The newest three
 * are kept.
 * @returns where the copy is
 * @throws {BatchSubmitError} `E_DATABASE`, `E_DISK`
 */
export async function backUp(path: string, busyMs: number): Promise<string> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.backup-`;
  const temporaryPath = temporaryPathFor(path);
  const database = await openDatabase(path, busyMs);
  try {
    database.exec(`VACUUM INTO ${quoteText(temporaryPath)}`);
  } finally {
    database.close();
  }
  try {
    const numbers = (await readdir(folder))
      .filter((name) => name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length)))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b);
    const backup = join(folder, `${prefix}${(numbers.at(-1) ?? 0) + 1}`);
    await chmod(temporaryPath, (await stat(path)).mode & 0o777);
    await flush(temporaryPath);
    await renameWithRetry(temporaryPath, backup);
    await syncFolder(folder);
    for (const number of numbers.slice(0, Math.max(0, numbers.length + 1 - MOST_BACKUPS)))
      await rm(join(folder, `${prefix}${number}`), { force: true });
    return backup;
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw diskError('save a backup of', path, error);
  }
}

/** What was written survives a power cut. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
