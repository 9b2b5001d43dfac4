import { open } from 'node:fs/promises';
import { BatchSubmitError } from '../../model/errors.ts';
import { diskError } from '../../state/disk-error.ts';
import type { FactSource } from './batch-facts.ts';
import type { Cell, Column } from './column.ts';
import { openDatabase, quoteName, quoteText, urlOf, type Database } from './database.ts';
import { insertRow, plainInserter, readColumns, rowInserter } from './insert-rows.ts';
import { INDICATOR_CELLS, PAIR_CELLS } from './original.ts';
import { columnsSql, FACT_TABLES, ORIGINAL_TABLES } from './preset.ts';
import { readRowsAside } from './row-source.ts';
import type { BatchTally, RowSetup } from './rows.ts';
import { settleGiven, settleIndicators, settleMade } from './settle-originals.ts';

/** What the tables hold, and where the user's database has some of them already. */
export interface StagePlan {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly setup: Omit<RowSetup, 'columns'>;
  readonly facts: FactSource;
  /** Requests of each batch, where that was counted. */
  readonly requests: ReadonlyMap<number, BatchRequests>;
  /** Rows of `import_info`. */
  readonly info: readonly (readonly [name: string, value: string | null])[];
  readonly space: readonly Cell[] | undefined;
  /** Which tables of the originals the user has; `undefined` where none are needed. */
  readonly given: { readonly pairs: boolean; readonly indicators: boolean } | undefined;
  /** The user's database. */
  readonly target: string;
  readonly views: readonly string[];
  readonly indexes: readonly string[];
  readonly busyMs: number;
}

/** Requests of one batch: `planned` = `parsed` + `unparsable` + `without`. */
export interface BatchRequests {
  readonly planned: number;
  readonly parsed: number;
  readonly unparsable: number;
  readonly without: number;
}

export interface Staged {
  /** Of the records that were read, lower-case hex. */
  readonly recordsSha256: string;
  readonly tallies: readonly BatchTally[];
}

/**
 * Builds what the database is to hold, in a file of its own beside it: nothing in it depends on what was imported
 * before. Nobody else knows the file, so it needs no journal; a crash leaves it to be swept.
 * @throws {BatchSubmitError} `E_DATABASE`, `E_DISK`, `E_RECORDS`, or the signal's reason
 */
export async function stage(path: string, plan: StagePlan, signal: AbortSignal | undefined): Promise<Staged> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    throw diskError('save', plan.target, error);
  }
  const database = await openDatabase(path, plan.busyMs, plan.target);
  try {
    for (const pragma of [
      // A row with its vector then seldom needs a second page, and half as many are written.
      'page_size = 8192',
      'journal_mode = OFF',
      'synchronous = OFF',
      'foreign_keys = OFF',
      'cache_size = -16000',
    ])
      database.exec(`PRAGMA ${pragma}`);
    if (plan.given !== undefined) for (const sql of ORIGINAL_TABLES) database.exec(sql);
    database.exec(`CREATE TABLE ${quoteName(plan.table)} (\n${columnsSql(plan.columns)}\n)`);
    for (const sql of FACT_TABLES) database.exec(sql);
    const staged = await load(database, plan, signal);
    settle(database, plan, staged.tallies);
    // The keys of a million rows are sorted in memory then, and by the core that has read until now as well.
    for (const pragma of ['cache_size = -48000', 'threads = 1']) database.exec(`PRAGMA ${pragma}`);
    database.transaction(() => {
      writeFacts(database, plan, staged.tallies);
      for (const sql of [...plan.indexes, ...plan.views]) database.exec(sql);
    });
    return staged;
  } catch (error) {
    throw isTwice(error) ? twice(plan.setup.records, error) : error;
  } finally {
    database.close();
  }
}

/** The only rule of the staged tables that records can break is that each has an id of its own. */
function isTwice(error: unknown): boolean {
  return error instanceof BatchSubmitError && error.message.includes('(SQLITE_CONSTRAINT');
}

function twice(path: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_RECORDS', `Cannot use "${path}": it holds a record twice`, {
    hint: 'make the file anew with `batch-submit parse`',
    cause,
  });
}

async function load(database: Database, plan: StagePlan, signal: AbortSignal | undefined): Promise<Staged> {
  const insert = rowInserter(database, plan.table, plan.columns);
  const hasOriginals = plan.given !== undefined;
  const insertPairs = hasOriginals ? plainInserter(database, 'qa_pairs', PAIR_CELLS) : undefined;
  const insertIndicators = hasOriginals ? plainInserter(database, 'indicators', INDICATOR_CELLS) : undefined;
  const tallies: BatchTally[] = [];
  let isBegun = false;
  const recordsSha256 = await readRowsAside(
    { ...plan.setup, columns: readColumns(plan.columns) },
    {
      onChunk(chunk) {
        if (!isBegun) database.exec('BEGIN');
        isBegun = true;
        insertIndicators?.(chunk.indicators);
        insertPairs?.(chunk.pairs);
        insert(chunk, plan.facts.lineage(chunk.batch, chunk.attempt, chunk.line));
      },
      onBatch(tally) {
        tallies.push(tally);
        if (isBegun) database.exec('COMMIT');
        isBegun = false;
      },
    },
    signal,
  );
  return { recordsSha256, tallies };
}

/** Finds each pair its original, in the tables that are made or in those that the user has. */
function settle(database: Database, { given, target }: StagePlan, tallies: readonly BatchTally[]): void {
  if (given === undefined) return;
  const isGiven = given.pairs || given.indicators;
  if (isGiven) database.exec(`ATTACH ${quoteText(urlOf(target))} AS given`);
  database.transaction(() => {
    if (given.pairs) settleGiven(database);
    else if (tallies.some(({ doubtful }) => doubtful > 0)) settleMade(database);
    if (given.indicators) settleIndicators(database);
  });
  if (isGiven) database.exec('DETACH given');
}

function writeFacts(database: Database, plan: StagePlan, tallies: readonly BatchTally[]): void {
  const { facts, requests, info, space } = plan;
  const byBatch = new Map(tallies.map((tally) => [tally.batch, tally]));
  const batches = new Set([...byBatch.keys(), ...requests.keys(), ...facts.retries]);
  for (const batch of [...batches].sort((a, b) => a - b)) {
    const tally = byBatch.get(batch);
    const counts = requests.get(batch);
    const { usage, model, jobName, submittedAt, endedAt, savedAt } = facts.of(batch);
    insertRow(database, 'batch_imports', [
      batch,
      counts?.planned ?? null,
      counts?.parsed ?? tally?.parsed ?? null,
      counts?.unparsable ?? null,
      counts?.without ?? null,
      tally?.records ?? 0,
      tally === undefined ? 0 : tally.records - tally.heldBack,
      tally?.duplicates ?? 0,
      tally?.heldBack ?? 0,
      tally?.embedded ?? 0,
      usage?.prompt ?? null,
      usage?.answer ?? null,
      usage?.thoughts ?? null,
      model,
      jobName,
      submittedAt,
      endedAt,
      savedAt,
    ]);
  }
  for (const row of info) insertRow(database, 'import_info', row);
  if (space !== undefined) insertRow(database, 'embedding_spaces', space);
}
