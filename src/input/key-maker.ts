import { createHash } from 'node:crypto';
import { createKeyTable, type KeyTable, NEW_KEY } from './key-table.ts';

/** 80 bits: among ten million requests the odds that two share a key are one in twenty thousand million. */
const DIGITS = 20;

/**
 * Makes keys for lines that have none: `bs-` and the first 20 hex digits of the SHA-256 of the line.
 * The same line gives the same key on every run; a repeated one gets `-2`, `-3` behind it.
 * @param taken keys that lines have of their own: these are not made a second time
 */
export function createKeyMaker(taken?: Pick<KeyTable, 'find'>): (line: Buffer) => string {
  const seen = createKeyTable();
  const repeats = new Map<string, number>();
  const next = (key: string): string => {
    if (seen.add(key, 0, 0) === NEW_KEY) return key;
    const count = (repeats.get(key) ?? 1) + 1;
    repeats.set(key, count);
    return `${key}-${count}`;
  };
  const isTaken = (key: string): boolean => taken !== undefined && taken.find(key) !== NEW_KEY;
  return (line) => {
    const base = `bs-${createHash('sha256').update(line).digest('hex').slice(0, DIGITS)}`;
    let key = next(base);
    while (isTaken(key)) key = next(base);
    return key;
  };
}
