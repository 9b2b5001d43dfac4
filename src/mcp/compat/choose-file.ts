import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, isAbsolute, relative, sep } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { errnoOf } from '../../state/disk-error.ts';
import { realPathWithin } from '../confine.ts';
import type { CompatParts } from './parts.ts';

/**
 * Where the file that an agent names really is, once it is sure that the service may have it: a batch file of the
 * served folders, and none of our own files.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function chooseFile(path: string, { roots }: CompatParts, settings: Settings): Promise<string> {
  if (!isAbsolute(path)) {
    throw refused(path, 'it is no absolute path', 'write the whole path, from the root of the disk');
  }
  const real = await realPathWithin(path, roots, 'the file');
  if (isHidden(real, roots)) throw refused(path, 'it is hidden', 'name a .jsonl file with requests');
  if (!real.toLowerCase().endsWith('.jsonl'))
    throw refused(path, 'it is no .jsonl file', 'name a .jsonl file with requests');
  if (await isOurs(real, roots, settings))
    throw refused(path, 'it is a file of batch-submit itself', 'name a .jsonl file with requests');
  await (await openRegular(real, path)).close();
  return real;
}

/** Hidden files hold keys and settings, and hidden folders what tools keep for themselves. */
export function isHidden(real: string, roots: readonly string[]): boolean {
  const root = roots.find((one) => real === one || real.startsWith(one + sep)) ?? '';
  return relative(root, real)
    .split(sep)
    .some((name) => name.startsWith('.'));
}

/** The state and what lies beside it, the log, and results. */
async function isOurs(
  real: string,
  roots: readonly string[],
  { state, log, output }: Settings,
): Promise<boolean> {
  const within = async (path: string): Promise<string> => await realPathWithin(path, roots, 'the path');
  return (
    real.startsWith(await within(state)) ||
    real === (await within(log)) ||
    real.startsWith((await within(output)) + sep)
  );
}

/**
 * Opens what is a plain file now, whatever its name meant a moment ago.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function openRegular(real: string, shown: string = real): Promise<FileHandle> {
  let file: FileHandle;
  try {
    // Without waiting: a pipe that nobody writes to would hold the call up. Links were followed already.
    file = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const fact = errnoOf(error) === 'ENOENT' ? 'it is not there' : `it cannot be read (${errnoOf(error)})`;
    throw refused(shown, fact, 'correct the path', error);
  }
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw refused(shown, 'it is no plain file', 'name a .jsonl file with requests');
}

function refused(path: string, fact: string, hint: string, cause?: unknown): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot upload "${basename(path)}": ${fact}`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
