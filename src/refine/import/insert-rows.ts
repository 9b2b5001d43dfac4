import type { Lineage } from './batch-facts.ts';
import { BATCH_FACTS, isBatchFact, type BatchFact, type Cell, type Column } from './column.ts';
import { quoteName, type Database } from './database.ts';
import type { RowChunk } from './rows.ts';

/** Rows in one statement. A call of the driver costs more than a row of it. */
const ROWS_AT_ONCE = 50;
/** Statements are made for the forms that rows have; beyond so many, one form must do for all. */
const MOST_FORMS = 100;

/** The columns that are read from the records, and not known of the batch. */
export function readColumns(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ from }) => !isBatchFact(from));
}

export function batchCells(
  { batch, attempt }: RowChunk,
  lineage: Lineage,
): Readonly<Record<BatchFact, Cell>> {
  return {
    batch,
    attempt,
    model: lineage.model,
    job_name: lineage.jobName,
    input_file: lineage.inputFile,
  };
}

/** Writes chunks of rows into a table that has these columns. */
export function rowInserter(
  database: Database,
  table: string,
  columns: readonly Column[],
): (chunk: RowChunk, lineage: Lineage) => void {
  let next = BATCH_FACTS.length;
  // Which cell of a row each column takes: facts of the batch stand before those that were read.
  const places = columns.map(({ from }) => (isBatchFact(from) ? BATCH_FACTS.indexOf(from) : (next += 1) - 1));
  const insert = manyRows(database, `INSERT INTO ${quoteName(table)}`, places, BATCH_FACTS.length);
  return (chunk, lineage) => {
    const facts = batchCells(chunk, lineage);
    insert(
      chunk.cells,
      BATCH_FACTS.map((name) => facts[name]),
    );
  };
}

/** Writes rows of `width` cells, which may be there already. */
export function plainInserter(
  database: Database,
  table: string,
  width: number,
): (cells: readonly Cell[]) => void {
  const places = Array.from({ length: width }, (_, index) => index);
  const insert = manyRows(database, `INSERT OR IGNORE INTO ${quoteName(table)}`, places, 0);
  return (cells) => insert(cells, []);
}

/**
 * Writes rows, many in a statement. To hand over a cell takes longer than to store it, so one that is the same in all
 * rows of a statement, such as the line or nothing at all, is handed over once.
 * @param places for each column which cell it takes, of those that all rows share and then of the row's own
 */
function manyRows(
  database: Database,
  insertInto: string,
  places: readonly number[],
  shared: number,
): (cells: readonly Cell[], sharedCells: readonly Cell[]) => void {
  const width = places.filter((place) => place >= shared).length;
  const statements = new Map<string, (cells: readonly Cell[]) => void>();
  const statementFor = (rows: number, form: readonly boolean[]): ((cells: readonly Cell[]) => void) => {
    const name = `${rows} ${form.map(Number).join('')}`;
    const known = statements.get(name);
    if (known !== undefined) return known;
    const made = database.prepare(`${insertInto} VALUES ${valuesSql(rows, form, places, shared)}`);
    statements.set(name, made);
    return made;
  };
  return (cells, sharedCells) => {
    for (let from = 0; from < cells.length; from += ROWS_AT_ONCE * width) {
      const to = Math.min(cells.length, from + ROWS_AT_ONCE * width);
      const form = formOf(cells, { from, to, width }, statements.size < MOST_FORMS);
      const bound = [...sharedCells];
      for (let index = 0; index < width; index += 1)
        if (form[index] === false) bound.push(cells[from + index] ?? null);
      for (let at = from; at < to; at += width)
        for (let index = 0; index < width; index += 1)
          if (form[index] === true) bound.push(cells[at + index] ?? null);
      statementFor((to - from) / width, form)(bound);
    }
  };
}

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** For each cell of a row, whether it differs among the rows. */
function formOf(cells: readonly Cell[], { from, to, width }: Slice, mayBeNew: boolean): readonly boolean[] {
  return Array.from({ length: width }, (_, index) => {
    const first = cells[from + index];
    for (let at = from + width; at < to; at += width) if (cells[at + index] !== first) return true;
    return !mayBeNew;
  });
}

/** Parameters: the shared cells, those that are the same in all rows, and then row by row those that are not. */
function valuesSql(
  rows: number,
  form: readonly boolean[],
  places: readonly number[],
  shared: number,
): string {
  const varying = form.filter(Boolean).length;
  const numbers: ((row: number) => number)[] = [];
  let sameSoFar = 0;
  let varyingSoFar = 0;
  for (const varies of form) {
    if (varies) {
      const offset = shared + form.length - varying + varyingSoFar + 1;
      numbers.push((row) => offset + row * varying);
      varyingSoFar += 1;
    } else {
      const number = shared + sameSoFar + 1;
      numbers.push(() => number);
      sameSoFar += 1;
    }
  }
  const tuple = (row: number): string =>
    places
      .map((place) => `?${place < shared ? place + 1 : (numbers[place - shared]?.(row) ?? 0)}`)
      .join(', ');
  return Array.from({ length: rows }, (_, row) => `(${tuple(row)})`).join(', ');
}
