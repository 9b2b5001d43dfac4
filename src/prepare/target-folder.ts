import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createNameMaker, createNameReader, readAnyNumberedName } from '../input/name-pattern.ts';
import { showName } from '../input/show-name.ts';
import { FIRST_ROW_RETRY } from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';

/** A folder that numbered files are written into, as it is found. */
export interface TargetFolder {
  readonly path: string;
  /** Batches that are there, with the names of their files. */
  readonly present: ReadonlyMap<number, readonly string[]>;
  /** The batch that a file of this name would be there. */
  readonly batchIn: (name: string) => number | undefined;
  /** Names for so many files from a number on, with as many digits as the last one needs. */
  readonly namesFor: (from: number, count: number) => readonly string[];
}

/**
 * Looks at the folder; one that does not exist holds nothing.
 * @throws {BatchSubmitError} `E_DISK`, `E_INPUT` for what is no folder, or `E_USAGE` for a pattern that names no file
 */
export async function lookAtFolder(path: string, pattern: string | undefined): Promise<TargetFolder> {
  const readName = pattern === undefined ? readAnyNumberedName : createNameReader(pattern);
  const nameOf = createNameMaker(pattern);
  const batchIn = (name: string): number | undefined => {
    const digits = readName(name);
    return digits === undefined ? undefined : Number(digits);
  };
  const present = new Map<number, string[]>();
  for (const name of (await namesIn(path)).sort()) {
    const batch = batchIn(name);
    if (batch !== undefined) present.set(batch, [...(present.get(batch) ?? []), name]);
  }
  return {
    path,
    present,
    batchIn,
    namesFor(from, count) {
      const last = from + count - 1;
      if (last >= FIRST_ROW_RETRY) throw numbersUsedUp(last);
      const digits = Math.max(FEWEST_DIGITS, String(last).length);
      return Array.from({ length: count }, (_, index) => nameOf(String(from + index).padStart(digits, '0')));
    },
  };
}

/** As `paddedBatch` has it. */
const FEWEST_DIGITS = 3;

/** True when both paths lead to the same folder; one that does not exist is no other one. */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((path) => realpath(path).catch(() => undefined)),
  );
  return first !== undefined && first === second;
}

/**
 * A file that is a batch of the folder already would be sent whole, and once more in its parts.
 * @throws {BatchSubmitError} `E_INPUT`
 */
export async function refuseSourcesWithin(folder: TargetFolder, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const batch = folder.batchIn(basename(path));
    if (batch === undefined || !(await isSameFolder(dirname(path), folder.path))) continue;
    throw new BatchSubmitError(
      'E_INPUT',
      `Cannot split "${showName(path)}": in the input folder it is batch ${batch} itself, and its requests would be paid for twice`,
      { hint: 'move it to another folder, then run the same command again' },
    );
  }
}

/**
 * Two files for one batch are never made.
 * @throws {BatchSubmitError} `E_DUPLICATE_BATCH`
 */
export function refuseTakenNumbers(
  { path, present }: TargetFolder,
  from: number,
  names: readonly string[],
): void {
  for (const [index, name] of names.entries()) {
    const other = present.get(from + index)?.find((one) => one !== name);
    if (other === undefined) continue;
    const free = Math.max(...present.keys()) + 1;
    throw new BatchSubmitError(
      'E_DUPLICATE_BATCH',
      `Cannot write "${showName(join(path, name))}": "${showName(other)}" is batch ${from + index} already`,
      { hint: `number the files from a free number on with \`--from ${free}\`, or move it aside` },
    );
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    if (errnoOf(error) === 'ENOTDIR') throw notAFolder(path);
    throw diskError('write files into', path, error);
  }
}

function notAFolder(path: string): BatchSubmitError {
  return new BatchSubmitError('E_INPUT', `Cannot write files into "${showName(path)}": it is not a folder`, {
    hint: 'name a folder, or one that does not exist yet',
  });
}

function numbersUsedUp(last: number): BatchSubmitError {
  return new BatchSubmitError(
    'E_USAGE',
    `Cannot number a file ${last}: numbers from ${FIRST_ROW_RETRY} on belong to retries of rows`,
    { hint: 'begin at a lower number with `--from <n>`' },
  );
}
