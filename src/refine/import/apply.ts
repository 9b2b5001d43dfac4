import { backUp } from './backup.ts';
import type { Cell } from './column.ts';
import { openDatabase, quoteName, quoteText, urlOf, type Database } from './database.ts';
import {
  addRows,
  putRows,
  removeRows,
  replaceBatch,
  rowChanges,
  type RowChanges,
  type SyncTable,
} from './sync.ts';

/** How a database that exists takes what was staged. */
export interface ApplyPlan {
  readonly path: string;
  readonly staged: string;
  /** The table of the records; with a mapping the user's, else ours. */
  readonly records: SyncTable;
  /** Originals that are ours to make: a table whose rows others point to comes before those. */
  readonly originals: readonly string[];
  /** Tables of facts, ours. */
  readonly facts: readonly string[];
  readonly isDry: boolean;
  readonly withBackup: boolean;
  readonly busyMs: number;
}

export interface Applied extends RowChanges {
  readonly isChanged: boolean;
  readonly backup: string | undefined;
}

/** The row of `import_info` that is there while an import is under way. */
const UNFINISHED = 'unfinished';
/** The rows by which the next import knows our tables from those of the user, however far this one comes. */
const WHOSE = ['made_by', 'schema_version', 'table', 'indicators', 'qa_pairs'];

/**
 * Makes a database hold what was staged, one batch a transaction, and touches nothing that says the same already.
 * Killed at any point it holds each batch as it was or as it is to be; the next import does the rest.
 * @throws {BatchSubmitError} `E_DATABASE`, `E_DISK`, or the signal's reason
 */
export async function applyStaged(plan: ApplyPlan, signal: AbortSignal | undefined): Promise<Applied> {
  const database = await openDatabase(plan.path, plan.busyMs);
  try {
    database.exec(`ATTACH ${quoteText(urlOf(plan.staged))} AS stage`);
    const { records } = plan;
    const schema = schemaChanges(database, records);
    const others = [...plan.originals, ...plan.facts].map((name) => ownTable(database, name));
    const isThere = (name: string): boolean =>
      schema.there.has(name.toLowerCase()) && !schema.remade.has(name);
    const changes = isThere(records.name) ? rowChanges(database, records, true) : allAdded(database, records);
    const isFactChanged = others.some(
      (table) => !isThere(table.name) || rowChanges(database, table, false).size > 0,
    );
    const sums = sumChanges(changes);
    const isChanged = changes.size > 0 || isFactChanged || schema.isChanged;
    if (!isChanged || plan.isDry) return { ...sums, isChanged, backup: undefined };
    signal?.throwIfAborted();
    // What was there before the first of several tries is what is worth keeping.
    const isUnfinished =
      schema.there.has('import_info') &&
      database.value(`SELECT 1 FROM main.import_info WHERE name = '${UNFINISHED}'`) !== null;
    const backup = plan.withBackup && !isUnfinished ? await backUp(plan.path, plan.busyMs) : undefined;
    database.transaction(() => {
      for (const name of schema.remade) database.exec(`DROP TABLE main.${quoteName(name)}`);
      for (const sql of schema.tables) database.exec(sql);
      for (const name of plan.originals) putRows(database, ownTable(database, name));
      database.exec(`INSERT OR IGNORE INTO main.import_info SELECT name, value FROM stage.import_info
        WHERE name IN (${WHOSE.map((name) => quoteText(name)).join(', ')})`);
      database.exec(`INSERT OR IGNORE INTO main.import_info VALUES ('${UNFINISHED}', '1')`);
    });
    const isFresh =
      records.isOurs && database.value(`SELECT 1 FROM main.${quoteName(records.name)} LIMIT 1`) === null;
    const indexes = (): void => {
      for (const sql of schema.indexes) database.exec(sql);
    };
    if (!isFresh) database.transaction(indexes);
    const imports = ownTable(database, 'batch_imports');
    for (const batch of [...changes.keys()].sort((a, b) => a - b)) {
      signal?.throwIfAborted();
      database.transaction(() => {
        if (isFresh) addRows(database, records, batch);
        else if (records.isOurs) replaceBatch(database, records, batch);
        else putRows(database, records, batch);
        putBatchFacts(database, imports, batch);
      });
      // A signal is heard between two batches.
      await new Promise(setImmediate);
    }
    database.transaction(() => {
      if (isFresh) indexes();
      for (const name of plan.facts) putRows(database, ownTable(database, name));
      for (const name of [...plan.facts, ...plan.originals.toReversed()])
        removeRows(database, ownTable(database, name));
      for (const sql of schema.views) database.exec(sql);
    });
    // Who copies the file alone then has all of it.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return { ...sums, isChanged, backup };
  } finally {
    database.close();
  }
}

