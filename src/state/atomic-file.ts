import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BatchSubmitError } from '../model/errors.ts';
import { diskError, errnoOf } from './disk-error.ts';

/**
 * Replaces the file at `path`. A reader, or a crash or power cut at any instant, sees the old bytes
 * or the new bytes and never a mixture; when this resolves, the new bytes survive a power cut.
 * An existing file keeps its mode; a new one is readable by its owner only.
 * @throws {BatchSubmitError} `E_DISK` with the path and the errno word. The old file is then intact,
 * except that a failure of the very last step (the folder's sync) leaves the old or the new one.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  try {
    const existing = await describeTarget(path);
    const pieces = typeof data === 'string' ? [Buffer.from(data, 'utf8')] : [data].flat();
    const temporaryPath = temporaryPathFor(path);
    try {
      await writeAndSync(temporaryPath, pieces, existing);
      await renameWithRetry(temporaryPath, path);
    } catch (error) {
      await rm(temporaryPath, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw diskError('save', path, error);
  }
}

/**
 * Follows a symbolic link once, so that every later save goes to the real file and a link planted
 * afterwards is refused. The file itself need not exist.
 * @throws {BatchSubmitError} `E_DISK` when the folder does not exist or the link points nowhere.
 */
export async function resolveStatePath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('use', path, error);
  }
  try {
    const resolved = join(await realpath(dirname(path)), basename(path));
    if ((await lstatIfExists(resolved))?.isSymbolicLink()) {
      throw new BatchSubmitError(
        'E_DISK',
        `Cannot use "${path}": it is a symbolic link that points nowhere`,
        {
          hint: `remove it with \`rm "${path}"\`, or create the file it points to`,
        },
      );
    }
    return resolved;
  } catch (error) {
    throw diskError('use', path, error);
  }
}

/**
 * Removes what a killed writer of `baseName` left in the folder, and what SQLite kept beside such a file. Call it only while holding the lock,
 * or with an `isOrphan` that spares live writers: a temporary file in use looks the same.
 * @returns the names that were removed
 */
export async function sweepTemporaryFiles(
  dir: string,
  baseName: string,
  isOrphan: (path: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<readonly string[]> {
  try {
    const prefix = `.${shortBaseName(baseName)}.`;
    const entries = await readdir(dir, { withFileTypes: true });
    const orphans = entries
      .filter((entry) => entry.isFile() && entry.name.startsWith(prefix))
      .map((entry) => entry.name)
      .filter((name) => /^\d+\.[0-9a-f]{16}\.tmp(?:-journal|-wal|-shm)?$/.test(name.slice(prefix.length)));
    const removed: string[] = [];
    for (const name of orphans) {
      if (!(await isOrphan(join(dir, name)))) continue;
      await rm(join(dir, name), { force: true });
      removed.push(name);
    }
    return removed;
  } catch (error) {
    throw diskError('clean up in', dir, error);
  }
}

async function describeTarget(path: string): Promise<Stats | undefined> {
  const existing = await lstatIfExists(path);
  if (existing === undefined || existing.isFile()) return existing;
  const kind = existing.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new BatchSubmitError('E_DISK', `Cannot save "${path}": it is ${kind}`, {
    hint: `look at it with \`ls -l "${path}"\`, and move it aside`,
  });
}

async function lstatIfExists(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Random and exclusive: nobody can plant a link there, and two processes with one pid (containers) never meet. */
export function temporaryPathFor(path: string): string {
  const name = `.${shortBaseName(basename(path))}.${process.pid}.${randomBytes(8).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

/** File names end at 255 bytes, and the temporary one is longer than its target. */
function shortBaseName(baseName: string): string {
  if (baseName.length <= 50) return baseName;
  return `${baseName.slice(0, 41)}-${createHash('sha256').update(baseName).digest('hex').slice(0, 8)}`;
}

async function writeAndSync(
  path: string,
  pieces: readonly Uint8Array[],
  existing: Stats | undefined,
): Promise<void> {
  const bytes = lengthOf(pieces);
  const file = await open(path, 'wx', 0o600);
  try {
    if (existing !== undefined) await file.chmod(existing.mode & 0o777);
    await writePieces(file, pieces);
    // A full disk can shorten a write without an error, and renaming that would destroy the old file.
    const { size } = await file.stat();
    if (size !== bytes) {
      throw new BatchSubmitError(
        'E_DISK',
        `Cannot save "${path}": only ${size} of ${bytes} bytes were stored`,
        { hint: 'free some space, then run the same command again' },
      );
    }
    // After a failed sync this descriptor says nothing more about the disk: the file is thrown away.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The most that one call takes. */
const PIECES_AT_ONCE = 1024;

/** A large state is never put together in memory. A write that was cut short goes on behind its end. */
async function writePieces(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (let from = 0; from < pieces.length; from += PIECES_AT_ONCE) {
    const some = pieces.slice(from, from + PIECES_AT_ONCE);
    const { bytesWritten } = await file.writev(some);
    // What is left of a full disk takes a part and reports success; only the next write says why.
    if (bytesWritten < lengthOf(some)) await file.writeFile(Buffer.concat(some).subarray(bytesWritten));
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** On Windows a virus scanner or an indexer may hold the target open for a moment. */
export async function renameWithRetry(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isPassing = ['EPERM', 'EBUSY', 'EACCES'].includes(errnoOf(error) ?? '');
      if (process.platform !== 'win32' || !isPassing || tries === 10) throw error;
      await delay(20 * tries);
    }
  }
}

/**
 * Renames a file unless there is one of the new name.
 * @returns false when there is
 */
export async function renameIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const code = errnoOf(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
    if ((await lstatIfExists(to)) !== undefined) return false;
    await renameWithRetry(from, to);
    return true;
  }
  await rm(from, { force: true });
  return true;
}

/** How file systems without hard links, such as those of memory cards, say so. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** Without it a power cut can undo the rename (measured on ext4: 15 of 15 saves were lost). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // File systems that cannot sync a folder say so with one of these.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}
