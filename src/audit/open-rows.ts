import { createKeyTable, NEW_KEY } from '../input/key-table.ts';
import type { RowFinder } from './answer-sheet.ts';

/** Rows that are made as keys turn up, for results whose requests are not at hand. */
export interface OpenRows extends RowFinder {
  /** A row for an answer without a key. */
  add(): number;
  count(): number;
  /** The row of a key that turned up, or -1. */
  lookUp(key: string): number;
}

export function createOpenRows(): OpenRows {
  const keys = createKeyTable();
  let count = 0;
  return {
    find(key) {
      const known = keys.add(key, count, 0);
      if (known !== NEW_KEY) return known;
      count += 1;
      return count - 1;
    },
    next: () => -1,
    add() {
      count += 1;
      return count - 1;
    },
    count: () => count,
    lookUp: (key) => keys.find(key),
  };
}
