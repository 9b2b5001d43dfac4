import { createHash } from 'node:crypto';
import { createKeyTable, NEW_KEY } from './key-table.ts';

/** 80 bits: among ten million requests the odds that two share a key are one in twenty thousand million. */
const DIGITS = 20;

/**
 * Makes keys for lines that have none: `bs-` and the first 20 hex digits of the SHA-256 of the line.
 * The same line gives the same key on every run; a repeated one gets `-2`, `-3` behind it.
 */
export function createKeyMaker(): (line: Buffer) => string {
  const seen = createKeyTable();
  const repeats = new Map<string, number>();
  return (line) => {
    const key = `bs-${createHash('sha256').update(line).digest('hex').slice(0, DIGITS)}`;
    if (seen.add(key, 0, 0) === NEW_KEY) return key;
    const count = (repeats.get(key) ?? 1) + 1;
    repeats.set(key, count);
    return `${key}-${count}`;
  };
}
