import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { BatchSubmitError } from '../model/errors.ts';
import type { DownloadedResult } from '../model/service.ts';
import { errorMessage } from './error-code.ts';

/** Network pieces are about 64 KiB; writing them one by one costs more than receiving them. */
const WRITE_BYTES = 1024 * 1024;

/** After so many bytes the disk begins to take them, so that the flush at the end does not have to move them all. */
const SYNC_BYTES = 64 * 1024 * 1024;

/** A results file being written. It is new, readable by its owner only, and hashed as it grows. */
export interface ResultFile {
  readonly receivedBytes: () => number;
  readonly append: (piece: Buffer) => Promise<void>;
  /** Empties the file, for a download that begins again. */
  readonly restart: () => Promise<void>;
  /** Flushes to the disk and closes. */
  readonly finish: () => Promise<DownloadedResult>;
  /** Closes and removes the file. */
  readonly discard: () => Promise<void>;
}

/**
 * Creates the file, which must not exist. What goes wrong with the disk is thrown as E_DISK, here and in
 * the methods, so that it is never taken for a fault of the network.
 */
export async function createResultFile(path: string): Promise<ResultFile> {
  const onDisk = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new BatchSubmitError('E_DISK', `Cannot write "${path}": ${errorMessage(error)}`, {
        hint: 'check the disk and the folder of the results, then run the same command again',
        cause: error,
      });
    }
  };
  const file = await onDisk(() => open(path, 'wx', 0o600));
  let hash = createHash('sha256');
  let receivedBytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  // One write is under way while the next pieces come in.
  let writing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();
  let syncedBytes = 0;
  async function flush(): Promise<void> {
    await writing;
    const pieces = waiting;
    const position = receivedBytes - waitingBytes;
    waiting = [];
    waitingBytes = 0;
    writing = pieces.length === 0 ? Promise.resolve() : writeAll(file, pieces, position);
    // It is awaited by the next flush; until then its failure must not count as unhandled.
    writing.catch(() => undefined);
    if (receivedBytes - syncedBytes >= SYNC_BYTES) await syncEarly();
  }

  /** A failed sync is told only once, so each is awaited, before the next and at the end. */
  async function syncEarly(): Promise<void> {
    await syncing;
    syncedBytes = receivedBytes;
    syncing = file.datasync();
    syncing.catch(() => undefined);
  }

  return {
    receivedBytes: () => receivedBytes,
    append: async (piece) => {
      hash.update(piece);
      receivedBytes += piece.length;
      waiting.push(piece);
      waitingBytes += piece.length;
      if (waitingBytes >= WRITE_BYTES) await onDisk(flush);
    },
    restart: async () => {
      waiting = [];
      waitingBytes = 0;
      receivedBytes = 0;
      syncedBytes = 0;
      hash = createHash('sha256');
      await onDisk(async () => {
        await writing;
        await syncing;
        await file.truncate(0);
      });
    },
    finish: async () => {
      await onDisk(async () => {
        await flush();
        await writing;
        await syncing;
        await file.sync();
        await file.close();
      });
      return { sizeBytes: receivedBytes, sha256: hash.digest('hex') };
    },
    discard: async () => {
      await Promise.allSettled([writing, syncing]);
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** One write may take less than it was given, on a nearly full disk for example. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<void> {
  let left = [...pieces];
  let at = position;
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    left = left.flatMap((piece) => {
      const taken = Math.min(bytesWritten, piece.length);
      bytesWritten -= taken;
      return taken === piece.length ? [] : [piece.subarray(taken)];
    });
  }
}
