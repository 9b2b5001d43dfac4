import { closeSync, openSync, readSync } from 'node:fs';

/** Reads lines of a file by their places. */
export interface LineReader {
  /** The bytes are valid until the next call. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

const WINDOW_BYTES = 1024 ** 2;

/** Answers come nearly in the order of their requests, so one read serves many of them. */
export function openLineReader(path: string): LineReader {
  const file = openSync(path, 'r');
  const room = Buffer.allocUnsafe(WINDOW_BYTES);
  let window: Buffer = Buffer.alloc(0);
  let start = 0;
  return {
    read(offset, length) {
      if (offset < start || offset + length > start + window.length) {
        const bytes = length > WINDOW_BYTES ? Buffer.allocUnsafe(length) : room;
        window = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
    close: () => closeSync(file),
  };
}
