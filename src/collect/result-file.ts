import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchRecord } from '../model/batch-record.ts';
import { paddedBatch } from '../model/names.ts';
import { diskError } from '../state/disk-error.ts';
import { statsOf } from '../state/file-stats.ts';
import { makeFolder } from '../state/make-folder.ts';

/**
 * Where a batch's answers go. Names are made from the local batch number only, never from anything
 * the service says: `batch_081.jsonl`, and `batch_081.partial-1.jsonl` for what a job left behind that
 * expired, failed or was cancelled in attempt 1.
 */
export function resultPathFor(outputDirectory: string, batch: number, record: BatchRecord): string {
  const isWhole = record.status === 'succeeded' || record.status === 'collected';
  const suffix = isWhole ? '' : `.partial-${record.attempt}`;
  return join(outputDirectory, `batch_${paddedBatch(batch)}${suffix}.jsonl`);
}

/** A name beside `finalPath` that nobody can guess, for the bytes that are not verified yet. */
export function partPathFor(outputDirectory: string, batch: number): string {
  return join(outputDirectory, `.batch_${paddedBatch(batch)}.${randomBytes(8).toString('hex')}.part`);
}

/** Makes the directory and removes what killed downloads left in it. The caller holds the lock. */
export async function prepareOutput(outputDirectory: string): Promise<void> {
  await makeFolder(outputDirectory, 'keep results in');
  try {
    await sweepOutput(outputDirectory);
  } catch (error) {
    throw diskError('keep results in', outputDirectory, error);
  }
}

async function sweepOutput(outputDirectory: string): Promise<void> {
  const names = await readdir(outputDirectory);
  const orphans = names.filter((name) => /^\.batch_\d+\.[0-9a-f]{16}\.part$/.test(name));
  await Promise.all(orphans.map((name) => rm(join(outputDirectory, name), { force: true })));
}

/** Gives verified bytes their final name, durably. */
export async function publishResult(
  partPath: string,
  finalPath: string,
  outputDirectory: string,
): Promise<void> {
  try {
    await rename(partPath, finalPath);
  } catch (error) {
    throw diskError('save the results as', finalPath, error);
  }
  if (process.platform === 'win32') return; // a directory cannot be flushed there
  const directory = await open(outputDirectory, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Size of the file, or `undefined` when it does not exist.
 * @throws {BatchSubmitError} `E_DISK` when that cannot be told
 */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await statsOf(path))?.size;
}

/**
 * True when a folder has the name that a file is to get: no file can replace it.
 * @throws {BatchSubmitError} `E_DISK` when that cannot be told
 */
export async function isFolder(path: string): Promise<boolean> {
  return (await statsOf(path))?.isDirectory() === true;
}

/**
 * When the file was last written to, in milliseconds since 1970, or `undefined` when it does not exist.
 * @throws {BatchSubmitError} `E_DISK` when that cannot be told
 */
export async function changedAtMs(path: string): Promise<number | undefined> {
  return (await statsOf(path))?.mtimeMs;
}
