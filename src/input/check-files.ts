import { basename } from 'node:path';
import { BatchSubmitError } from '../model/errors.ts';
import type { InputFile } from '../model/plan.ts';
import { openInput } from './file-fault.ts';
import { firstFive } from './first-five.ts';
import { inGroups } from './in-groups.ts';
import { showName } from './show-name.ts';

/**
 * The cheap checks, over the whole range before anything is sent: every file is there, regular,
 * readable, not empty and not larger than the service takes. Content is checked later, file by file.
 * @throws {BatchSubmitError} one `E_INPUT` for all of them
 */
export async function checkInputFiles(files: readonly InputFile[]): Promise<void> {
  const bad = await findUnusable(files);
  const first = bad[0];
  if (first === undefined) return;
  throw new BatchSubmitError(
    'E_INPUT',
    bad.length === 1
      ? `Cannot use the input file "${showName(first.path)}": ${first.fault}`
      : `Cannot use ${bad.length} of ${files.length} input files: they cannot be read or sent as they are`,
    {
      hint: `correct ${bad.length === 1 ? 'it' : 'them'}, or leave ${bad.length === 1 ? 'it' : 'them'} out with \`--only <set>\``,
      details:
        bad.length === 1
          ? []
          : firstFive(bad.map(({ path, fault }) => `${showName(basename(path))}: ${fault}`)),
    },
  );
}

export interface UnusableFile {
  readonly batch: number;
  readonly path: string;
  /** What is wrong with it, as the end of a sentence. */
  readonly fault: string;
}

/** The files that would make `checkInputFiles` refuse, in the order given. */
export async function findUnusable(files: readonly InputFile[]): Promise<readonly UnusableFile[]> {
  const faults = await inGroups(files, async ({ batch, path }) => {
    const opened = await openInput(path);
    if (!opened.ok) return { batch, path, fault: opened.fault };
    await opened.file.close();
    return undefined;
  });
  return faults.filter((fault) => fault !== undefined);
}
