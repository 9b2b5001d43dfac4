import { type FileHandle, open, rm } from 'node:fs/promises';
import { BatchSubmitError } from '../model/errors.ts';
import type { DownloadedResult } from '../model/service.ts';
import { type BlockHash, createBlockHash } from './block-hash.ts';
import { errorMessage } from './error-code.ts';

/** Network pieces are about 64 KiB; writing them one by one costs more than receiving them. */
const BLOCK_BYTES = 1024 * 1024;

/** After so many bytes the disk begins to take them, so that the flush at the end is not all of it. */
const SYNC_BYTES = 64 * 1024 * 1024;

/** A results file being written. It is new, readable by its owner only, and hashed as it grows. */
export interface ResultFile {
  readonly receivedBytes: () => number;
  /** Told how long the body says it is, where it does, before its first piece. */
  readonly expect: (sizeBytes: number | undefined) => void;
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
  let expectedBytes = 0;
  let receivedBytes = 0;
  let hash: BlockHash | undefined;
  // One block is written and hashed while the next one is filled.
  let blocks: Buffer[] = [];
  let turn = 0;
  let filledBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let hashing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();

  async function append(piece: Buffer): Promise<void> {
    for (let taken = 0; taken < piece.length;) {
      hash ??= createBlockHash(expectedBytes);
      const block = (blocks[turn % 2] ??= hash.block(BLOCK_BYTES));
      const count = piece.copy(block, filledBytes, taken);
      taken += count;
      filledBytes += count;
      receivedBytes += count;
      if (filledBytes === BLOCK_BYTES) await flush();
    }
  }

  async function flush(): Promise<void> {
    await settled();
    const block = blocks[turn % 2]?.subarray(0, filledBytes);
    if (hash === undefined || block === undefined || block.length === 0) return;
    writing = onDisk(() => writeAll(file, block, receivedBytes - block.length));
    hashing = hash.update(block);
    // They are awaited before the next block; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
    hashing.catch(() => undefined);
    if (receivedBytes % SYNC_BYTES === 0) await syncEarly();
    turn += 1;
    filledBytes = 0;
  }

  /** A failed sync is told only once, so each of them is awaited: this one before the next. */
  async function syncEarly(): Promise<void> {
    await syncing;
    syncing = onDisk(() => file.datasync());
    syncing.catch(() => undefined);
  }

  async function settled(): Promise<void> {
    await writing;
    await hashing;
  }

  return {
    receivedBytes: () => receivedBytes,
    expect: (sizeBytes) => {
      expectedBytes = sizeBytes ?? 0;
    },
    append,
    restart: async () => {
      await settled();
      await syncing;
      hash?.close();
      hash = undefined;
      blocks = [];
      filledBytes = 0;
      receivedBytes = 0;
      await onDisk(() => file.truncate(0));
    },
    finish: async () => {
      await flush();
      await settled();
      await syncing;
      const sha256 = await (hash ?? createBlockHash(0)).digest();
      await onDisk(async () => {
        await file.sync();
        await file.close();
      });
      return { sizeBytes: receivedBytes, sha256 };
    },
    discard: async () => {
      hash?.close();
      await Promise.allSettled([writing, syncing]);
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** One write may take less than it was given, on a nearly full disk for example. */
async function writeAll(file: FileHandle, block: Buffer, position: number): Promise<void> {
  for (let written = 0; written < block.length;) {
    const left = block.length - written;
    const { bytesWritten } = await file.write(block, written, left, position + written);
    written += bytesWritten;
  }
}
