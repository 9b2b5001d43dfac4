import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { keyedLine } from '../input/keyed-line.ts';
import { readRequestRows } from '../input/request-rows.ts';
import type { InputFacts } from '../model/batch-record.ts';
import { paddedBatch } from '../model/names.ts';
import type { Result } from '../model/service.ts';
import { sweepTemporaryFiles } from '../state/atomic-file.ts';
import { openAtomicOutput } from '../state/atomic-output.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';
import { createLineWriter } from '../state/line-writer.ts';
import { makeFolder } from '../state/make-folder.ts';

/** The folder for files that this tool makes to be sent: beside the state that speaks of them. */
export function stagingDirectoryFor(statePath: string): string {
  return `${statePath}.staged`;
}

/** Where the file of one batch stands in it. */
export function stagedPathFor(stagingDirectory: string, batch: number): string {
  return join(stagingDirectory, `batch_${paddedBatch(batch)}.jsonl`);
}

/** @throws {BatchSubmitError} `E_DISK` */
export function makeStagingDirectory(stagingDirectory: string): Promise<void> {
  return makeFolder(stagingDirectory, 'keep files to be sent in');
}

/**
 * Writes the copy of an input file that is sent in its place: the same requests in the same order, each
 * line with its key, blank lines and CRs left out. The same input gives the same bytes on every run. The
 * original is only read.
 * @returns the input with `staged` filled in, or the failure `input_changed`
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function stageInput(
  stagingDirectory: string,
  batch: number,
  input: InputFacts,
  signal: AbortSignal,
): Promise<Result<InputFacts>> {
  await makeStagingDirectory(stagingDirectory);
  const output = await openAtomicOutput(stagedPathFor(stagingDirectory, batch));
  try {
    const writer = createLineWriter(output);
    let held: Buffer[] = [];
    const read = await readRequestRows(
      input.path,
      {
        onRow(row) {
          const line = keyedLine(row);
          // Copied where it is the line itself, which lies in a buffer that the next chunk overwrites.
          held.push(line === row.bytes ? Buffer.from(line) : line);
        },
        async afterChunk() {
          for (const line of held) await writer.add(line);
          held = [];
        },
      },
      signal,
    );
    if (read?.sha256 !== input.sha256) {
      const what = read === undefined ? 'cannot be read any more' : 'was edited after it was checked';
      const message = `the input file ${what}`;
      return { ok: false, failure: { kind: 'input_changed', reason: 'CONTENT_CHANGED', message } };
    }
    await writer.flush();
    return { ok: true, value: { ...input, staged: await output.publish() } };
  } finally {
    await output.discard();
  }
}

/**
 * Removes the copy once it has been sent: it can be made again from the original at any time. One that stays,
 * because the folder refuses, is swept later.
 */
export async function unstage(stagingDirectory: string, batch: number): Promise<void> {
  await rm(stagedPathFor(stagingDirectory, batch), { force: true }).catch(() => undefined);
}

/**
 * Removes what killed runs left of the staging folder, and the folder itself when nothing is left in it.
 * The caller holds the lock.
 * @param isKept whether a batch's file is its only input
 */
export async function sweepStaged(
  stagingDirectory: string,
  isKept: (batch: number) => boolean,
): Promise<void> {
  try {
    const names = await readdir(stagingDirectory);
    for (const name of names) {
      const digits = /^batch_(\d{3,9})\.jsonl$/.exec(name)?.[1];
      if (digits !== undefined && !isKept(Number(digits))) await rm(join(stagingDirectory, name));
      const target = /^\.(.+)\.\d+\.[0-9a-f]{16}\.tmp$/.exec(name)?.[1];
      if (target !== undefined) await sweepTemporaryFiles(stagingDirectory, target);
    }
    await rmdir(stagingDirectory);
  } catch (error) {
    const isFine = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '');
    if (!isFine)
      throw diskError(`clean up "${basename(stagingDirectory)}" in`, dirname(stagingDirectory), error);
  }
}
