import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { addLoads, EMPTY_LOAD, type FileLoad } from '../model/file-limits.ts';
import { addLine, type LineRange } from '../model/line-ranges.ts';
import { sweepTemporaryFiles, temporaryPathFor } from '../state/atomic-file.ts';
import { openAtomicOutput, type AtomicOutput, type WrittenFile } from '../state/atomic-output.ts';
import { createLineWriter, type LineWriter } from '../state/line-writer.ts';
import { isSignalable } from '../state/process-identity.ts';
import type { CopiedLine } from './copy-rows.ts';

/** Lines of one source, in a row in one file. */
export interface Origin {
  /** The number of the source, from 0. */
  readonly source: number;
  /** Where they stand in the source. */
  readonly lines: LineRange[];
  /** Where the first of them stands in the file, from 1. */
  readonly first: number;
  /** Where the last does. */
  last: number;
}

/** A whole file, flushed to disk under a temporary name. */
export interface MadeFile extends WrittenFile {
  readonly load: FileLoad;
  readonly origins: readonly Origin[];
  readonly output: AtomicOutput;
}

/** Writes one file after the other. */
export interface BatchWriter {
  /** Ends the file under way, and begins the next with the line that follows. */
  next(): Promise<void>;
  add(source: number, line: CopiedLine): Promise<void>;
  /** What the file under way holds. */
  load(): FileLoad;
  /** All files, in order. Nothing has its name yet. */
  finish(): Promise<readonly MadeFile[]>;
  /** Throws away what was not published. */
  discard(): Promise<void>;
}

/** @param isDry only measures and hashes, and writes nothing */
export function createBatchWriter(folder: string, isDry: boolean): BatchWriter {
  const made: MadeFile[] = [];
  let current: Current | undefined;
  const open = async (): Promise<Current> => {
    const output = await createPrepared(folder, isDry);
    return { output, writer: createLineWriter(output), load: EMPTY_LOAD, origins: [] };
  };
  const end = async (): Promise<void> => {
    if (current === undefined) return;
    const { output, writer, load, origins } = current;
    await writer.flush();
    await output.seal();
    made.push({ ...output.written(), load, origins, output });
    current = undefined;
  };
  return {
    next: end,
    async add(source, { line, bytes, load }) {
      current ??= await open();
      current.load = addLoads(current.load, load);
      noteOrigin(current.origins, source, line, current.load.lines);
      await current.writer.add(bytes);
    },
    load: () => current?.load ?? EMPTY_LOAD,
    async finish() {
      await end();
      return made;
    },
    async discard() {
      await current?.output.discard();
      for (const { output } of made) await output.discard();
    },
  };
}

interface Current {
  readonly output: AtomicOutput;
  readonly writer: LineWriter;
  load: FileLoad;
  readonly origins: Origin[];
}

function noteOrigin(origins: Origin[], source: number, line: number, at: number): void {
  let origin = origins.at(-1);
  if (origin?.source !== source) {
    origin = { source, lines: [], first: at, last: at };
    origins.push(origin);
  }
  addLine(origin.lines, line);
  origin.last = at;
}

const TEMPORARY_NAME = 'prepared';

/**
 * Begins a file whose name is not known yet, because the number of files decides how many digits it has.
 * @param isDry only measures and hashes
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function createPrepared(folder: string, isDry: boolean): Promise<AtomicOutput> {
  return isDry ? hashOnly() : await openAtomicOutput(folder, temporaryPathFor(join(folder, TEMPORARY_NAME)));
}

/**
 * Removes what killed runs left in the folder; a run that is under way keeps its files.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function sweepPrepared(folder: string): Promise<void> {
  await sweepTemporaryFiles(folder, TEMPORARY_NAME, (path) =>
    Promise.resolve(!isSignalable(Number(basename(path).split('.').at(-3)))),
  );
}

function hashOnly(): AtomicOutput {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const written = (): WrittenFile => ({ sizeBytes, sha256: hash.copy().digest('hex') });
  return {
    async write(bytes) {
      hash.update(bytes);
      sizeBytes += bytes.length;
    },
    written,
    async seal() {},
    publish: () => Promise.resolve(written()),
    publishNew: () => Promise.resolve(true),
    async discard() {},
  };
}
