import { link, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_ROW_RETRY } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { temporaryPathFor } from '../../state/atomic-file.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import { holdsBytes } from '../../state/hash-file.ts';
import { makeFolder } from '../../state/make-folder.ts';
import { copyTo, type Chunks } from './copy-to.ts';

/** Far above the numbers that people give, and below those of row retries. */
const FIRST_UPLOAD = 800_000_001;

/** How the files of the folder are named. */
export const UPLOAD_PATTERN = 'batch_{batch}.jsonl';

/** A numbered file of ours. */
export interface KeptUpload {
  readonly batch: number;
  readonly sha256: string;
}

/**
 * Keeps a copy of the bytes as a numbered file, once: the same bytes are the same batch for ever, which is what
 * makes it safe to upload and create again after any accident. The copy also outlives what its owner does to the
 * original, so that answers can be checked against it.
 * @param isTaken whether the state has another use for a number
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function keepUpload(
  folder: string,
  bytes: Chunks,
  isTaken: (batch: number) => boolean,
): Promise<KeptUpload> {
  await makeFolder(folder, 'keep copies of uploads in');
  const temporary = temporaryPathFor(join(folder, 'upload'));
  try {
    const copied = await copyTo(temporary, bytes);
    const kept = await numbersIn(folder);
    for (const batch of kept) {
      if (await holdsBytes(pathOf(folder, batch), copied)) return { batch, sha256: copied.sha256 };
    }
    for (let batch = Math.max(FIRST_UPLOAD - 1, ...kept) + 1; batch < FIRST_ROW_RETRY; batch += 1) {
      if (isTaken(batch)) continue;
      if (await claim(temporary, pathOf(folder, batch))) return { batch, sha256: copied.sha256 };
      // Another server was faster, perhaps with the same bytes.
      if (await holdsBytes(pathOf(folder, batch), copied)) return { batch, sha256: copied.sha256 };
    }
    throw new BatchSubmitError('E_INPUT', `Cannot keep a copy in "${folder}": no number is left`, {
      hint: 'move files that are collected out of that folder',
    });
  } catch (error) {
    throw diskError('keep a copy in', folder, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function pathOf(folder: string, batch: number): string {
  return join(folder, UPLOAD_PATTERN.replace('{batch}', String(batch)));
}

async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names
    .map((name) => Number(/^batch_(\d{9})\.jsonl$/.exec(name)?.[1]))
    .filter((batch) => batch >= FIRST_UPLOAD && batch < FIRST_ROW_RETRY)
    .sort((a, b) => a - b);
}

/** @returns false when the name is taken */
async function claim(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
