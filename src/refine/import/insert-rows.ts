import type { Lineage } from './batch-facts.ts';
import { BATCH_FACTS, isBatchFact, type BatchFact, type Cell, type Column } from './column.ts';
import { quoteName, type Database } from './database.ts';
import { loosen, packRows, type PackedRows } from './packed-rows.ts';
import type { RowChunk } from './rows.ts';

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
  const insert = packInserter(database, `INSERT INTO ${quoteName(table)}`, places, BATCH_FACTS.length);
  return (chunk, lineage) => {
    const facts = batchCells(chunk, lineage);
    const shared = BATCH_FACTS.map((name) => facts[name]);
    for (const packed of chunk.cells) insert(packed, shared);
  };
}

/** Writes rows of `width` cells, of which some may be there already. */
export function plainInserter(
  database: Database,
  table: string,
  width: number,
): (rows: readonly PackedRows[]) => void {
  const places = Array.from({ length: width }, (_, index) => index);
  const insert = packInserter(database, `INSERT OR IGNORE INTO ${quoteName(table)}`, places, 0);
  return (rows) => {
    for (const packed of rows) insert(packed, []);
  };
}

/** As `plainInserter`, for few rows. */
export function insertRow(database: Database, table: string, row: readonly Cell[]): void {
  plainInserter(database, table, row.length)(packRows(row, row.length));
}

/** @param places for each column which cell it takes, of the shared ones and then of the row's own */
function packInserter(
  database: Database,
  insertInto: string,
  places: readonly number[],
  shared: number,
): (packed: PackedRows, sharedCells: readonly Cell[]) => void {
  const statements = new Map<string, (cells: readonly Cell[]) => void>();
  return (packed, sharedCells) => {
    const isNew = !statements.has(`${packed.rows} ${packed.form}`);
    const { rows, form, cells } = isNew && statements.size >= MOST_FORMS ? loosen(packed) : packed;
    const name = `${rows} ${form}`;
    let statement = statements.get(name);
    if (statement === undefined) {
      statement = database.prepare(`${insertInto} VALUES ${valuesSql(rows, form, places, shared)}`);
      statements.set(name, statement);
    }
    statement(shared === 0 ? cells : [...sharedCells, ...cells]);
  };
}

/** Parameters in the order of the cells: those shared by all statements, and then as they are packed. */
function valuesSql(rows: number, form: string, places: readonly number[], shared: number): string {
  const varying = form.replaceAll('s', '').length;
  let [same, various] = [shared, shared + form.length - varying];
  const numbers = Array.from(form, (letter) => (letter === 's' ? (same += 1) : (various += 1)));
  const slot = (place: number, row: number): number => {
    if (place < shared) return place + 1;
    const number = numbers[place - shared] ?? 0;
    return form[place - shared] === 's' ? number : number + row * varying;
  };
  return Array.from(
    { length: rows },
    (_, row) => `(${places.map((place) => `?${slot(place, row)}`).join(', ')})`,
  ).join(', ');
}
