import type { Database } from './database.ts';
import { quoteName } from './database.ts';
import { placesOf } from './rows.ts';

/** A table of the database and the staged one that says what it is to hold. */
export interface SyncTable {
  readonly name: string;
  /** In the database `stage`, which is attached. */
  readonly staged: string;
  /** The same columns by their names here and there, the key first. */
  readonly columns: readonly { readonly name: string; readonly staged: string }[];
  /** Whether rows that are not staged are removed: only of tables that are ours. */
  readonly isOurs: boolean;
}

export interface RowChanges {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
}

/** How a table differs from what is staged, by batch; of a table without places all is batch 0. */
export function rowChanges(
  database: Database,
  table: SyncTable,
  hasPlaces: boolean,
): ReadonlyMap<number, RowChanges> {
  const { target, staged, key, stagedKey } = namesOf(table);
  const batchOf = (alias: string): string => (hasPlaces ? `${alias}.place / 4294967296` : '0');
  const [here, there] = [storedValue(table, 'm', 'name'), storedValue(table, 's', 'staged')];
  const changes = new Map<number, RowChanges>();
  const different = database.all(`SELECT ${batchOf('s')} AS batch,
      sum(m.${key} IS NULL) AS added, sum(m.${key} IS NOT NULL) AS updated
    FROM ${staged} s LEFT JOIN ${target} m ON m.${key} = s.${stagedKey}
    WHERE m.${key} IS NULL OR ${here} IS NOT ${there} GROUP BY 1`);
  for (const { batch, added, updated } of different)
    changes.set(Number(batch), { added: Number(added), updated: Number(updated), removed: 0 });
  if (!table.isOurs) return changes;
  const gone = database.all(`SELECT ${batchOf('m')} AS batch, count(*) AS removed FROM ${target} m
    WHERE NOT EXISTS (SELECT 1 FROM ${staged} s WHERE s.${stagedKey} = m.${key}) GROUP BY 1`);
  for (const { batch, removed } of gone) {
    const others = changes.get(Number(batch)) ?? { added: 0, updated: 0 };
    changes.set(Number(batch), { ...others, removed: Number(removed) });
  }
  return changes;
}

/** Adds and updates rows, those of one batch or all. Rows that say the same are not touched. */
export function putRows(database: Database, table: SyncTable, batch?: number): void {
  const { target, staged, key } = namesOf(table);
  const places = batch === undefined ? undefined : placesOf(batch);
  const inBatch = places === undefined ? 'true' : `place BETWEEN ${places.first} AND ${places.last}`;
  const rest = table.columns.slice(1);
  const assignments = rest.map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`);
  const [here, fresh] = [
    storedValue(table, quoteName(table.name), 'name'),
    rowValue(table, 'excluded', 'name'),
  ];
  const onConflict =
    rest.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${assignments.join(', ')} WHERE ${here} IS NOT ${fresh}`;
  database.exec(`INSERT INTO ${target} (${list(table, 'name')})
    SELECT ${list(table, 'staged')} FROM ${staged} WHERE ${inBatch}
    ON CONFLICT (${key}) ${onConflict}`);
}

/** As `putRows` into a table that has no row of the batch, nor the index that tells. */
export function addRows(database: Database, table: SyncTable, batch: number): void {
  const { target, staged } = namesOf(table);
  const { first, last } = placesOf(batch);
  database.exec(`INSERT INTO ${target} (${list(table, 'name')})
    SELECT ${list(table, 'staged')} FROM ${staged} WHERE place BETWEEN ${first} AND ${last} ORDER BY place`);
}

/** Removes the rows that are not staged. */
export function removeRows(database: Database, table: SyncTable): void {
  const { target, staged, key, stagedKey } = namesOf(table);
  database.exec(`DELETE FROM ${target} WHERE NOT EXISTS (
    SELECT 1 FROM ${staged} s WHERE s.${stagedKey} = ${quoteName(table.name)}.${key})`);
}

/** Puts the rows of a batch of ours where the staged ones are; places may have moved, and none may be met twice. */
export function replaceBatch(database: Database, table: SyncTable, batch: number): void {
  const { target } = namesOf(table);
  const { first, last } = placesOf(batch);
  database.exec(`UPDATE ${target} SET place = -place WHERE place BETWEEN ${first} AND ${last}`);
  putRows(database, table, batch);
  database.exec(`DELETE FROM ${target} WHERE place < 0`);
}

interface Names {
  readonly target: string;
  readonly staged: string;
  readonly key: string;
  readonly stagedKey: string;
}

function namesOf({ name, staged, columns }: SyncTable): Names {
  const [key] = columns;
  return {
    target: `main.${quoteName(name)}`,
    staged: `stage.${quoteName(staged)}`,
    key: quoteName(key?.name ?? ''),
    stagedKey: quoteName(key?.staged ?? ''),
  };
}

function list({ columns }: SyncTable, side: 'name' | 'staged'): string {
  return columns.map((column) => quoteName(column[side])).join(', ');
}

/**
 * As `rowValue`. A table of the user's may store the number 8 as the text `8`, and may not tell `A` from `a`: what is
 * staged is compared as that table would store it, and by its bytes.
 */
function storedValue(table: SyncTable, alias: string, side: 'name' | 'staged'): string {
  if (table.isOurs) return rowValue(table, alias, side);
  const cells = table.columns.map((column) =>
    side === 'name'
      ? `${alias}.${quoteName(column.name)} COLLATE BINARY`
      : `+${alias}.${quoteName(column.staged)}`,
  );
  return `(${cells.join(', ')})`;
}

function rowValue({ columns }: SyncTable, alias: string, side: 'name' | 'staged'): string {
  return `(${columns.map((column) => `${alias}.${quoteName(column[side])}`).join(', ')})`;
}
