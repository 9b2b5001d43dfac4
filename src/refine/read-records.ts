import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createResultScanner } from '../audit/read-results.ts';
import { chunksOf } from '../input/chunks.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';
import type { AnswerRecord } from './answer-record.ts';

/** Records of so many bytes exist at a time: of more, the collector copies most before they are done with. */
const PIECE_BYTES = 128 * 1024;

/** A record with the place of its line, in bytes. */
export interface PlacedRecord {
  readonly record: AnswerRecord;
  readonly offset: number;
  readonly length: number;
}

export interface RecordsRead {
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
  readonly count: number;
}

/**
 * Reads `records.jsonl` once, in order and in flat memory: some of its lines at a time.
 * @param onRecords awaited before more is read
 * @throws {BatchSubmitError} `E_RECORDS` when there is no such file or a line of it is no record, `E_DISK`, or
 *   the signal's reason when it is aborted
 */
export async function readRecords(
  path: string,
  onRecords: (records: readonly PlacedRecord[]) => Promise<void> | void,
  signal: AbortSignal | undefined,
): Promise<RecordsRead> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let count = 0;
  let ready: PlacedRecord[] = [];
  const scanner = createResultScanner({
    onLine(bytes, { resultLine, offset, length }) {
      ready.push({ record: parseRecord(bytes.toString(), path, resultLine), offset, length });
    },
    onTooLong: ({ resultLine }) => {
      throw notARecord(path, resultLine);
    },
  });
  const handOver = async (): Promise<void> => {
    const records = ready;
    ready = [];
    count += records.length;
    if (records.length > 0) await onRecords(records);
  };
  const file = await openRecords(path);
  try {
    const { size } = await file.stat();
    for await (const chunk of chunksOf(file, size)) {
      signal?.throwIfAborted();
      sizeBytes += chunk.length;
      hash.update(chunk);
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        scanner.push(chunk.subarray(start, start + PIECE_BYTES));
        await handOver();
      }
    }
    scanner.end();
    await handOver();
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest('hex'), count };
}

/** @throws {BatchSubmitError} `E_RECORDS` */
export function parseRecord(text: string, path: string, line: number): AnswerRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notARecord(path, line);
  }
  if (!isRecord(value)) throw notARecord(path, line);
  return value;
}

function isRecord(value: unknown): value is AnswerRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, batch, value: fields, flags } = value as Partial<AnswerRecord>;
  const hasFields = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  return typeof id === 'string' && Number.isSafeInteger(batch) && hasFields && Array.isArray(flags);
}

async function openRecords(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('read', path, error);
    throw new BatchSubmitError('E_RECORDS', `Cannot read the records: there is no "${path}"`, {
      hint: 'make them from the results with `batch-submit parse`',
      cause: error,
    });
  }
}

function notARecord(path: string, line: number): BatchSubmitError {
  return new BatchSubmitError('E_RECORDS', `Cannot read the records: line ${line} of "${path}" is none`, {
    hint: 'make the file anew with `batch-submit parse`',
  });
}
