import { readSmallFile } from '../../config/read-small-file.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { nearest } from '../../model/nearest.ts';
import { FACT_NAMES, type Column } from './column.ts';
import { openDatabase, quoteText } from './database.ts';
import type { SyncTable } from './sync.ts';
import { uniqueColumns } from './target.ts';

/** A table of the user's and what its columns are to hold. */
export interface Mapping {
  readonly table: string;
  /** The column that takes the record's id. */
  readonly id: string;
  /** Column names and what goes there: a member of the answer, `source.<name>`, or a fact such as `batch`. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column that takes the vector. */
  readonly embedding: string | undefined;
}

/** What the staged table is called; its columns are numbered, so that no name of the user's can meet ours. */
export const MAPPED_TABLE = 'mapped_records';

/** @throws {BatchSubmitError} `E_CONFIG` for a file that is no mapping */
export async function readMapping(path: string): Promise<Mapping> {
  const read = await readSmallFile(path);
  if (!read.ok) throw badMapping(path, read.fact);
  let value: unknown;
  try {
    value = JSON.parse(read.file.bytes.toString());
  } catch (cause) {
    throw badMapping(path, 'it is not valid JSON', cause);
  }
  if (!isObject(value)) throw badMapping(path, 'it is no object');
  const { table, id, columns, embedding, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) throw badMapping(path, `it has a member "${other}" that is not known`);
  if (!isName(table)) throw badMapping(path, 'its "table" is no name');
  if (!isName(id)) throw badMapping(path, 'its "id" is no name of a column');
  if (embedding !== undefined && !isName(embedding))
    throw badMapping(path, 'its "embedding" is no name of a column');
  if (!isObject(columns) || !Object.values(columns).every(isName))
    throw badMapping(path, 'its "columns" are not names and what they hold');
  const names = [id, ...Object.keys(columns), ...(embedding === undefined ? [] : [embedding])];
  const lower = names.map((name) => name.toLowerCase());
  const twice = names.find((_, index) => lower.indexOf(lower[index] ?? '') !== index);
  if (twice !== undefined) throw badMapping(path, `it fills the column "${twice}" twice`);
  return { table, id, columns: columns as Record<string, string>, embedding };
}

/**
 * Compares a mapping with the table as it is.
 * @throws {BatchSubmitError} `E_DATABASE` when the table cannot take the rows
 */
export async function checkMapping(path: string, mapping: Mapping, busyMs: number): Promise<void> {
  const refuse = (fact: string, hint: string): never => {
    throw new BatchSubmitError('E_DATABASE', `Cannot import into "${path}": ${fact}`, { hint });
  };
  const { table, id } = mapping;
  const database = await openDatabase(path, busyMs);
  try {
    const named = database.all('SELECT name, type FROM sqlite_schema WHERE lower(name) = lower(?)', [table]);
    const type = named.find((row) => row['type'] === 'table' || row['type'] === 'view')?.['type'];
    if (type === undefined) refuse(`it has no table "${table}"`, 'correct "table" in the mapping');
    if (type === 'view') refuse(`"${table}" is a view`, 'name a table in the mapping');
    const columns = database.all(
      `SELECT name, type, "notnull" AS is_needed, dflt_value AS fallback, pk, hidden FROM pragma_table_xinfo(${quoteText(table)})`,
    );
    const byName = new Map(columns.map((row) => [String(row['name']).toLowerCase(), row]));
    const filled = targetsOf(mapping);
    for (const { name } of filled) {
      const column = byName.get(name.toLowerCase());
      const near = nearest(name, [...byName.keys()]);
      if (column === undefined)
        refuse(
          `the table "${table}" has no column "${name}"`,
          near === undefined ? 'correct the mapping' : `did you mean \`${near}\`?`,
        );
      if (column?.['hidden'] !== 0)
        refuse(`the column "${name}" of "${table}" is computed`, 'leave it out of the mapping');
    }
    const isFilled = new Set(filled.map(({ name }) => name.toLowerCase()));
    const open = columns.find(
      (row) =>
        row['is_needed'] === 1 &&
        row['fallback'] === null &&
        !isFilled.has(String(row['name']).toLowerCase()),
    );
    if (open !== undefined)
      refuse(
        `the column "${String(open['name'])}" of "${table}" must not be empty, and nothing is to go there`,
        'map something to it',
      );
    const unique = new Set([...uniqueColumns(database, table)].map((name) => name.toLowerCase()));
    if (!unique.has(id.toLowerCase()))
      refuse(
        `the column "${id}" of "${table}" has no unique index, so a record could not be found again`,
        'make one with `CREATE UNIQUE INDEX`, or name another column as "id"',
      );
    const idColumn = byName.get(id.toLowerCase());
    // Of all columns only a row's own number has a type that nothing gets around.
    if (String(idColumn?.['type']).toUpperCase() === 'INTEGER' && idColumn?.['pk'] === 1)
      refuse(
        `the column "${id}" of "${table}" takes whole numbers alone, and the id of a record is a text`,
        'add a column for it with `ALTER TABLE`, make a unique index on it, and name it as "id"',
      );
  } finally {
    database.close();
  }
}

/** The staged columns of a mapping, and the table that they go into. */
export function mappedTable(mapping: Mapping): {
  readonly columns: readonly Column[];
  readonly table: SyncTable;
} {
  const targets = targetsOf(mapping);
  const columns = targets.map(({ from }, index): Column => ({ name: `c${index}`, from, type: 'any' }));
  return {
    columns: [{ name: 'place', from: 'place', type: 'integer' }, ...columns],
    table: {
      name: mapping.table,
      staged: MAPPED_TABLE,
      columns: targets.map(({ name }, index) => ({ name, staged: `c${index}` })),
      isOurs: false,
    },
  };
}

/** The columns that hold one of these members of the answer. */
export function textColumns({ columns }: Mapping, fields: readonly string[]): readonly string[] {
  return Object.entries(columns)
    .filter(([, from]) => fields.includes(from.startsWith('value.') ? from.slice('value.'.length) : from))
    .map(([name]) => name);
}

/** The id first. A word that is none of the facts is a member of the answer. */
function targetsOf({
  id,
  columns,
  embedding,
}: Mapping): readonly { readonly name: string; readonly from: string }[] {
  return [
    { name: id, from: 'id' },
    ...Object.entries(columns).map(([name, from]) => ({ name, from: sourceOf(from) })),
    ...(embedding === undefined ? [] : [{ name: embedding, from: 'embedding' }]),
  ];
}

function sourceOf(from: string): string {
  const isKnown = FACT_NAMES.includes(from) || from.startsWith('source.') || from.startsWith('value.');
  return isKnown ? from : `value.${from}`;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badMapping(path: string, fact: string, cause?: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the mapping "${path}": ${fact}`, {
    hint: 'write it as {"table": "pairs", "id": "record_id", "columns": {"question": "refined_question"}}',
    cause,
  });
}
