import { createKeyTable, NEW_KEY } from '../input/key-table.ts';
import { readRequestRows } from '../input/request-rows.ts';
import { longColumn, shortColumn } from './columns.ts';
import { createExpectations, type Expectation, type Expectations } from './expectation.ts';

/** The requests of one input file, as answers are matched with them. Rows count from 0, in file order. */
export interface ExpectedRows {
  readonly count: number;
  /** Line of the input file, from 1. */
  lineOf(row: number): number;
  /** True when the key is one we made: the line may have been sent without it. */
  isKeyMade(row: number): boolean;
  /** What the answer must look like. */
  expectationOf(row: number): Expectation;
  readonly expectations: Expectations;
  /** The first row with the key, or -1. */
  find(key: string): number;
  /** The next row with the same key, or -1. */
  next(row: number): number;
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
}

const MADE = 1;
const JSON_WANTED = 2;
/** Above the flags: 1 + the number of the schema, 0 for none. */
const SCHEMA_UNIT = 4;

/**
 * Reads an input file once. Memory is some 40 bytes a request, however long the requests are.
 * @param rowCount how many there are, where that is known
 * @returns `undefined` when the file cannot be read
 */
export async function readExpectedRows(
  path: string,
  signal: AbortSignal | undefined,
  rowCount?: number,
): Promise<ExpectedRows | undefined> {
  const keys = createKeyTable();
  const expectations = createExpectations();
  const lines = longColumn(rowCount);
  const wishes = shortColumn(rowCount);
  /** 1 + the row that follows one with the same key; 0 for none. */
  const following = longColumn();
  const lastOf = new Map<number, number>();
  let count = 0;
  const read = await readRequestRows(
    path,
    {
      onRow({ line, key, origin, request }) {
        const row = count;
        count += 1;
        lines.set(row, line);
        const { wantsJson, schema } = request === undefined ? PLAIN : expectations.of(request);
        const flags = (origin === 'none' ? MADE : 0) + (wantsJson ? JSON_WANTED : 0);
        wishes.set(row, flags + (schema === undefined ? 0 : (schema + 1) * SCHEMA_UNIT));
        const first = keys.add(key, row, 0);
        if (first === NEW_KEY) return;
        following.set(lastOf.get(first) ?? first, row + 1);
        lastOf.set(first, row);
      },
    },
    signal,
  );
  if (read === undefined) return undefined;
  return {
    count,
    lineOf: (row) => lines.get(row),
    isKeyMade: (row) => (wishes.get(row) & MADE) !== 0,
    expectationOf(row) {
      const wish = wishes.get(row);
      const schema = Math.floor(wish / SCHEMA_UNIT);
      return { wantsJson: (wish & JSON_WANTED) !== 0, schema: schema === 0 ? undefined : schema - 1 };
    },
    expectations,
    find: (key) => keys.find(key),
    next: (row) => following.get(row) - 1,
    sizeBytes: read.sizeBytes,
    sha256: read.sha256,
  };
}

const PLAIN: Expectation = { wantsJson: false, schema: undefined };
