import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { chunksOf } from '../input/chunks.ts';
import { isObject, type JsonObject } from '../input/check-line.ts';
import { createLineScanner } from '../input/line-scanner.ts';
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

/**
 * Reads a results file once, in flat memory.
 * @throws a system error when the file cannot be read, and the signal's reason when it is aborted
 */
export async function readResults(
  path: string,
  onLine: (line: ResultLine) => void,
  signal: AbortSignal | undefined,
): Promise<ResultsRead> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let lines = 0;
  let nextOffset = 0;
  let endsTorn = false;
  const scanner = createLineScanner({
    onLine(buffer, start, end, number) {
      const from = startOfText(buffer, start, end);
      const to = endOfText(buffer, from, end);
      const offset = nextOffset + from - start;
      nextOffset += end - start + 1;
      if (from === to) return;
      lines += 1;
      const answer = parseAnswer(buffer.subarray(from, to));
      endsTorn = answer === undefined;
      onLine({ resultLine: number, offset, length: to - from, answer });
    },
    onTooLong(number, length) {
      nextOffset += length + 1;
      lines += 1;
      onLine({ resultLine: number, offset: 0, length: 0, answer: undefined });
    },
  });
  const file: FileHandle = await open(path, 'r');
  try {
    for await (const chunk of chunksOf(file)) {
      signal?.throwIfAborted();
      sizeBytes += chunk.length;
      hash.update(chunk);
      scanner.push(chunk);
    }
    scanner.end();
  } finally {
    await file.close();
  }
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
