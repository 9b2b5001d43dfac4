import type { AtomicOutput } from './atomic-output.ts';

/** Lines for a file under way, many in one write. */
export interface LineWriter {
  /** @throws {BatchSubmitError} `E_DISK`, as does `flush` */
  add(line: string | Uint8Array): Promise<void>;
  /** Hands over what is not in the file yet. To be called once the last line is added. */
  flush(): Promise<void>;
}

const ROOM_BYTES = 1024 ** 2;
const NEWLINE = Buffer.from('\n');
/** A UTF-16 unit becomes at most so many bytes of UTF-8. */
const MOST_BYTES_A_UNIT = 3;

/** Keeps one buffer for all lines: a million small ones would be memory that is given back late. */
export function createLineWriter(output: AtomicOutput): LineWriter {
  const room = Buffer.allocUnsafe(ROOM_BYTES);
  let used = 0;
  const flush = async (): Promise<void> => {
    const bytes = room.subarray(0, used);
    used = 0;
    if (bytes.length > 0) await output.write(bytes);
  };
  return {
    async add(line) {
      const mostBytes = line.length * (typeof line === 'string' ? MOST_BYTES_A_UNIT : 1) + NEWLINE.length;
      if (used + mostBytes > room.length) await flush();
      if (mostBytes > room.length) {
        await output.write(typeof line === 'string' ? Buffer.from(line) : line);
        await output.write(NEWLINE);
        return;
      }
      used += typeof line === 'string' ? room.write(line, used) : copyTo(room, used, line);
      used += copyTo(room, used, NEWLINE);
    },
    flush,
  };
}

function copyTo(room: Buffer, at: number, bytes: Uint8Array): number {
  room.set(bytes, at);
  return bytes.length;
}
