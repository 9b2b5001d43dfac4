import { BatchSubmitError } from '../../model/errors.ts';
import type { Cell } from './column.ts';
import { openDatabase, quoteText, type Database } from './database.ts';
import { indexesOf, type OriginalColumns } from './views.ts';
import { PAIRS_TABLE, SCHEMA_VERSION } from './preset.ts';

/** The database as it was found. */
export interface Target {
  /** Tables of the originals that the user has: they are read and never changed. */
  readonly given: { readonly pairs: boolean; readonly indicators: boolean };
  readonly columns: OriginalColumns;
}

/** What all of ours are called, beside the table of the records. */
const OUR_NAMES = ['batch_imports', 'embedding_spaces', 'import_info', 'import_statistics'];

/** What `qa_pairs` and `indicators` have when they are ours. */
const MADE_COLUMNS: OriginalColumns = {
  pairs: new Set(['qa_id', 'indicator_id', 'pair_number', 'question', 'answer', 'topic']),
  indicators: new Set(['indicator_id', 'indicator_name', 'indicator_slug', 'session_number']),
};

/** A database that is made anew. */
export const NO_TARGET: Target = { given: { pairs: false, indicators: false }, columns: MADE_COLUMNS };

/**
 * Looks at a database that exists, before anything is written.
 * @param table what the records are to be kept in; `undefined` where a mapping names a table of the user's
 * @throws {BatchSubmitError} `E_DATABASE` when it cannot take the records
 */
export async function readTarget(
  path: string,
  table: string,
  { isMapped, busyMs }: { readonly isMapped: boolean; readonly busyMs: number },
): Promise<Target> {
  const database = await openDatabase(path, busyMs);
  try {
    const names = new Map(
      database
        .all('SELECT lower(name) AS name, type FROM sqlite_schema')
        .map((row) => [row['name'], row['type']]),
    );
    const info = readInfo(database, names);
    if (info === undefined)
      refuseForeign(
        path,
        names,
        isMapped ? [] : [table, ...indexNames(table), ...(table === PAIRS_TABLE ? ['pairs'] : [])],
      );
    else refuseOther(path, info, table);
    if (isMapped) return NO_TARGET;
    const has = (name: string): boolean => names.has(name) && info?.get(name) !== 'made';
    const given = { pairs: has('qa_pairs'), indicators: has('indicators') };
    const columns = {
      pairs: given.pairs ? columnsOf(database, 'qa_pairs') : MADE_COLUMNS.pairs,
      indicators: given.indicators ? columnsOf(database, 'indicators') : MADE_COLUMNS.indicators,
    };
    if (given.pairs) refuseUnlike(database, path, 'qa_pairs', columns.pairs, ['qa_id', 'question', 'answer']);
    if (given.indicators) refuseUnlike(database, path, 'indicators', columns.indicators, ['indicator_id']);
    return { given, columns };
  } finally {
    database.close();
  }
}

/** The columns of a table that no two rows may agree in, alone. */
export function uniqueColumns(database: Database, table: string): ReadonlySet<string> {
  const unique = new Set<string>();
  const keys = database.all(`SELECT name FROM pragma_table_info(${quoteText(table)}) WHERE pk > 0`);
  if (keys.length === 1) unique.add(String(keys[0]?.['name']));
  const indexes = database.all(
    `SELECT name FROM pragma_index_list(${quoteText(table)}) WHERE "unique" = 1 AND partial = 0`,
  );
  for (const { name } of indexes) {
    const columns = database.all(`SELECT name FROM pragma_index_info(${quoteText(String(name))})`);
    if (columns.length === 1 && columns[0]?.['name'] !== null) unique.add(String(columns[0]?.['name']));
  }
  return unique;
}

function readInfo(database: Database, names: ReadonlyMap<unknown, unknown>): Map<Cell, Cell> | undefined {
  if (!names.has('import_info')) return undefined;
  const columns = columnsOf(database, 'import_info');
  if (!columns.has('name') || !columns.has('value')) return undefined;
  const rows = database.all('SELECT name, value FROM import_info');
  const info = new Map(rows.map((row) => [row['name'] ?? null, row['value'] ?? null]));
  return info.get('made_by') === 'batch-submit' ? info : undefined;
}

function columnsOf(database: Database, table: string): ReadonlySet<string> {
  const rows = database.all(`SELECT name FROM pragma_table_info(${quoteText(table)})`);
  return new Set(rows.map(({ name }) => String(name)));
}

function indexNames(table: string): readonly string[] {
  return indexesOf(table).flatMap((sql) => /INDEX "([^"]+)"/.exec(sql)?.[1] ?? []);
}

function refuseForeign(path: string, names: ReadonlyMap<unknown, unknown>, ours: readonly string[]): void {
  const taken = [...ours, ...OUR_NAMES].find((name) => names.has(name.toLowerCase()));
  if (taken === undefined) return;
  throw new BatchSubmitError(
    'E_DATABASE',
    `Cannot import into "${path}": it has a ${String(names.get(taken.toLowerCase()))} "${taken}" that is not of batch-submit`,
    { hint: 'name another file with `--database <file>`, or that table with `--mapping <file>`' },
  );
}

function refuseOther(path: string, info: ReadonlyMap<Cell, Cell>, table: string): void {
  if (Number(info.get('schema_version')) > SCHEMA_VERSION) {
    throw new BatchSubmitError(
      'E_DATABASE',
      `Cannot import into "${path}": a newer batch-submit made its tables`,
      { hint: 'use that version, or name another file with `--database <file>`' },
    );
  }
  const before = info.get('table');
  if (before === table) return;
  throw new BatchSubmitError(
    'E_DATABASE',
    `Cannot import into "${path}": its records are in the table "${String(before)}", and these belong into "${table}"`,
    { hint: 'name another file with `--database <file>`' },
  );
}

function refuseUnlike(
  database: Database,
  path: string,
  table: string,
  columns: ReadonlySet<string>,
  needed: readonly string[],
): void {
  const missing = needed.find((name) => !columns.has(name));
  const [key = ''] = needed;
  if (missing === undefined && uniqueColumns(database, table).has(key)) return;
  const fact = missing === undefined ? `no unique "${key}"` : `no column "${missing}"`;
  throw new BatchSubmitError('E_DATABASE', `Cannot import into "${path}": its table "${table}" has ${fact}`, {
    hint: 'name the table that is meant with `--mapping <file>`, or another file with `--database <file>`',
  });
}
