/** Ends lines on Windows, before the newline. */
export const CR = 0x0d;

/** Where the line begins once spaces are left out. */
export function startOfText(buffer: Buffer, start: number, end: number): number {
  let from = start;
  while (from < end && isSpace(buffer[from])) from += 1;
  return from;
}

/** Where it ends. */
export function endOfText(buffer: Buffer, start: number, end: number): number {
  let to = end;
  while (to > start && isSpace(buffer[to - 1])) to -= 1;
  return to;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === CR;
}
