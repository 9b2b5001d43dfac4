import { basename, join } from 'node:path';
import type { parseAnswer } from '../audit/read-results.ts';
import type { FinalRow } from '../audit/final-row.ts';
import { inputOf, savedIn, type BatchRecord } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { sweepTemporaryFiles } from '../state/atomic-file.ts';
import { openAtomicOutput } from '../state/atomic-output.ts';
import { createLineWriter, type LineWriter } from '../state/line-writer.ts';
import { makeFolder } from '../state/make-folder.ts';
import { holdsBytes } from '../state/hash-file.ts';
import { createAnswerReaders, type AnswerReaders } from './answer-readers.ts';
import { keepMerged } from './keep-merged.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import { describeOutcome } from './row-outcome.ts';
import { changedAtMs, isFolder } from './result-file.ts';

/** What `merged.jsonl` came to. */
export interface Merged extends Reconciliation {
  /** `undefined` as long as no result is here: nothing was written then. */
  readonly path: string | undefined;
  readonly lines: number;
  /** Where the file is kept that was there before, if it held answers that the new one does not. */
  readonly previous?: string | undefined;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
}

function mergedPathFor(outputDirectory: string): string {
  return join(outputDirectory, 'merged.jsonl');
}

/**
 * True when results were saved that `merged.jsonl` cannot hold: the merge was stopped, or it is gone.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function isMergeDue(state: SubmissionState, outputDirectory: string): Promise<boolean> {
  const saved = [...state.batches.values()].flatMap((record) => savedIn(record));
  if (saved.length === 0) return false;
  const mergedAtMs = await changedAtMs(mergedPathFor(outputDirectory));
  if (mergedAtMs === undefined) return true;
  const changes = await Promise.all(saved.map(async ({ saved: { path } }) => await changedAtMs(path)));
  return changes.some((changedMs) => changedMs !== undefined && changedMs > mergedAtMs);
}

/**
 * Writes `merged.jsonl`: one line for each request, in batch and input order, with its answer or the
 * reason why there is none. A file that says the same already is left alone.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function mergeResults(
  state: SubmissionState,
  batches: readonly number[],
  outputDirectory: string,
  signal: AbortSignal | undefined,
): Promise<Merged> {
  const path = mergedPathFor(outputDirectory);
  if (await isFolder(path)) {
    throw new BatchSubmitError('E_DISK', `Cannot save "${path}": it is a folder (EISDIR)`, {
      hint: `move it aside with \`mv "${path}" "${path}.old"\`, then run the same command again`,
    });
  }
  await makeFolder(outputDirectory, 'keep results in');
  // What a merge that was killed left; the caller holds the lock.
  await sweepTemporaryFiles(outputDirectory, basename(path));
  const output = await openAtomicOutput(path);
  const writer = createLineWriter(output);
  const readers = createAnswerReaders();
  let lines = 0;
  const answered = new Map<number, number>();
  try {
    const reconciliation = await reconcile(
      state,
      batches,
      async (rows, record) => {
        lines += rows.length;
        await writeRows(writer, rows, record, readers, answered);
      },
      signal,
    );
    await writer.flush();
    const written = output.written();
    const { sha256 } = written;
    if (!hasResults(state, batches)) return { ...reconciliation, path: undefined, lines, sha256 };
    const isSame = await holdsBytes(path, written);
    const previous = isSame ? undefined : await keepMerged(path, answered, signal);
    if (!isSame) await output.publish();
    return { ...reconciliation, path, lines, sha256, previous };
  } finally {
    readers.close();
    await output.discard();
  }
}

function hasResults(state: SubmissionState, batches: readonly number[]): boolean {
  return batches.some((batch) => savedIn(recordOf(state, batch)).length > 0);
}

async function writeRows(
  output: LineWriter,
  rows: readonly FinalRow[],
  record: BatchRecord,
  readers: AnswerReaders,
  answered: Map<number, number>,
): Promise<void> {
  const input = inputOf(record);
  const file = input === undefined ? undefined : basename(input.path);
  for (const row of rows) {
    const line = mergedLine(row, record, file, readers);
    if (line.response !== undefined) answered.set(line.batch, (answered.get(line.batch) ?? 0) + 1);
    await output.add(textOf(line));
  }
}

/** An answer that is nested too deep to be written is not worth the whole file. */
function textOf(line: MergedLine): string {
  try {
    return JSON.stringify(line);
  } catch {
    const { response: _tooDeep, ...head } = line;
    return JSON.stringify({ ...head, reason: { kind: 'unreadable', reason: 'too_deep' } });
  }
}

/** One line of the file. Without `response` there is a `reason`. */
interface MergedLine {
  readonly key: string | null;
  readonly batch: number;
  readonly file?: string | undefined;
  readonly line: number | null;
  readonly attempt: number;
  readonly response?: unknown;
  readonly reason?: object;
}

function mergedLine(
  row: FinalRow,
  record: BatchRecord,
  file: string | undefined,
  readers: AnswerReaders,
): MergedLine {
  const { batch, line, attempt, place } = row;
  const { group, defect } = describeOutcome(row, record);
  const isNeeded = group === 'answered' || row.key === undefined;
  const answer = place !== undefined && isNeeded ? readers.answerAt(place) : undefined;
  const key = row.key ?? keyIn(answer);
  const head = { key, batch, file, line, attempt };
  if (group === 'answered') return { ...head, response: answer?.['response'] };
  if (defect === undefined) return { ...head, reason: { kind: 'pending' } };
  const { kind, code, reason, message } = defect;
  return { ...head, reason: { kind, code, reason, message } };
}

function keyIn(answer: ReturnType<typeof parseAnswer>): string | null {
  const key = answer?.['key'];
  return typeof key === 'string' ? key : typeof key === 'number' ? String(key) : null;
}
