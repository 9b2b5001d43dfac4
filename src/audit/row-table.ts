import { createKeyTable, findInKeyTable, NEW_KEY, type SharedKeys } from '../input/key-table.ts';
import { longColumn, sharedColumn } from './columns.ts';
import { createExpectations, type Expectation, type Expectations, MOST_DIMENSIONS } from './expectation.ts';
import type { RequestFinder } from './judge-line.ts';

/** The requests of one input file, as answers are matched with them. Rows count from 0, in file order. */
export interface RowTable extends RequestFinder {
  count(): number;
  /** Line of the input file, from 1. */
  lineOf(row: number): number;
  /** True when the key is one we made: the line may have been sent without it. */
  isKeyMade(row: number): boolean;
  readonly expectations: Expectations;
  /** The next row with the same key, or -1. */
  next(row: number): number;
  /** For `findInShared` in another thread. */
  share(): SharedRows;
}

export interface GrowingRowTable extends RowTable {
  add(key: string, row: NewRow): void;
  /** The same for a key of which only the hash is at hand, see `hashKey`. */
  addHash(high: number, low: number, row: NewRow): void;
}

interface NewRow {
  readonly line: number;
  readonly isKeyMade: boolean;
  readonly expectation: Expectation;
}

/** What finds a row by its key, in memory that threads share. */
export interface SharedRows {
  readonly keys: SharedKeys;
  readonly wishes: Uint16Array;
  readonly schemaTexts: readonly string[];
}

/** Of a line that is no request. */
export const PLAIN: Expectation = { wantsJson: false, schema: undefined };

const MADE = 1;
const JSON_WANTED = 2;
/** Above the flags: 1 + the number of the schema, 0 for none. */
const SCHEMA_UNIT = 4;
/** Above the numbers of schemas: from here on the dimensions of an embedding stand there instead. */
const NO_DIMENSIONS = 4095;

/**
 * Memory is some 40 bytes a request, however long the requests are.
 * @param rowCount how many there will be, or about so; without it nothing is shared with threads
 */
export function createRowTable(rowCount?: number): GrowingRowTable {
  const keys = createKeyTable(rowCount);
  const expectations = createExpectations();
  const lines = longColumn(rowCount);
  const wishes = sharedColumn(rowCount);
  /** 1 + the row that follows one with the same key; 0 for none. */
  const following = longColumn();
  const lastOf = new Map<number, number>();
  let count = 0;
  /** @param first what the key table says: the first row with the key, or `NEW_KEY` */
  const addRow = (first: number, { line, isKeyMade, expectation }: NewRow): void => {
    const row = count;
    count += 1;
    lines.set(row, line);
    wishes.set(row, wishOf(expectation) + (isKeyMade ? MADE : 0));
    if (first === NEW_KEY) return;
    following.set(lastOf.get(first) ?? first, row + 1);
    lastOf.set(first, row);
  };
  return {
    add: (key, row) => addRow(keys.add(key, count, 0), row),
    addHash: (high, low, row) => addRow(keys.addHash(high, low, count, 0), row),
    count: () => count,
    lineOf: (row) => lines.get(row),
    isKeyMade: (row) => (wishes.get(row) & MADE) !== 0,
    expectationOf: (row) => expectationIn(wishes.get(row)),
    expectations,
    find: (key) => keys.find(key),
    next: (row) => following.get(row) - 1,
    share: () => ({
      keys: keys.share(),
      wishes: wishes.share(),
      schemaTexts: expectations.schemaTexts,
    }),
  };
}

/** Looks into the table of another thread. */
export function findInShared({ keys, wishes, schemaTexts }: SharedRows): RequestFinder & {
  readonly expectations: Expectations;
} {
  return {
    find: findInKeyTable(keys),
    expectationOf: (row) => expectationIn(wishes[row] ?? 0),
    expectations: createExpectations(schemaTexts),
  };
}

/** An expectation as a number below 65,536. */
export function wishOf({ wantsJson, schema, dimensions }: Expectation): number {
  if (dimensions !== undefined && dimensions <= MOST_DIMENSIONS)
    return (NO_DIMENSIONS + dimensions) * SCHEMA_UNIT;
  return (wantsJson ? JSON_WANTED : 0) + (schema === undefined ? 0 : (schema + 1) * SCHEMA_UNIT);
}

export function expectationIn(wish: number): Expectation {
  const schema = Math.floor(wish / SCHEMA_UNIT);
  if (schema > NO_DIMENSIONS) return { ...PLAIN, dimensions: schema - NO_DIMENSIONS };
  return { wantsJson: (wish & JSON_WANTED) !== 0, schema: schema === 0 ? undefined : schema - 1 };
}
