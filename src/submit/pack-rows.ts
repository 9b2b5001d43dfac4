import { inputOf, type RowSource } from '../model/batch-record.ts';
import { FIRST_ROW_RETRY } from '../model/batch-set.ts';
import { foldLines } from '../model/line-ranges.ts';
import type { InputFile } from '../model/plan.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { openAtomicOutput, type AtomicOutput } from '../state/atomic-output.ts';
import { createLineWriter, type LineWriter } from '../state/line-writer.ts';
import { makeStagingDirectory, stagedPathFor } from './stage.ts';

/** A file of rows, ready to be sent as a batch. */
export interface PackedRows extends InputFile {
  readonly rows: number;
  /** Where each row is from, in the order of the file. */
  readonly sources: readonly RowSource[];
}

export interface PackerOptions {
  /** Only counts, and writes nothing. */
  readonly isDry?: boolean;
  /** Numbers of input files, which are no retry's. */
  readonly taken?: readonly number[];
}

export interface RowPacker {
  /** Adds a line, in the order of batches and lines. */
  add(batch: number, line: number, key: string, text: Buffer): Promise<void>;
  finish(): Promise<readonly PackedRows[]>;
  discard(): Promise<void>;
}

/** Well below what the service takes, and a file that a person can still look into. */
const MOST_BYTES = 1024 ** 3;
const MOST_ROWS = 100_000;

/**
 * Puts rows into as few files as their keys allow: within one job a key must be unique.
 */
export function createRowPacker(
  state: SubmissionState,
  stagingDirectory: string,
  { isDry = false, taken = [] }: PackerOptions = {},
): RowPacker {
  const used = [...state.batches.keys(), ...taken];
  let nextBatch = used.reduce((most, batch) => Math.max(most, batch), FIRST_ROW_RETRY - 1) + 1;
  const packs: Pack[] = [];
  return {
    async add(batch, line, key, text) {
      let pack = packs.find((candidate) => candidate.takes(key));
      if (pack === undefined) {
        if (packs.length === 0 && !isDry) await makeStagingDirectory(stagingDirectory);
        pack = createPack(state, nextBatch, stagedPathFor(stagingDirectory, nextBatch), isDry);
        packs.push(pack);
        nextBatch += 1;
      }
      await pack.add(batch, line, key, text);
    },
    finish: async () => await Promise.all(packs.map((pack) => pack.finish())),
    discard: async () => void (await Promise.all(packs.map((pack) => pack.discard()))),
  };
}

interface Pack {
  takes(key: string): boolean;
  add(batch: number, line: number, key: string, text: Buffer): Promise<void>;
  finish(): Promise<PackedRows>;
  discard(): Promise<void>;
}

function createPack(state: SubmissionState, number: number, path: string, isDry: boolean): Pack {
  const keys = new Set<string>();
  const sources: { readonly batch: number; readonly lines: number[] }[] = [];
  let output: AtomicOutput | undefined;
  let writer: LineWriter | undefined;
  let sizeBytes = 0;
  return {
    takes: (key) => !keys.has(key) && keys.size < MOST_ROWS && sizeBytes < MOST_BYTES,
    async add(batch, line, key, text) {
      keys.add(key);
      const last = sources.at(-1);
      if (last?.batch === batch) last.lines.push(line);
      else sources.push({ batch, lines: [line] });
      sizeBytes += text.length + 1;
      if (isDry) return;
      output ??= await openAtomicOutput(path);
      writer ??= createLineWriter(output);
      await writer.add(text);
    },
    async finish() {
      await writer?.flush();
      await output?.publish();
      return {
        batch: number,
        path,
        sizeBytes,
        rows: keys.size,
        sources: sources.map(({ batch, lines }) => ({
          batch,
          lines: foldLines(lines),
          // Lines mean something only together with the file that they are lines of.
          inputSha256: inputOf(recordOf(state, batch))?.sha256,
        })),
      };
    },
    discard: async () => await output?.discard(),
  };
}
