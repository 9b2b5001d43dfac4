import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { renameIfFree, renameWithRetry, syncFolder, temporaryPathFor } from './atomic-file.ts';
import { diskError } from './disk-error.ts';

/** A file under way that takes its name only when it is whole. For what is too large for `writeFileAtomic`. */
export interface AtomicOutput {
  /** Bytes may be overwritten once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** What was written so far. */
  written(): WrittenFile;
  /** Ends the writing and flushes the file: what was written survives a power cut, still without its name. */
  seal(): Promise<void>;
  /** Flushes the file and gives it its name; a crash at any instant leaves the old file or the new one. */
  publish(): Promise<WrittenFile>;
  /**
   * As `publish`, with a name that is known only in the end, in the same folder, and never over another file.
   * @returns false when there is a file of this name
   */
  publishNew(path: string): Promise<boolean>;
  /** Throws the file away. Does nothing after `publish`. */
  discard(): Promise<void>;
}

export interface WrittenFile {
  readonly sizeBytes: number;
  /** Lower-case hex over the exact bytes. */
  readonly sha256: string;
}

/**
 * Begins a file that is readable by its owner only. The folder must exist.
 * @param temporaryPath where it is kept until it is published, in the same folder
 * @throws {BatchSubmitError} `E_DISK`, here and in every method
 */
export async function openAtomicOutput(
  path: string,
  temporaryPath: string = temporaryPathFor(path),
): Promise<AtomicOutput> {
  const guarded = async <T>(work: () => Promise<T>, named = path): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw diskError('save', named, error);
    }
  };
  let file: FileHandle | undefined = await guarded(() => open(temporaryPath, 'wx', 0o600));
  const opened = (): FileHandle => {
    if (file === undefined) throw new Error(`"${path}" is written to after its end`);
    return file;
  };
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const close = async (): Promise<void> => {
    const handle = file;
    file = undefined;
    await handle?.close();
  };
  const seal = async (): Promise<void> => {
    if (file === undefined) return;
    await file.sync();
    await close();
  };
  const written = (): WrittenFile => ({ sizeBytes, sha256: hash.copy().digest('hex') });
  return {
    written,
    async write(bytes) {
      hash.update(bytes);
      await guarded(async () => {
        // A disk that is nearly full may take only a part, without an error.
        for (let at = 0; at < bytes.length;) {
          const { bytesWritten } = await opened().write(bytes, at, bytes.length - at, sizeBytes);
          at += bytesWritten;
          sizeBytes += bytesWritten;
        }
      });
    },
    seal: () => guarded(seal),
    async publish() {
      await guarded(async () => {
        await seal();
        await renameWithRetry(temporaryPath, path);
        await syncFolder(dirname(path));
      });
      return written();
    },
    publishNew: (newPath) =>
      guarded(async () => {
        await seal();
        const isFree = await renameIfFree(temporaryPath, newPath);
        if (isFree) await syncFolder(dirname(newPath));
        return isFree;
      }, newPath),
    async discard() {
      await close();
      await guarded(() => rm(temporaryPath, { force: true }));
    },
  };
}
