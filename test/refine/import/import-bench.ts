import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import type { SubmissionState } from '../../../src/model/submission-state.ts';
import type { Gate } from '../../../src/refine/answer-record.ts';
import {
  importRecords,
  type Imported,
  type ImportOptions,
} from '../../../src/refine/import/import-records.ts';
import { prepareImport } from '../../../src/refine/import/prepare.ts';
import type { RecordFiles } from '../../../src/refine/record-files.ts';

export const NO_STATE: SubmissionState = {
  stateId: '',
  createdAt: '',
  lastRun: undefined,
  batches: new Map(),
};

/** Imports what is in the folder of the records, into `qa.db` beside it. */
export async function importAll(
  files: RecordFiles,
  more: Partial<ImportOptions> & {
    readonly allow?: readonly Gate[];
    readonly without?: readonly Gate[];
  } = {},
): Promise<Imported> {
  const { allow = [], without = [], ...options } = more;
  const prepared = await prepareImport(files, { allow, without }, undefined);
  return await importRecords(
    {
      files,
      prepared,
      state: NO_STATE,
      path: databaseOf(files),
      mapping: undefined,
      withBackup: true,
      isDry: false,
      busyMs: 200,
      ...options,
    },
    undefined,
  );
}

export function databaseOf(files: RecordFiles): string {
  return join(files.folder, '..', 'qa.db');
}

/** Rows of a query. */
export function query(path: string, sql: string): unknown[] {
  const database = new Database(path);
  try {
    return database.prepare(sql).raw().all();
  } finally {
    database.close();
  }
}

/** Statements by somebody else. */
export function execute(path: string, sql: string): void {
  const database = new Database(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** All that a database holds, in the order in which it holds it: what `.dump` shows. */
export function dump(path: string): string {
  const schema = query(path, 'SELECT type, name, sql FROM sqlite_schema ORDER BY rowid') as string[][];
  const tables = schema.filter(([type]) => type === 'table');
  return [
    ...schema.map(([, , sql]) => sql),
    ...tables.flatMap(([, name]) =>
      query(path, `SELECT * FROM "${name}"`).map((row) => `${name}: ${textOf(row)}`),
    ),
  ].join('\n');
}

function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** Files beside the database. */
export async function beside(files: RecordFiles): Promise<string[]> {
  return (await readdir(join(files.folder, '..'))).sort();
}
