import { basename } from 'node:path';
import { showName } from '../input/show-name.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { AtomicOutput, WrittenFile } from '../state/atomic-output.ts';
import { statsOf } from '../state/file-stats.ts';
import { holdsBytes } from '../state/hash-file.ts';

/** A file that is flushed and is to get its name. */
export interface Unpublished extends WrittenFile {
  readonly path: string;
  readonly output: AtomicOutput;
}

/** What became of a file: `unchanged` means that it was there, byte for byte. */
export type Published = 'written' | 'unchanged' | 'planned';

/**
 * Gives the files their names, in order. What is there with the same bytes is left alone, and before anything is
 * renamed, a file that is there with other bytes stops all of it: run again after a crash, the same files come out.
 * @param elsewhere ends the hint "or write …"
 * @throws {BatchSubmitError} `E_INPUT`, or `E_DISK`
 */
export async function publishAll(
  files: readonly Unpublished[],
  isDry: boolean,
  elsewhere: string,
): Promise<readonly Published[]> {
  const isThere: boolean[] = [];
  for (const file of files) isThere.push(await isPublished(file, elsewhere));
  const outcomes: Published[] = [];
  for (const [index, file] of files.entries()) {
    if (isThere[index] === true) outcomes.push('unchanged');
    else outcomes.push(isDry ? 'planned' : await publish(file, elsewhere));
  }
  return outcomes;
}

async function publish(file: Unpublished, elsewhere: string): Promise<Published> {
  if (await file.output.publishNew(file.path)) return 'written';
  // Another run was faster: with the same file, or with one that is in the way.
  if (await isPublished(file, elsewhere)) return 'unchanged';
  throw alreadyThere(file.path, elsewhere);
}

/** @throws {BatchSubmitError} `E_INPUT` when there is something else under its name */
async function isPublished({ path, sizeBytes, sha256 }: Unpublished, elsewhere: string): Promise<boolean> {
  if (await holdsBytes(path, { sizeBytes, sha256 })) return true;
  if ((await statsOf(path)) === undefined) return false;
  throw alreadyThere(path, elsewhere);
}

function alreadyThere(path: string, elsewhere: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_INPUT',
    `Cannot write "${showName(path)}": it is there already, with other content`,
    { hint: `move "${showName(basename(path))}" aside, or write ${elsewhere}` },
  );
}
