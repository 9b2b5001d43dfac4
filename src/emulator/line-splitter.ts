import { createReadStream } from 'node:fs';

/** Lines beyond this many bytes are reported as too long instead of being held in memory. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** `undefined` stands for a line longer than MAX_LINE_BYTES. */
export type Line = Buffer | undefined;

export interface LineSplitter {
  push(chunk: Buffer): Line[];
  /** The last line when the input does not end in a newline. */
  finish(): Line[];
}

/** Cuts a byte stream at LF, holding at most one line. */
export function createLineSplitter(): LineSplitter {
  let pieces: Buffer[] = [];
  let heldBytes = 0;
  let overflow = false;

  const hold = (piece: Buffer): void => {
    heldBytes += piece.length;
    if (heldBytes > MAX_LINE_BYTES) {
      overflow = true;
      pieces = [];
    } else if (piece.length > 0) {
      pieces.push(piece);
    }
  };
  const release = (): Line => {
    const line = overflow ? undefined : Buffer.concat(pieces);
    pieces = [];
    heldBytes = 0;
    overflow = false;
    return line;
  };

  return {
    push(chunk) {
      const lines: Line[] = [];
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        hold(chunk.subarray(start, end));
        lines.push(release());
        start = end + 1;
      }
      hold(chunk.subarray(start));
      return lines;
    },
    finish: () => (heldBytes > 0 ? [release()] : []),
  };
}

/** Reads a file line by line in flat memory. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const splitter = createLineSplitter();
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    yield* splitter.push(chunk as Buffer);
  }
  yield* splitter.finish();
}

/** A line of white space only is no request (inferred) and is skipped everywhere. */
export function isBlank(line: Line): boolean {
  return line !== undefined && line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
