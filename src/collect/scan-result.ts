import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createLineScanner } from '../input/line-scanner.ts';

/** A line that the service answered with an error instead of a response. */
export interface ErrorLine {
  readonly line: number;
  readonly key: string | undefined;
  readonly kind: 'error';
  readonly code: number | undefined;
  readonly message: string | undefined;
}

export interface ResultScan {
  /** Lines that are not blank. */
  readonly lines: number;
  readonly answered: number;
  readonly failed: number;
  readonly errors: readonly ErrorLine[];
  /** Why the file cannot be a results file at all. */
  readonly problem: string | undefined;
}

/** Reads a results file once, in flat memory, and counts what its lines say. */
export async function scanResult(path: string): Promise<ResultScan> {
  let lines = 0;
  let problem: string | undefined;
  const errors: ErrorLine[] = [];
  const scanner = createLineScanner({
    onLine(buffer, start, end, number) {
      const text = buffer.toString('utf8', start, end).trim();
      if (text === '') return;
      lines += 1;
      const answer = parseObject(text);
      if (answer === undefined) problem ??= `line ${number} is not a JSON object`;
      else if (!('response' in answer)) errors.push(errorLine(answer, number));
    },
    onTooLong(number) {
      problem ??= `line ${number} is too long`;
    },
  });
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    scanner.push(chunk as Buffer); // no encoding is set, so the stream gives buffers
  }
  scanner.end();
  return { lines, answered: lines - errors.length, failed: errors.length, errors, problem };
}

/** Lower-case hex of the SHA-256 over the whole file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function errorLine(answer: Record<string, unknown>, line: number): ErrorLine {
  const error = isObject(answer['error']) ? answer['error'] : {};
  return {
    line,
    key: typeof answer['key'] === 'string' ? answer['key'] : undefined,
    kind: 'error',
    code: typeof error['code'] === 'number' ? error['code'] : undefined,
    message: typeof error['message'] === 'string' ? error['message'] : undefined,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
