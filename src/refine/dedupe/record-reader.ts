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

/**
 * Not a promise for each: a read of some hundred bytes that the system has at hand is over before one is made.
 * @param offsets where the records begin, in bytes, and in the end the size of the file
 */
export function openRecordReader(path: string, offsets: Float64Array): RecordReader {
  const file = guarded(path, () => openSync(path, 'r'));
  let room = Buffer.allocUnsafe(64 * 1024);
  return {
    read(record) {
      const offset = offsets[record] ?? 0;
      const size = (offsets[record + 1] ?? offset) - offset;
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
