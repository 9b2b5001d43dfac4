/** Longest line that is ever held in memory: 64 MiB. */
export const LONGEST_LINE_BYTES: number = 64 * 1024 ** 2;

/**
 * Receives one line, without its `\n`, as `buffer[start, end)`; the bytes are valid only during the call.
 * `number` counts from 1. A line longer than the limit is announced by `onTooLong` instead, with its length.
 */
export interface LineReceiver {
  onLine(buffer: Buffer, start: number, end: number, number: number): void;
  onTooLong(number: number, bytes: number): void;
}

export interface LineScanner {
  /** Takes the next bytes. They may be overwritten afterwards. */
  push(chunk: Buffer): void;
  /** Hands out the last line when no newline ended it. */
  end(): void;
}

const NEWLINE = 0x0a;
/** Enough for any line but a very long one that crosses from one chunk into the next. */
const FIRST_ROOM_BYTES = 4 * 1024 ** 2;

/**
 * Cuts bytes into lines. Lines within a chunk are handed out where they lie; only one that crosses
 * chunks is copied, and never more of it than the limit.
 */
export function createLineScanner(
  receiver: LineReceiver,
  longestBytes: number = LONGEST_LINE_BYTES,
): LineScanner {
  let number = 1;
  let kept: Buffer = Buffer.alloc(0);
  let keptBytes = 0;
  let isTooLong = false;

  const keep = (bytes: Buffer): void => {
    const from = keptBytes;
    keptBytes += bytes.length;
    if (keptBytes > longestBytes) {
      isTooLong = true;
      kept = Buffer.alloc(0);
    }
    if (isTooLong) return;
    if (keptBytes > kept.length) {
      // Grown once and then for good: memory that nobody has written to is not there yet.
      const room = keptBytes > FIRST_ROOM_BYTES ? longestBytes : Math.min(FIRST_ROOM_BYTES, longestBytes);
      const roomier = Buffer.allocUnsafeSlow(room);
      kept.copy(roomier, 0, 0, from);
      kept = roomier;
    }
    bytes.copy(kept, from);
  };

  const finishKept = (): void => {
    if (isTooLong) {
      receiver.onTooLong(number, keptBytes);
    } else {
      receiver.onLine(kept, 0, keptBytes, number);
    }
    keptBytes = 0;
    isTooLong = false;
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        if (keptBytes > 0) {
          keep(chunk.subarray(start, end));
          finishKept();
        } else if (end - start > longestBytes) {
          receiver.onTooLong(number, end - start);
        } else {
          receiver.onLine(chunk, start, end, number);
        }
        number += 1;
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end() {
      if (keptBytes > 0) finishKept();
    },
  };
}
