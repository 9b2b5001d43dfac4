import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type Libsql from 'libsql';
import { BatchSubmitError } from '../../model/errors.ts';
import type { VectorSpace } from '../vectors.ts';

/** A record as the database has it: its id, its texts by column, and its vector. */
export interface ImportedRecord {
  readonly id: string;
  readonly texts: Readonly<Record<string, string>>;
  /** Little-endian 32-bit floats; `undefined` where it has none. */
  readonly vector: Uint8Array | undefined;
}

/** The records of a database that `import` made, as `search` reads them. Every method may throw `E_DATABASE`. */
export interface ImportedRecords {
  readonly space: VectorSpace;
  /** The columns whose texts are shown. */
  readonly textColumns: readonly string[];
  find(id: string): ImportedRecord | undefined;
  /** Ids and vectors of all records that have one, a few at a time. */
  vectors(): IterableIterator<{ readonly id: string; readonly vector: Uint8Array }>;
  close(): void;
}

/**
 * Opens a database for reading.
 * @throws {BatchSubmitError} `E_DATABASE` when there is none, or it holds nothing of ours
 */
export async function openImportedRecords(path: string): Promise<ImportedRecords> {
  await access(path).catch((cause: unknown) => {
    throw new BatchSubmitError('E_DATABASE', `Cannot search: there is no database "${path}"`, {
      hint: 'make it with `batch-submit import`, or name another with `--database <file>`',
      cause,
    });
  });
  const { default: Driver } = await import('libsql');
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof BatchSubmitError) throw error;
      throw unreadable(path, error);
    }
  };
  const database = guarded(() => new Driver(`${pathToFileURL(path).href}?mode=ro`));
  try {
    return guarded(() => readFrom(database, path, guarded));
  } catch (error) {
    database.close();
    throw error;
  }
}

function readFrom(
  database: Libsql.Database,
  path: string,
  guarded: <T>(work: () => T) => T,
): ImportedRecords {
  const info = readInfo(database, path);
  const space = readSpace(database, path);
  const [table, id, vector] = [info.table, info.id, info.vector].map((name) => quoteName(name));
  // By numbers: a record of the user's own kind may have a field that is called `id` or `vector`.
  const texts = info.textColumns.map((name, index) => `${quoteName(name)} AS text${index}`);
  const selected = [`${id} AS id`, `${vector} AS vector`, ...texts].join(', ');
  const one = database.prepare(`SELECT ${selected} FROM ${table} WHERE ${id} = ?`);
  return {
    space,
    textColumns: info.textColumns,
    find(wanted) {
      const row = guarded(() => one.get(wanted)) as Row | undefined; // rows are objects of cells
      if (row === undefined) return undefined;
      const named = info.textColumns.map((name, index): [string, string] => [
        name,
        textIn(row[`text${index}`]),
      ]);
      return { id: textIn(row['id']), texts: Object.fromEntries(named), vector: bytesIn(row['vector']) };
    },
    *vectors() {
      const all = database.prepare(
        `SELECT ${id} AS id, ${vector} AS vector FROM ${table} WHERE ${vector} IS NOT NULL`,
      );
      const rows = guarded(() => all.iterate());
      for (;;) {
        const { done, value } = guarded(() => rows.next());
        if (done === true) return;
        const row = value as Row; // as above
        yield { id: textIn(row['id']), vector: bytesIn(row['vector']) ?? new Uint8Array() };
      }
    },
    close: () => {
      database.close();
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

interface Info {
  readonly table: string;
  readonly id: string;
  readonly vector: string;
  readonly textColumns: readonly string[];
}

/** What the import says of the table: nothing of it is taken for granted, for any kind of record may be there. */
function readInfo(database: Libsql.Database, path: string): Info {
  if (!hasTable(database, 'import_info')) throw notImported(path);
  const rows = database.prepare('SELECT name, value FROM import_info').all() as readonly Row[];
  const values = new Map(rows.map(({ name, value }) => [textIn(name), textIn(value)]));
  const [table, id] = [values.get('table'), values.get('id_column')];
  if (table === undefined || id === undefined || !hasTable(database, table)) throw notImported(path);
  const vector = values.get('embedding_column');
  if (vector === undefined || vector === '') throw withoutVectors(path);
  return { table, id, vector, textColumns: listIn(values.get('text_columns')) };
}

function readSpace(database: Libsql.Database, path: string): VectorSpace {
  if (!hasTable(database, 'embedding_spaces')) throw withoutVectors(path);
  const rows = database
    .prepare('SELECT model, task_type, dimensions FROM embedding_spaces')
    .all() as readonly Row[];
  const [row] = rows;
  if (row === undefined) throw withoutVectors(path);
  if (rows.length > 1) {
    throw new BatchSubmitError(
      'E_DATABASE',
      `Cannot search in "${path}": its vectors are of ${rows.length} kinds, which cannot be compared`,
      { hint: 'import one kind into a new database with `batch-submit import --database <file>`' },
    );
  }
  const { model, task_type: taskType, dimensions } = row;
  return {
    model: textIn(model),
    taskType: typeof taskType === 'string' && taskType !== '' ? taskType : undefined,
    dimensions: Number(dimensions),
  };
}

function hasTable(database: Libsql.Database, name: string): boolean {
  const found = database.prepare(
    "SELECT 1 AS found FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?",
  );
  return found.get(name) !== undefined;
}

function listIn(text: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function textIn(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}

/** The driver gives a buffer for one row, and the bare bytes for one of many. */
function bytesIn(cell: unknown): Uint8Array | undefined {
  if (cell instanceof ArrayBuffer) return new Uint8Array(cell);
  return cell instanceof Uint8Array ? cell : undefined;
}

/** Any name as SQL takes it. */
function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function notImported(path: string): BatchSubmitError {
  return new BatchSubmitError('E_DATABASE', `Cannot search in "${path}": it holds no records of ours`, {
    hint: 'import them with `batch-submit import`, or name another with `--database <file>`',
  });
}

/** Also for who searches among records of which none has a vector. */
export function withoutVectors(path: string): BatchSubmitError {
  return new BatchSubmitError('E_DATABASE', `Cannot search in "${path}": its records have no vectors`, {
    hint: 'make them with `batch-submit embed`, then run `batch-submit import` again',
  });
}

function unreadable(path: string, cause: unknown): BatchSubmitError {
  const fact = cause instanceof Error ? cause.message : String(cause);
  return new BatchSubmitError('E_DATABASE', `Cannot read the database "${path}": ${fact}`, {
    hint: 'name another with `--database <file>`, or make it anew with `batch-submit import`',
    cause,
  });
}
