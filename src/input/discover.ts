import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  describeSelection,
  foldBatches,
  isSelected,
  LARGEST_BATCH,
  type BatchSelection,
} from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { InputFile } from '../model/plan.ts';
import { describeReadError } from './file-fault.ts';
import { firstFive } from './first-five.ts';
import { inGroups } from './in-groups.ts';
import { createNameReader, readAnyNumberedName } from './name-pattern.ts';
import { showName } from './show-name.ts';

export interface DiscoverRequest {
  readonly directory: string;
  /** `undefined`: any `*.jsonl` with a number in its name. */
  readonly pattern: string | undefined;
  readonly selection: BatchSelection;
}

export interface Discovered {
  /** Sorted by batch number. A file that cannot be examined has size 0; `checkInputFiles` says why. */
  readonly files: readonly InputFile[];
  /** How many other entries the folder holds. */
  readonly ignored: number;
}

interface Candidate {
  readonly batch: number;
  readonly name: string;
}

/** Nine digits keep every name the service sees within its 40 characters. */

/**
 * Finds the numbered input files directly in a folder, and keeps those of the selection.
 * Numbers may have gaps and no upper end is assumed.
 * @throws {BatchSubmitError} `E_INPUT`, `E_DUPLICATE_BATCH` (judged over the whole folder),
 *   `E_NO_BATCHES`, or `E_USAGE` for a pattern that can match nothing
 */
export async function discoverBatches(request: DiscoverRequest): Promise<Discovered> {
  const { directory, pattern, selection } = request;
  const readName = pattern === undefined ? readAnyNumberedName : createNameReader(pattern);
  const names = (await listFolder(directory)).sort();
  const candidates: Candidate[] = [];
  for (const name of names) {
    const digits = readName(name);
    if (digits !== undefined) candidates.push({ batch: Number(digits), name });
  }
  if (candidates.length === 0) throw noneAtAll(directory, pattern);
  refuseBadNumbers(directory, candidates);
  refuseDuplicates(directory, candidates);
  const chosen = candidates
    .filter(({ batch }) => isSelected(selection, batch))
    .sort((a, b) => a.batch - b.batch);
  if (chosen.length === 0) throw noneSelected(directory, selection, candidates);
  const files = await inGroups(chosen, async ({ batch, name }): Promise<InputFile> => {
    const path = join(directory, name);
    const sizeBytes = await stat(path).then(
      (stats) => (stats.isFile() ? stats.size : 0),
      () => 0,
    );
    return { batch, path, sizeBytes };
  });
  return { files, ignored: names.length - candidates.length };
}

async function listFolder(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const isFile = error instanceof Error && 'code' in error && error.code === 'ENOTDIR';
    const fact = isFile ? 'it is not a folder' : describeReadError(error);
    throw new BatchSubmitError('E_INPUT', `Cannot read the input folder "${showName(directory)}": ${fact}`, {
      hint: 'name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT',
      cause: error,
    });
  }
}

function refuseBadNumbers(directory: string, candidates: readonly Candidate[]): void {
  const bad = candidates.filter(({ batch }) => batch < 1 || batch > LARGEST_BATCH);
  const first = bad[0];
  if (first === undefined) return;
  const others = bad.length === 1 ? '' : ` and ${bad.length - 1} more in "${showName(directory)}"`;
  throw new BatchSubmitError(
    'E_INPUT',
    `Cannot take the batch number from "${showName(first.name)}"${others}: batch numbers are 1 to ${LARGEST_BATCH}`,
    {
      hint: 'rename it, or say where the number stands with `--pattern "batch_{batch}_proper.jsonl"`',
      details: bad.length === 1 ? [] : firstFive(bad.map(({ name }) => showName(name))),
    },
  );
}

function refuseDuplicates(directory: string, candidates: readonly Candidate[]): void {
  const byBatch = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const same = byBatch.get(candidate.batch);
    if (same === undefined) byBatch.set(candidate.batch, [candidate]);
    else same.push(candidate);
  }
  const doubled = [...byBatch].filter(([, same]) => same.length > 1).sort(([a], [b]) => a - b);
  const first = doubled[0];
  if (first === undefined) return;
  const [batch, same] = first;
  const lines = doubled.map(([number, files]) => `batch ${number}: ${quoted(files)}`);
  throw new BatchSubmitError(
    'E_DUPLICATE_BATCH',
    doubled.length === 1
      ? `Cannot tell which file of "${showName(directory)}" is batch ${batch}: both ${quoted(same)} hold that number`
      : `Cannot tell which files of "${showName(directory)}" to take: ${doubled.length} batch numbers are held by more than one`,
    {
      hint: 'choose one kind of name with `--pattern "batch_{batch}_proper.jsonl"`',
      details: doubled.length === 1 ? [] : firstFive(lines),
    },
  );
}

function quoted(files: readonly Candidate[]): string {
  return files.map(({ name }) => `"${showName(name)}"`).join(' and ');
}

function noneAtAll(directory: string, pattern: string | undefined): BatchSubmitError {
  const fact =
    pattern === undefined
      ? 'it holds no .jsonl file with a number in its name'
      : `none of its .jsonl files matches "${showName(pattern)}"`;
  return new BatchSubmitError('E_NO_BATCHES', `Cannot find batches in "${showName(directory)}": ${fact}`, {
    hint:
      pattern === undefined
        ? 'name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT'
        : 'correct it with `--pattern "batch_{batch}_proper.jsonl"`, or leave it out to take any number',
  });
}

function noneSelected(
  directory: string,
  selection: BatchSelection,
  candidates: readonly Candidate[],
): BatchSubmitError {
  const parts = foldBatches(candidates.map(({ batch }) => batch)).split(', ');
  const shown = parts.length <= 12 ? parts : [...parts.slice(0, 11), '…', ...parts.slice(-1)];
  return new BatchSubmitError(
    'E_NO_BATCHES',
    `Cannot find ${describeSelection(selection)} in "${showName(directory)}": it holds ${shown.join(', ')}`,
    { hint: 'choose among these, or run `batch-submit status` for what is left' },
  );
}
