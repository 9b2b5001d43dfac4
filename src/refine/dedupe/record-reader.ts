import { closeSync, openSync, readSync } from 'node:fs';
import { diskError } from '../../state/disk-error.ts';
import type { AnswerRecord } from '../answer-record.ts';
import { parseRecord } from '../read-records.ts';

/** Reads single records by their places. */
export interface RecordReader {
  /** @throws {BatchSubmitError} `E_DISK`, or `E_RECORDS` when the file was changed since its places were taken */
  read(record: number): AnswerRecord;
  close(): void;
}

/** Where the lines of the records are, in bytes. */
export interface RecordPlaces {
  readonly offsets: Float64Array;
  readonly sizes: Uint32Array;
}

/** Not a promise for each: a read of some hundred bytes that the system has at hand is over before one is made. */
export function openRecordReader(path: string, { offsets, sizes }: RecordPlaces): RecordReader {
  const file = guarded(path, () => openSync(path, 'r'));
  let room = Buffer.allocUnsafe(64 * 1024);
  return {
    read(record) {
      const [offset, size] = [offsets[record] ?? 0, sizes[record] ?? 0];
      if (size > room.length) room = Buffer.allocUnsafe(2 * size);
      const bytesRead = guarded(path, () => readSync(file, room, 0, size, offset));
      return parseRecord(room.toString('utf8', 0, bytesRead), path, record + 1);
    },
    close: () => closeSync(file),
  };
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError('read', path, error);
  }
}
