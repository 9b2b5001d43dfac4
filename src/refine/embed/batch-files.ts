import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyTable } from '../../input/key-table.ts';
import { readAnyNumberedName } from '../../input/name-pattern.ts';
import { readRequestRows } from '../../input/request-rows.ts';
import {
  addLoads,
  EMPTY_LOAD,
  type FileLimits,
  type FileLoad,
  limitExceeded,
} from '../../model/file-limits.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { sweepTemporaryFiles, temporaryPathFor } from '../../state/atomic-file.ts';
import { openAtomicOutput, type AtomicOutput } from '../../state/atomic-output.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import { createLineWriter, type LineWriter } from '../../state/line-writer.ts';
import type { VectorSpace } from '../vectors.ts';

/** The numbered files that ask for vectors, one text a line under its name. */
export interface AskedTexts {
  /** The highest number, or 0. */
  readonly lastBatch: number;
  /** True for the name of a text that one of the files holds. */
  readonly isAsked: (name: string) => boolean;
}

/**
 * Reads the names of all texts that were asked for before, whatever came of it.
 * @throws {BatchSubmitError} `E_INPUT` for a file that cannot be read, `E_DISK`, or the signal's reason
 */
export async function readAskedTexts(folder: string, signal: AbortSignal | undefined): Promise<AskedTexts> {
  const names = createKeyTable();
  let lastBatch = 0;
  for (const { batch, path } of await listFiles(folder)) {
    lastBatch = Math.max(lastBatch, batch);
    const read = await readRequestRows(path, { onRow: ({ key }) => void names.add(key, 0, 0) }, signal);
    if (read === undefined) throw unreadable(path);
  }
  return { lastBatch, isAsked: (name) => names.find(name) >= 0 };
}

/** Its texts may be paid for already, so they are not asked for in another file. */
function unreadable(path: string): BatchSubmitError {
  return new BatchSubmitError('E_INPUT', `Cannot tell which texts were asked for: "${path}" cannot be read`, {
    hint: 'make it readable, then run `batch-submit embed` again',
  });
}

async function listFiles(folder: string): Promise<readonly { batch: number; path: string }[]> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw diskError('read', folder, error);
  }
  return entries.sort().flatMap((name) => {
    const digits = readAnyNumberedName(name);
    return digits === undefined ? [] : [{ batch: Number(digits), path: join(folder, name) }];
  });
}

/** Files that were made, or in a dry run would be. */
export interface MadeFiles extends FileLoad {
  readonly files: number;
}

/** Writes texts into numbered files, each as large as the limits allow. */
export interface BatchFileWriter {
  add(text: string, name: string): Promise<void>;
  /** Ends the last file. */
  finish(): Promise<MadeFiles>;
  /** Throws away the file under way. */
  discard(): Promise<void>;
}

export interface WriterOptions {
  readonly space: VectorSpace;
  /** The number of the first file. */
  readonly from: number;
  readonly limits: FileLimits;
  /** Only counts. */
  readonly isDry: boolean;
}

const TEMPORARY_NAME = 'embedding';

/**
 * A file gets its name when it is whole, and before the next one begins. Who goes on after a crash asks for the texts
 * that no file holds, and so makes the files that were still to come.
 * @throws {BatchSubmitError} `E_DISK`, here and in every method
 */
export async function createBatchFiles(folder: string, options: WriterOptions): Promise<BatchFileWriter> {
  const { space, from, limits, isDry } = options;
  if (!isDry) await sweepTemporaryFiles(folder, TEMPORARY_NAME);
  let total: MadeFiles = { ...EMPTY_LOAD, files: 0 };
  let load = EMPTY_LOAD;
  let current: { readonly output: AtomicOutput; readonly writer: LineWriter } | undefined;
  const end = async (): Promise<void> => {
    if (load.lines === 0) return;
    total = { ...addLoads(total, load), files: total.files + 1 };
    load = EMPTY_LOAD;
    await current?.writer.flush();
    const path = join(folder, fileNameOf(from + total.files - 1));
    if (current !== undefined && !(await current.output.publishNew(path))) {
      throw new Error(`"${path}" was made by another run under the same lock`);
    }
    current = undefined;
  };
  return {
    async add(text, name) {
      const line = JSON.stringify({ key: name, request: requestFor(text, space) });
      const own = { lines: 1, bytes: Buffer.byteLength(line) + 1, textLength: Buffer.byteLength(text) };
      if (limitExceeded(addLoads(load, own), limits) !== undefined) await end();
      load = addLoads(load, own);
      if (isDry) return;
      current ??= await begin(folder);
      await current.writer.add(line);
    },
    async finish() {
      await end();
      return total;
    },
    async discard() {
      await current?.output.discard();
    },
  };
}

async function begin(folder: string): Promise<{ output: AtomicOutput; writer: LineWriter }> {
  const path = join(folder, TEMPORARY_NAME);
  const output = await openAtomicOutput(path, temporaryPathFor(path));
  return { output, writer: createLineWriter(output) };
}

/** As the documentation of batches writes the names of its members. */
function requestFor(text: string, { taskType, dimensions }: VectorSpace): object {
  return {
    content: { parts: [{ text }] },
    ...(taskType === undefined ? {} : { task_type: taskType }),
    output_dimensionality: dimensions,
  };
}

/** As many digits for each, so that a name does not depend on how many follow. */
function fileNameOf(batch: number): string {
  return `batch_${String(batch).padStart(5, '0')}.jsonl`;
}
