import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { createKeyMaker } from '../input/key-maker.ts';
import { createKeyTable } from '../input/key-table.ts';
import { showName } from '../input/show-name.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { addLoads, type FileLimits, limitExceeded } from '../model/file-limits.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { makeFolder } from '../state/make-folder.ts';
import { createBatchWriter, sweepPrepared } from './batch-writer.ts';
import { checkSources } from './check-sources.ts';
import { type CopiedLine, copyRows } from './copy-rows.ts';
import { describePrepared, type Prepared, unpublished } from './prepared.ts';
import { publishAll } from './publish.ts';
import { refuseSentNumbers } from './refuse-submitted.ts';
import { lookAtFolder, refuseSourcesWithin, refuseTakenNumbers } from './target-folder.ts';

export interface SplitOptions {
  readonly paths: readonly string[];
  /** Where the numbered files go. */
  readonly folder: string;
  readonly pattern: string | undefined;
  /** The number of the first file. */
  readonly from: number;
  readonly limits: FileLimits;
  readonly isDry: boolean;
  readonly state: SubmissionState;
}

/**
 * Cuts files of requests into numbered ones within the limits, in order. The input is read twice: everything is
 * checked before the first byte is written, and every file is on disk before the first gets its name. The same
 * input gives the same files on every run.
 * @throws {BatchSubmitError} `E_INPUT`, `E_DUPLICATE_BATCH`, `E_OTHER_INPUT`, `E_USAGE`, `E_DISK`
 */
export async function splitInput(options: SplitOptions, signal: AbortSignal): Promise<Prepared> {
  const { paths, pattern, from, limits, isDry, state } = options;
  const folder = await lookAtFolder(options.folder, pattern);
  await refuseSourcesWithin(folder, paths);
  await refuseRepeatedPaths(paths);
  const keys = createKeyTable();
  const sources = await checkSources(paths, { action: 'split', keys, prefixKeys: false }, signal);
  const makeKey = createKeyMaker(keys);
  if (!isDry) {
    await makeFolder(folder.path, 'keep batches in');
    await sweepPrepared(folder.path);
  }
  const writer = createBatchWriter(folder.path, isDry);
  let keysGiven = 0;
  try {
    for (const [index, source] of sources.entries()) {
      const take = async (line: CopiedLine): Promise<void> => {
        const together = addLoads(writer.load(), line.load);
        if (limitExceeded(together, limits) !== undefined) {
          const limit = limitExceeded(line.load, limits);
          if (limit !== undefined) throw lineTooLarge(source.path, line.line, limit);
          await writer.next();
        }
        if (line.isKeyGiven) keysGiven += 1;
        await writer.add(index, line);
      };
      await copyRows(source, { makeKey, isCut: true }, take, signal);
    }
    const made = await writer.finish();
    const names = folder.namesFor(from, made.length);
    refuseTakenNumbers(folder, from, names);
    const files = unpublished(made, folder.path, from, names);
    refuseSentNumbers(state, files);
    const outcomes = await publishAll(files, isDry, 'from another number on with `--from <n>`');
    return describePrepared(files, outcomes, sources, keysGiven);
  } finally {
    await writer.discard();
  }
}

/** Lines without a key would be taken for others each time. */
async function refuseRepeatedPaths(paths: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const path of paths) {
    const real = await realpath(path).catch(() => path); // what cannot be found is told by the check
    if (seen.has(real))
      throw new BatchSubmitError('E_USAGE', `Cannot split "${showName(path)}": it is named twice`, {
        hint: 'name each file once',
      });
    seen.add(real);
  }
}

function lineTooLarge(path: string, line: number, limit: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_INPUT',
    `Cannot split "${showName(basename(path))}": line ${line} alone is above ${limit}`,
    { hint: 'raise the limit, or take the line out, then run the same command again' },
  );
}
