import type { Segment } from './segments.ts';
import { endOfText, startOfText } from './trim.ts';

const NEWLINE = 0x0a;

/** Finds lines of a segment by their numbers, which are asked for in order; without the spaces around them. */
export function createLineFinder({ bytes, line: firstLine }: Segment): (number: number) => Buffer {
  let line = firstLine;
  let start = 0;
  const endAt = (from: number): number => {
    const newline = bytes.indexOf(NEWLINE, from);
    return newline < 0 ? bytes.length : newline;
  };
  return (number) => {
    for (; line < number; line += 1) start = endAt(start) + 1;
    const end = endAt(start);
    const from = startOfText(bytes, start, end);
    return bytes.subarray(from, endOfText(bytes, from, end));
  };
}
