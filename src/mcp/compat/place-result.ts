import { createReadStream } from 'node:fs';
import { link, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SavedResult } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { temporaryPathFor } from '../../state/atomic-file.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import { holdsBytes } from '../../state/hash-file.ts';
import { makeFolder } from '../../state/make-folder.ts';
import { copyTo } from './copy-to.ts';

/**
 * Puts a verified copy of a saved result into another folder, under a name that tells the job. What is there
 * already, and is the same, is left alone, and so is the folder that the result is in.
 * @returns its path
 * @throws {BatchSubmitError} `E_DISK`, also when another file has that name
 */
export async function placeResult(folder: string, jobName: string, saved: SavedResult): Promise<string> {
  if (folder === (await realpath(dirname(saved.path)))) return saved.path;
  const path = join(folder, `batch_results_${jobName.replace(/^batches\//, '')}.jsonl`);
  await makeFolder(folder, 'put results into');
  if (await holdsBytes(path, saved)) return path;
  const temporary = temporaryPathFor(path);
  try {
    const copied = await copyTo(temporary, createReadStream(saved.path));
    if (copied.sha256 !== saved.sha256) throw altered(saved.path);
    await link(temporary, path);
    return path;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw taken(path, error);
    throw diskError('put a result into', path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function altered(path: string): BatchSubmitError {
  return new BatchSubmitError('E_DISK', `Cannot copy "${path}": it is not what was saved`, {
    hint: 'bring it back with `batch-submit download --force`',
  });
}

function taken(path: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_DISK', `Cannot save "${path}": another file has that name`, {
    hint: 'name another outputLocation, or move that file aside',
    cause,
  });
}
