import type { FileHandle } from 'node:fs/promises';
import { LONGEST_LINE_BYTES } from './line-scanner.ts';

/** Whole lines of a file, in a buffer of their own. Only the last line of the file may lack its newline. */
export interface Segment {
  readonly bytes: Buffer;
  /** Where it begins in the file. */
  readonly offset: number;
  /** The number of its first line, from 1. */
  readonly line: number;
}

/** A line that is longer than the limit, and was left out. */
export interface SkippedLine {
  readonly skippedBytes: number;
  readonly line: number;
}

export interface SegmentOptions {
  /** Receives all bytes of the file in order, valid only during the call. */
  readonly onBytes: (bytes: Buffer) => void;
  /** Of a segment, unless one line is longer. */
  readonly segmentBytes?: number | undefined;
  readonly longestBytes?: number | undefined;
  /** Buffers that nobody needs any more; they are used again. */
  readonly spare?: Buffer[] | undefined;
}

const SEGMENT_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** Cuts a file, from where its handle stands, behind newlines. Blank lines are lines. */
export async function* segmentsOf(
  file: FileHandle,
  { onBytes, segmentBytes = SEGMENT_BYTES, longestBytes = LONGEST_LINE_BYTES, spare = [] }: SegmentOptions,
): AsyncGenerator<Segment | SkippedLine> {
  // Room for the newline too: a line that fills it all is too long.
  const mostBytes = longestBytes + 1;
  const plainBytes = Math.min(segmentBytes, mostBytes);
  const makeRoom = (): Buffer => {
    const used = spare.pop();
    return used?.length === plainBytes ? used : Buffer.allocUnsafeSlow(plainBytes);
  };
  let room = makeRoom();
  let filled = 0;
  let offset = 0;
  let line = 1;
  let skippedBytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(room, filled, room.length - filled, null);
    const isEnd = bytesRead === 0;
    onBytes(room.subarray(filled, filled + bytesRead));
    filled += bytesRead;
    if (skippedBytes > 0) {
      const end = room.subarray(0, filled).indexOf(NEWLINE);
      skippedBytes += end < 0 ? filled : end;
      if (end < 0) filled = 0;
      if (end < 0 && !isEnd) continue;
      yield { skippedBytes, line };
      offset += skippedBytes + 1;
      line += 1;
      skippedBytes = 0;
      room.copyWithin(0, end + 1, filled);
      filled -= end < 0 ? 0 : end + 1;
    }
    const cut = isEnd ? filled : filled === 0 ? 0 : room.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (cut > 0) {
      const whole = room.subarray(0, cut);
      const rest = room.subarray(cut, filled);
      // What is left may be as long as the buffer that was made for a long line.
      room = rest.length < plainBytes ? makeRoom() : Buffer.allocUnsafeSlow(mostBytes);
      filled = rest.copy(room);
      // Counted before it is handed on: the bytes may be gone afterwards.
      const lines = countLines(whole);
      yield { bytes: whole, offset, line };
      offset += cut;
      line += lines;
    } else if (filled === mostBytes) {
      skippedBytes = filled;
      filled = 0;
      room = makeRoom();
    } else if (filled === room.length) {
      // Grown once and then for good: memory that nobody has written to is not there yet.
      const roomier = Buffer.allocUnsafeSlow(mostBytes);
      room.copy(roomier);
      room = roomier;
    }
    if (isEnd) return;
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
