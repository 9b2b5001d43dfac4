import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { BatchSubmitError } from '../../model/errors.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';

/** Into which record one was merged, and how alike they are, 0 to 1. */
export interface Duplicate {
  readonly id: string;
  readonly into: string;
  readonly similarity?: number | undefined;
}

/** Reads `duplicates.jsonl` beside the records, whose order it has, so that no list of them is kept. */
export interface Duplicates {
  /** What is said of this record. Ids must come in the order of the records. */
  take(id: string): Duplicate | undefined;
  /**
   * To be called behind the last record.
   * @throws {BatchSubmitError} `E_RECORDS` when lines are left over, or the bytes are not those of `sha256`
   */
  end(sha256: string): void;
  close(): void;
}

const READ_BYTES = 256 * 1024;

/** @throws {BatchSubmitError} `E_DISK`, here and in `take`; `E_RECORDS` for a line that is none */
export function openDuplicates(path: string): Duplicates {
  const file = openFile(path);
  const hash = createHash('sha256');
  const room = Buffer.alloc(READ_BYTES);
  let rest = '';
  let lines: string[] = [];
  let at = 0;
  let isAtEnd = false;
  const decoder = new TextDecoder();
  const nextLine = (): string | undefined => {
    while (at >= lines.length && !isAtEnd) {
      const size = orDiskError(path, () => readSync(file, room, 0, room.length, null));
      isAtEnd = size === 0;
      const bytes = room.subarray(0, size);
      hash.update(bytes);
      lines = (rest + decoder.decode(bytes, { stream: !isAtEnd })).split('\n');
      rest = lines.pop() ?? '';
      at = 0;
      if (isAtEnd && rest !== '') lines.push(rest);
    }
    at += 1;
    return lines[at - 1];
  };
  const next = (): Duplicate | undefined => {
    const line = nextLine();
    return line === undefined ? undefined : parseDuplicate(line, path);
  };
  let pending = next();
  return {
    take(id) {
      if (pending?.id !== id) return undefined;
      const found = pending;
      pending = next();
      return found;
    },
    end(sha256) {
      if (pending === undefined && hash.digest('hex') === sha256) return;
      throw new BatchSubmitError('E_RECORDS', `Cannot use "${path}": it does not belong to the records`, {
        hint: 'make it anew with `batch-submit dedupe`',
      });
    },
    close: () => closeSync(file),
  };
}

function parseDuplicate(line: string, path: string): Duplicate {
  try {
    const { id, into, similarity } = JSON.parse(line) as Partial<Duplicate>;
    if (typeof id === 'string' && typeof into === 'string') {
      return { id, into, similarity: typeof similarity === 'number' ? similarity : undefined };
    }
  } catch {
    // told below
  }
  throw new BatchSubmitError('E_RECORDS', `Cannot use "${path}": a line of it names no duplicate`, {
    hint: 'make it anew with `batch-submit dedupe`',
  });
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('read', path, error);
    throw new BatchSubmitError('E_RECORDS', `Cannot use "${path}": it is gone`, {
      hint: 'make it anew with `batch-submit dedupe`',
      cause: error,
    });
  }
}

function orDiskError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError('read', path, error);
  }
}
