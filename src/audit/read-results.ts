import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { chunksOf } from '../input/chunks.ts';
import { isObject, type JsonObject } from '../input/check-line.ts';
import { createLineScanner, type LineScanner } from '../input/line-scanner.ts';
import { endOfText, startOfText } from '../input/trim.ts';

/** One line of a results file, before it is judged. */
export interface ResultLine {
  /** From 1, as an editor counts. */
  readonly resultLine: number;
  readonly offset: number;
  readonly length: number;
  /** `undefined` when the line is not a JSON object. */
  readonly answer: JsonObject | undefined;
}

export interface ResultsRead {
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
  /** Lines that are not blank. */
  readonly lines: number;
  /** True when the last line is no JSON: the file may have been cut on its way. */
  readonly endsTorn: boolean;
}

/** Where a line stands: its number in the file, and its bytes without the spaces around them. */
export type ResultPlace = Omit<ResultLine, 'answer'>;

export interface ResultReceiver {
  /** The bytes are valid only during the call. */
  onLine(bytes: Buffer, place: ResultPlace): void;
  onTooLong(place: ResultPlace): void;
}

/** Cuts bytes into the lines of a results file that are not blank. */
export function createResultScanner(receiver: ResultReceiver): LineScanner {
  let nextOffset = 0;
  return createLineScanner({
    onLine(buffer, start, end, number) {
      const from = startOfText(buffer, start, end);
      const to = endOfText(buffer, from, end);
      const offset = nextOffset + from - start;
      nextOffset += end - start + 1;
      if (from < to)
        receiver.onLine(buffer.subarray(from, to), { resultLine: number, offset, length: to - from });
    },
    onTooLong(number, length) {
      nextOffset += length + 1;
      receiver.onTooLong({ resultLine: number, offset: 0, length: 0 });
    },
  });
}

/**
 * Reads a results file once, in flat memory.
 * @throws a system error when the file cannot be read, and the signal's reason when it is aborted
 */
export async function readResults(
  path: string,
  onLine: (line: ResultLine) => void,
  signal: AbortSignal | undefined,
): Promise<ResultsRead> {
  const file = await open(path, 'r');
  try {
    return await readResultsOf(file, onLine, signal);
  } finally {
    await file.close();
  }
}

/** The same from where a handle stands. */
export async function readResultsOf(
  file: FileHandle,
  onLine: (line: ResultLine) => void,
  signal: AbortSignal | undefined,
): Promise<ResultsRead> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let lines = 0;
  let endsTorn = false;
  const scanner = createResultScanner({
    onLine(bytes, place) {
      const answer = parseAnswer(bytes);
      lines += 1;
      endsTorn = answer === undefined;
      onLine({ ...place, answer });
    },
    onTooLong(place) {
      lines += 1;
      onLine({ ...place, answer: undefined });
    },
  });
  for await (const chunk of chunksOf(file)) {
    signal?.throwIfAborted();
    sizeBytes += chunk.length;
    hash.update(chunk);
    scanner.push(chunk);
  }
  scanner.end();
  return { sizeBytes, sha256: hash.digest('hex'), lines, endsTorn };
}

/** One line as the service meant it; `undefined` for anything but a JSON object in UTF-8. */
export function parseAnswer(bytes: Buffer): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    const text = bytes.toString();
    // A byte-order mark is no part of the first line.
    const value: unknown = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
