import { createHash } from 'node:crypto';
import { checkRequestLine, type JsonObject } from './check-line.ts';
import { chunksOf } from './chunks.ts';
import { type InputRules, openInput } from './file-fault.ts';
import { createKeyMaker } from './key-maker.ts';
import { keyOf, type LineKey } from './line-key.ts';
import { createLineScanner, type LineScanner } from './line-scanner.ts';
import { parseLine } from './parse-line.ts';
import { endOfText, startOfText } from './trim.ts';

/** One request of an input file. */
export interface RequestRow {
  /** From 1, as an editor counts; blank lines count too. */
  readonly line: number;
  /** The key under which it is sent: its own, or one made from its content. */
  readonly key: string;
  /** Where the key comes from: `number` and `none` mean that the line is not sent as it stands. */
  readonly origin: LineKey['kind'];
  /** Parsed as Latin-1, see `LineCheck`; `undefined` for a line that is no request. */
  readonly request: JsonObject | undefined;
  readonly isBare: boolean;
  /** The line without the spaces around it; valid only during the call. */
  readonly bytes: Buffer;
}

export interface RowReceiver {
  onRow(row: RequestRow): void;
  /** Awaited after each chunk of the file, so that what the rows came to can be written. */
  afterChunk?(): Promise<void>;
}

/** What the whole file came to. */
export interface RowsRead {
  readonly sizeBytes: number;
  /** Lower-case hex over the exact bytes. */
  readonly sha256: string;
  readonly rows: number;
}

export interface RowRules extends InputRules {
  /** Makes keys that are unique over more than this file. */
  readonly makeKey?: ((line: Buffer) => string) | undefined;
}

/**
 * Reads the requests of a file in order, in flat memory, with the keys that they are sent under. The
 * same bytes give the same keys on every run.
 * @returns `undefined` when the file cannot be read
 */
export async function readRequestRows(
  path: string,
  receiver: RowReceiver,
  signal?: AbortSignal,
  rules: RowRules = {},
): Promise<RowsRead | undefined> {
  const opened = await openInput(path, rules);
  if (!opened.ok) return undefined;
  const hash = createHash('sha256');
  const { makeKey = createKeyMaker() } = rules;
  let sizeBytes = 0;
  let rows = 0;
  const take = (bytes: Buffer, line: number): void => {
    rows += 1;
    const { parsed, request, isBare, own } = readRequestLine(bytes);
    const key = own.kind === 'none' ? makeKey(bytes) : own.key;
    receiver.onRow({ line, key, origin: own.kind, request: parsed ? request : undefined, isBare, bytes });
  };
  const scanner = createRequestScanner(take);
  try {
    for await (const chunk of chunksOf(opened.file, opened.sizeBytes)) {
      signal?.throwIfAborted();
      sizeBytes += chunk.length;
      hash.update(chunk);
      scanner.push(chunk);
      await receiver.afterChunk?.();
    }
    scanner.end();
    await receiver.afterChunk?.();
  } finally {
    await opened.file.close();
  }
  return { sizeBytes, sha256: hash.digest('hex'), rows };
}

/**
 * Cuts bytes into the lines of an input file that are not blank. Of one that is too long nothing is given.
 * @param take receives a line without the spaces around it, and its number from 1
 */
export function createRequestScanner(take: (bytes: Buffer, line: number) => void): LineScanner {
  return createLineScanner({
    onLine(buffer, start, end, number) {
      const from = startOfText(buffer, start, end);
      const to = endOfText(buffer, from, end);
      if (from < to) take(buffer.subarray(from, to), number);
    },
    onTooLong(number) {
      take(Buffer.alloc(0), number);
    },
  });
}

/** What a line of an input file asks for, and under which key. */
export interface RequestLine {
  readonly parsed: boolean;
  readonly request: JsonObject | undefined;
  readonly isBare: boolean;
  readonly own: LineKey;
}

const NO_OWN_KEY: LineKey = { kind: 'none' };

/** A line that is no request has no key of its own. */
export function readRequestLine(bytes: Buffer): RequestLine {
  const parsed = parseLine(bytes);
  const verdict = parsed.ok ? checkRequestLine(parsed.value) : undefined;
  if (verdict?.ok !== true) return { parsed: false, request: undefined, isBare: false, own: NO_OWN_KEY };
  const { line, request } = verdict;
  return { parsed: true, request, isBare: line === request, own: keyOf(line, bytes) };
}
