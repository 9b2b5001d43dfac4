import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, objectField } from './json.ts';
import { promptOf } from './prompt-text.ts';
import { createLineSplitter, isBlank, type Line } from './line-splitter.ts';

/** What the emulator knows of an input file without keeping it in memory. */
export interface InputScan {
  /** Lines that are not blank. */
  readonly requestCount: number;
  /** 0-based indexes, among the non-blank lines, of JSON that is no request. */
  readonly unusable: ReadonlySet<number>;
  /** Set when a line is not JSON at all: the job will fail with code 3. */
  readonly problem: string | undefined;
  /** Characters of all prompts together. */
  readonly promptLength: number;
  /** One for each request, or none at all where nobody asked for them. */
  readonly fingerprints: readonly string[];
}

export interface InputScanner {
  push(chunk: Buffer): void;
  finish(): InputScan;
}

/**
 * Looks at the bytes of an upload as they pass by, so that a create has nothing left to read.
 * @param takesPrints whether to keep a fingerprint of every request, which takes memory
 */
export function createInputScanner(takesPrints: boolean): InputScanner {
  const splitter = createLineSplitter();
  const unusable = new Set<number>();
  const fingerprints: string[] = [];
  let requestCount = 0;
  let lineNumber = 0;
  let problem: string | undefined;
  let promptLength = 0;

  const take = (line: Line): void => {
    lineNumber += 1;
    if (isBlank(line)) return;
    // After the first broken line the outcome is settled, and a 2 GB binary need not be parsed.
    if (problem === undefined) {
      const parsed = parseLine(line);
      if (parsed === undefined) problem = `Failed to parse JSON on line ${lineNumber} of the input file.`;
      else {
        const request = readRequest(parsed);
        if (request === undefined) unusable.add(requestCount);
        else promptLength += promptOf(request).length;
        if (takesPrints) fingerprints.push(fingerprint(parsed));
      }
    }
    requestCount += 1;
  };

  return {
    push(chunk) {
      for (const line of splitter.push(chunk)) take(line);
    },
    finish() {
      for (const line of splitter.finish()) take(line);
      return { requestCount, unusable, problem, promptLength, fingerprints };
    },
  };
}

/** Undefined for anything but one JSON object in valid UTF-8 without a byte order mark (inferred). */
export function parseLine(line: Line): JsonObject | undefined {
  if (line === undefined || !isUtf8(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line.toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The request of an input line: its `request` member, or the line itself when it is a bare request. */
export function readRequest(line: JsonObject): JsonObject | undefined {
  const request = objectField(line, 'request') ?? line;
  return Array.isArray(request['contents']) ||
    isJsonObject(request['contents']) ||
    isJsonObject(request['content'])
    ? request
    : undefined;
}

/** Tells requests apart by all that they say, however it is written down. */
export function fingerprint(item: JsonObject): string {
  const text = JSON.stringify(readRequest(item) ?? item);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
