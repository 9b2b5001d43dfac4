import { pathToFileURL } from 'node:url';
import type LibsqlDatabase from 'libsql';
import { BatchSubmitError } from '../../model/errors.ts';
import type { Cell } from './column.ts';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, Cell>>;

/** An open database. Every method may throw what `databaseError` makes of a fault. */
export interface Database {
  exec(sql: string): void;
  run(sql: string, cells?: readonly Cell[]): void;
  all(sql: string, cells?: readonly Cell[]): readonly Row[];
  /** The first cell of the first row; `null` when there is none. */
  value(sql: string, cells?: readonly Cell[]): Cell;
  /** A statement that is run often. */
  prepare(sql: string): (cells: readonly Cell[]) => void;
  /** Does all of it or nothing. */
  transaction(work: () => void): void;
  close(): void;
}

/**
 * Opens a database that exists, with the driver, which is loaded here and nowhere else.
 * @param busyMs how long another program's lock is waited for
 * @param shownPath what errors call it
 * @throws {BatchSubmitError} `E_DATABASE`
 */
export async function openDatabase(
  path: string,
  busyMs: number,
  shownPath: string = path,
): Promise<Database> {
  const { default: Libsql } = await import('libsql');
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw databaseError(shownPath, error);
    }
  };
  const driver: LibsqlDatabase.Database = guarded(() => new Libsql(urlOf(path), { timeout: busyMs }));
  const statement = (sql: string): LibsqlDatabase.Statement => driver.prepare(sql);
  const all = (sql: string, cells: readonly Cell[]): readonly Row[] =>
    guarded(() => statement(sql).all([...cells]) as Row[]); // rows are objects of cells
  const exec = (sql: string): void => {
    guarded(() => driver.exec(sql));
  };
  // Whatever is sorted goes to a file and not into memory, which is this driver's way when it is not told.
  exec('PRAGMA temp_store = FILE');
  return {
    exec,
    run(sql, cells = []) {
      guarded(() => statement(sql).run([...cells]));
    },
    all: (sql, cells = []) => all(sql, cells),
    value(sql, cells = []) {
      const [first] = all(sql, cells);
      return first === undefined ? null : (Object.values(first)[0] ?? null);
    },
    prepare(sql) {
      const prepared = guarded(() => statement(sql));
      return (cells) => {
        guarded(() => prepared.run(cells as Cell[])); // the driver does not change them
      };
    },
    transaction(work) {
      exec('BEGIN IMMEDIATE');
      try {
        work();
        exec('COMMIT');
      } catch (error) {
        // A full disk ends the transaction by itself, and there is nothing left to roll back.
        if (driver.inTransaction) exec('ROLLBACK');
        throw error;
      }
    },
    close: () => {
      driver.close();
    },
  };
}

/** A path as SQLite takes it when nothing is to be made there. */
export function urlOf(path: string): string {
  return `${pathToFileURL(path).href}?mode=rw`;
}

/** A name of the user's as SQL takes it, whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL takes it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value of a type that a column of a strict table does not take; the driver knows no name for it. */
const DATATYPE = 'UNKNOWN_SQLITE_ERROR_3091';

const KNOWN: readonly (readonly [code: RegExp, fact: string, hint: string])[] = [
  [
    /^SQLITE_(?:BUSY|LOCKED)/,
    'another program holds it locked',
    'end that program or its transaction, then run the same command again',
  ],
  [
    /^SQLITE_NOTADB/,
    'it is not an SQLite database',
    'name another file with `--database <file>`, or move this one aside',
  ],
  [
    /^SQLITE_FULL/,
    'no space is left on the disk, or the database may not grow any more',
    'free some space, then run the same command again',
  ],
  [
    /^SQLITE_(?:READONLY|PERM|AUTH)/,
    'it is read-only',
    'make the file and its folder writable for this user, or name another with `--database <file>`',
  ],
  [
    /^SQLITE_CORRUPT/,
    'it is damaged',
    'look at it with `sqlite3 <file> "PRAGMA integrity_check"`, and go back to a backup',
  ],
  [
    /^SQLITE_(?:CANTOPEN|IOERR)/,
    'the file cannot be opened or written',
    'check the file and its folder, then run the same command again',
  ],
  [
    /^SQLITE_CONSTRAINT/,
    'a rule of its own refuses the rows',
    'change the rule or the rows that it speaks of, then run the same command again',
  ],
];

/** Turns what the driver throws into a stop. Anything else comes back as it is. */
function databaseError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BatchSubmitError) return error;
  const isUnopened = error.message.startsWith('ConnectionFailed');
  const told = isUnopened ? 'SQLITE_CANTOPEN' : 'code' in error ? String(error.code) : '';
  const code = told === DATATYPE ? 'SQLITE_CONSTRAINT_DATATYPE' : told;
  if (!code.startsWith('SQLITE_')) return error;
  const known = KNOWN.find(([pattern]) => pattern.test(code));
  const [, fact, hint] = known ?? [undefined, 'the database refused', 'run the same command again'];
  const isTold = known === undefined || code.startsWith('SQLITE_CONSTRAINT');
  const details = isTold ? { details: [`SQLite says: ${oneLine(error.message)}`] } : {};
  return new BatchSubmitError('E_DATABASE', `Cannot import into "${path}": ${fact} (${code})`, {
    hint,
    cause: error,
    ...details,
  });
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300);
}
