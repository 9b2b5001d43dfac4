import { basename } from 'node:path';
import { createKeyMaker } from '../input/key-maker.ts';
import { createKeyTable, type KeyTable } from '../input/key-table.ts';
import { showName } from '../input/show-name.ts';
import { nameBatches } from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { type FileLimits, type FileLoad, limitExceeded } from '../model/file-limits.ts';
import { packFiles, packIntoJobs } from '../model/pack-files.ts';
import type { InputFile } from '../model/plan.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { makeFolder } from '../state/make-folder.ts';
import { type BatchWriter, createBatchWriter, sweepPrepared } from './batch-writer.ts';
import { checkSources, type Source } from './check-sources.ts';
import { type CopiedLine, copyRows } from './copy-rows.ts';
import { makeManifest } from './manifest.ts';
import { describePrepared, type Prepared, unpublished } from './prepared.ts';
import { publishAll } from './publish.ts';
import { refuseSentNumbers } from './refuse-submitted.ts';
import { isSameFolder, lookAtFolder, type TargetFolder } from './target-folder.ts';

export interface MergeOptions {
  /** In batch order. */
  readonly files: readonly InputFile[];
  readonly inputFolder: string;
  /** Where the packed files go. */
  readonly folder: string;
  readonly pattern: string | undefined;
  /** The number of the first of them. */
  readonly from: number;
  readonly limits: FileLimits;
  /** At most so many files. */
  readonly jobs: number | undefined;
  /** Puts the number of its batch before each key. */
  readonly prefixKeys: boolean;
  readonly isDry: boolean;
  readonly state: SubmissionState;
  /** Absolute: what the names in the manifest start from, where that is not the process's own folder. */
  readonly workFolder?: string | undefined;
}

/**
 * Packs numbered files, in order and each of them whole, into fewer ones, and writes down beside them which lines
 * are from where. The same input gives the same files on every run.
 * @throws {BatchSubmitError} `E_INPUT`, `E_OTHER_INPUT`, `E_USAGE`, `E_DISK`
 */
export async function mergeInput(options: MergeOptions, signal: AbortSignal): Promise<Prepared> {
  const { files, pattern, from, prefixKeys, isDry, state } = options;
  await refuseSameFolder(options);
  const folder = await lookAtFolder(options.folder, pattern);
  const keys = createKeyTable();
  const paths = files.map(({ path }) => path);
  const sources = await checkSources(paths, { action: 'merge', keys, prefixKeys }, signal);
  const prefixes = files.map(({ batch }) => (prefixKeys ? `${batch}-` : undefined));
  const packs = packSources(sources, prefixes, options);
  const names = folder.namesFor(from, packs.length);
  refuseOtherBatches(folder, names);
  if (!isDry) {
    await makeFolder(folder.path, 'keep batches in');
    await sweepPrepared(folder.path);
  }
  const writer = createBatchWriter(folder.path, isDry);
  try {
    const keysGiven = await copyPacks({ writer, packs, sources, prefixes, keys }, signal);
    const numbered = unpublished(await writer.finish(), folder.path, from, names);
    refuseSentNumbers(state, numbered);
    const manifest = await makeManifest({ ...options, folder: folder.path, numbered, sources });
    try {
      const elsewhere = 'into an empty folder with `--into <dir>`';
      const outcomes = await publishAll([...numbered, manifest], isDry, elsewhere);
      return describePrepared(numbered, outcomes, sources, keysGiven);
    } finally {
      await manifest.output.discard();
    }
  } finally {
    await writer.discard();
  }
}

interface PacksToCopy {
  readonly writer: BatchWriter;
  /** Indexes into `sources`. */
  readonly packs: readonly (readonly number[])[];
  readonly sources: readonly Source[];
  /** What stands before each key, for each source. */
  readonly prefixes: readonly (string | undefined)[];
  readonly keys: KeyTable;
}

/** @returns how many lines were given a key */
async function copyPacks(
  { writer, packs, sources, prefixes, keys }: PacksToCopy,
  signal: AbortSignal,
): Promise<number> {
  const sharedKey = createKeyMaker(keys);
  let keysGiven = 0;
  for (const pack of packs) {
    await writer.next();
    for (const index of pack) {
      const source = sources[index];
      if (source === undefined) continue;
      const keyPrefix = prefixes[index];
      const take = async (line: CopiedLine): Promise<void> => {
        if (line.isKeyGiven) keysGiven += 1;
        await writer.add(index, line);
      };
      // With a prefix, keys are the file's own, as they are when it is sent by itself.
      const makeKey = keyPrefix === undefined ? sharedKey : createKeyMaker(keys);
      await copyRows(source, { makeKey, keyPrefix }, take, signal);
    }
  }
  return keysGiven;
}

async function refuseSameFolder({ inputFolder, folder }: MergeOptions): Promise<void> {
  if (!(await isSameFolder(inputFolder, folder))) return;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot merge into "${showName(folder)}": it is the input folder, and the requests would be in it twice`,
    { hint: 'name another folder with `--into <dir>`' },
  );
}

function packSources(
  sources: readonly Source[],
  prefixes: readonly (string | undefined)[],
  { limits, jobs }: MergeOptions,
): readonly (readonly number[])[] {
  const loads = sources.map((source, index) => largestLoad(source, prefixes[index]));
  for (const [index, load] of loads.entries()) {
    const limit = limitExceeded(load, limits);
    if (limit !== undefined) throw sourceTooLarge(sources[index]?.path ?? '', limit);
  }
  if (jobs === undefined) return packFiles(loads, limits);
  const packs = packIntoJobs(loads, limits, jobs);
  if (packs !== undefined) return packs;
  const fewest = packFiles(loads, limits).length;
  throw new BatchSubmitError(
    'E_INPUT',
    `Cannot merge ${sources.length} files into ${jobs}: within the limits they need ${fewest}`,
    { hint: `allow more with \`--jobs ${fewest}\`, or raise the limits` },
  );
}

/** A made key and the wrapper of a bare request are 44 bytes; the rest is room for the count of a repeat. */
const MOST_BYTES_A_KEY = 64;

/** What the source can come to at most: how long the lines without a key become shows only as they are written. */
function largestLoad(source: Source, prefix: string | undefined): FileLoad {
  const { lines, keys, sizeBytes, textLength } = source;
  const added = (lines - keys) * MOST_BYTES_A_KEY + lines * (prefix?.length ?? 0);
  return { lines, bytes: sizeBytes + 1 + added, textLength };
}

function sourceTooLarge(path: string, limit: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_INPUT',
    `Cannot merge "${showName(basename(path))}": it does not fit into one file within ${limit}`,
    { hint: 'raise the limit, or cut the file with `batch-submit split`' },
  );
}

/** They would be sent along with the packed files. */
function refuseOtherBatches({ path, present }: TargetFolder, names: readonly string[]): void {
  const others = [...present].filter(([, found]) => found.some((name) => !names.includes(name)));
  if (others.length === 0) return;
  throw new BatchSubmitError(
    'E_INPUT',
    `Cannot merge into "${showName(path)}": it holds other files for ${nameBatches(others.map(([batch]) => batch))}`,
    { hint: 'name an empty folder with `--into <dir>`' },
  );
}