interface SchemaChanges {
  readonly there: ReadonlySet<string>;
  /** Tables of ours whose columns have changed. */
  readonly remade: ReadonlySet<string>;
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
  readonly views: readonly string[];
  readonly isChanged: boolean;
}

/** What of the staged schema the database has not, as statements. */
function schemaChanges(database: Database, records: SyncTable): SchemaChanges {
  const schemaOf = (name: string): ReadonlyMap<string, { readonly type: Cell; readonly sql: string }> =>
    new Map(
      database
        .all(`SELECT name, type, sql FROM ${name}.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid`)
        // SQLite does not tell `Pairs` from `pairs`.
        .map((row) => [
          String(row['name']).toLowerCase(),
          { type: row['type'] ?? null, sql: String(row['sql']) },
        ]),
    );
  const [here, staged] = [schemaOf('main'), schemaOf('stage')];
  const wanted = [...staged].filter(([name]) => records.isOurs || name !== records.staged);
  const of = (type: string): typeof wanted => wanted.filter(([, one]) => one.type === type);
  const isSame = ([name, { sql }]: (typeof wanted)[number]): boolean => here.get(name)?.sql === sql;
  const isOurs = (name: string): boolean => records.isOurs && name === records.name;
  const tables = of('table').filter((one) => !here.has(one[0]) || (isOurs(one[0]) && !isSame(one)));
  const remade = new Set(tables.map(([name]) => name).filter((name) => here.has(name)));
  // An index goes with its table.
  const indexes = of('index').filter((one) => !isSame(one) || remade.size > 0);
  const views = of('view').filter((one) => !isSame(one));
  return {
    there: new Set(here.keys()),
    remade,
    tables: tables.map(([, { sql }]) => sql),
    indexes: indexes.map(([, { sql }]) => sql),
    views: views.flatMap(([name, { sql }]) => [`DROP VIEW IF EXISTS main.${quoteName(name)}`, sql]),
    isChanged: tables.length + indexes.length + views.length > 0,
  };
}

/** A table of ours, by the columns of the staged one, whose first is the key. */
function ownTable(database: Database, name: string): SyncTable {
  const columns = database.all(`SELECT name FROM pragma_table_info('${name}', 'stage')`);
  const named = columns.map((row) => ({ name: String(row['name']), staged: String(row['name']) }));
  return { name, staged: name, columns: named, isOurs: true };
}

function putBatchFacts(database: Database, { columns }: SyncTable, batch: number): void {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  database.run('DELETE FROM main.batch_imports WHERE batch = ?', [BigInt(batch)]);
  database.run(
    `INSERT INTO main.batch_imports (${names}) SELECT ${names} FROM stage.batch_imports WHERE batch = ?`,
    [BigInt(batch)],
  );
}

function allAdded(database: Database, { staged }: SyncTable): ReadonlyMap<number, RowChanges> {
  const rows = database.all(
    `SELECT place / 4294967296 AS batch, count(*) AS added FROM stage.${quoteName(staged)} GROUP BY 1`,
  );
  return new Map(
    rows.map(({ batch, added }) => [Number(batch), { added: Number(added), updated: 0, removed: 0 }]),
  );
}

function sumChanges(changes: ReadonlyMap<number, RowChanges>): RowChanges {
  const sums = { added: 0, updated: 0, removed: 0 };
  for (const { added, updated, removed } of changes.values()) {
    sums.added += added;
    sums.updated += updated;
    sums.removed += removed;
  }
  return sums;
}
