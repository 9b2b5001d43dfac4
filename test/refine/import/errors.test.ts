import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecordFiles } from '../../../src/refine/record-files.ts';
import { saveSection } from '../../../src/refine/summary.ts';
import { rejectionOf, temporaryFolder } from '../../state/temporary-folder.ts';
import { beside, databaseOf, dump, execute, importAll, query } from './import-bench.ts';
import { pair, pairs, writeDuplicates, writeParsed } from './record-folder.ts';

async function given(records = pairs([1, 2])): Promise<RecordFiles> {
  return await writeParsed(join(await temporaryFolder(), 'records'), records);
}

/** What SQL of the user makes an import into such a database fail, and that nothing of it is changed then. */
const DATABASES: readonly (readonly [name: string, sql: string, message: RegExp])[] = [
  ['a table of our name', 'CREATE TABLE refined_pairs (x)', /it has a table "refined_pairs" that is not of/],
  ['a view of our name', 'CREATE VIEW Pairs AS SELECT 1', /it has a view "pairs" that is not of/],
  [
    'an import_info of its own',
    'CREATE TABLE import_info (name, value)',
    /a table "import_info" that is not/,
  ],
  [
    'pairs without a question',
    'CREATE TABLE qa_pairs (qa_id INTEGER PRIMARY KEY, answer TEXT)',
    /its table "qa_pairs" has no column "question"/,
  ],
  [
    'pairs whose id is not unique',
    'CREATE TABLE qa_pairs (qa_id INTEGER, question TEXT, answer TEXT)',
    /its table "qa_pairs" has no unique "qa_id"/,
  ],
  [
    'tables of a newer version',
    "CREATE TABLE import_info (name TEXT PRIMARY KEY, value TEXT); INSERT INTO import_info VALUES ('made_by', 'batch-submit'), ('schema_version', '2'), ('table', 'refined_pairs')",
    /a newer batch-submit made its tables/,
  ],
  [
    'records of another kind',
    "CREATE TABLE import_info (name TEXT PRIMARY KEY, value TEXT); INSERT INTO import_info VALUES ('made_by', 'batch-submit'), ('schema_version', '1'), ('table', 'records')",
    /its records are in the table "records", and these belong into "refined_pairs"/,
  ],
];

describe('importRecords() refuses, and changes nothing', () => {
  test.for(DATABASES)('%s', async ([, sql, message]) => {
    const files = await given();
    execute(databaseOf(files), sql);
    const before = dump(databaseOf(files));
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('`'),
    });
    expect(dump(databaseOf(files))).toBe(before);
    expect(await beside(files)).toEqual(['qa.db', 'records']);
  });

  test('what is no database', async () => {
    const files = await given();
    await writeFile(databaseOf(files), 'a letter of somebody\n'.repeat(100));
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('it is not an SQLite database'),
    });
    expect(await beside(files)).toEqual(['qa.db', 'records']);
  });

  test('a database that another program holds locked, after a while', async () => {
    const files = await given();
    await importAll(files);
    const before = dump(databaseOf(files));
    await writeParsed(files.folder, pairs([1, 2, 3]));
    const other = new Database(databaseOf(files));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const startedMs = performance.now();
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('another program holds it locked (SQLITE_BUSY'),
    });
    expect(performance.now() - startedMs).toBeGreaterThan(190);
    other.exec('ROLLBACK');
    expect(dump(databaseOf(files))).toBe(before);
    await importAll(files);
    expect(query(databaseOf(files), 'SELECT count(*) FROM refined_pairs')).toEqual([[30]]);
  });

  test('a database that is read-only', async (context) => {
    if (process.getuid?.() === 0) context.skip('the superuser may write everything');
    const files = await given();
    await importAll(files);
    await writeParsed(files.folder, pairs([1]));
    await chmod(databaseOf(files), 0o400);
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_DATABASE' });
  });

  test('a folder in the place of the database', async () => {
    const files = await given();
    await mkdir(databaseOf(files));
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_DATABASE' });
  });

  test('rows that a trigger of the user refuses, batch by batch', async () => {
    const files = await given();
    await importAll(files);
    execute(
      databaseOf(files),
      `CREATE TRIGGER no_third BEFORE INSERT ON refined_pairs WHEN new.batch = 3 BEGIN SELECT raise(ABORT, 'not the third'); END`,
    );
    await writeParsed(files.folder, pairs([2, 3]));
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('a rule of its own refuses the rows (SQLITE_CONSTRAINT'),
      details: ['SQLite says: not the third'],
    });
    // The first is gone as a whole, the third did not come in part.
    expect(query(databaseOf(files), 'SELECT batch, count(*) FROM refined_pairs GROUP BY batch')).toEqual([
      [2, 10],
    ]);
    execute(databaseOf(files), 'DROP TRIGGER no_third');
    await importAll(files);
    expect(query(databaseOf(files), 'SELECT batch, count(*) FROM refined_pairs GROUP BY batch')).toEqual([
      [2, 10],
      [3, 10],
    ]);
  });

  test('to remove a row that one of the user refers to', async () => {
    const files = await given();
    await importAll(files);
    execute(
      databaseOf(files),
      `CREATE TABLE notes (record_id TEXT REFERENCES refined_pairs (record_id)); INSERT INTO notes VALUES ('1-1-1')`,
    );
    await writeParsed(files.folder, pairs([2]));
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_DATABASE',
      details: [expect.stringContaining('FOREIGN KEY')],
    });
    expect(query(databaseOf(files), 'SELECT count(*) FROM refined_pairs')).toEqual([[20]]);
  });
});

describe('importRecords() goes by what the steps before left', () => {
  test('no records at all', async () => {
    const files = await given();
    await rm(files.summary);
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_RECORDS' });
  });

  test('records that somebody has changed', async () => {
    const files = await given();
    await appendFile(files.records, `${JSON.stringify(pair(3, 1, 1))}\n`);
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_RECORDS',
      hint: 'make it anew with `batch-submit parse`',
    });
    expect(await beside(files)).toEqual(['records']);
  });

  test('records in another order', async () => {
    const files = await given([...pairs([2]), ...pairs([1])]);
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_RECORDS',
      message: expect.stringContaining('the record 1-1-1 is not in its place'),
    });
  });

  test('one record twice', async () => {
    const files = await given([...pairs([1]), pair(1, 2, 5)]);
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_RECORDS' });
    expect(await beside(files)).toEqual(['records']);
  });

  test('duplicates of other records', async () => {
    const files = await given();
    await writeDuplicates(files, []);
    await writeParsed(files.folder, pairs([1]));
    await expect(importAll(files)).rejects.toMatchObject({
      code: 'E_RECORDS',
      hint: 'bring them up to date with `batch-submit dedupe`',
    });
  });

  test('duplicates that somebody has changed', async () => {
    const files = await given();
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    await appendFile(files.duplicates, `${JSON.stringify({ id: '9-1-4', into: '1-1-2' })}\n`);
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_RECORDS' });
    await rm(files.duplicates);
    await expect(importAll(files)).rejects.toMatchObject({ code: 'E_RECORDS' });
  });
});

describe('gates', () => {
  const doubtful = [
    ...pairs([1]).slice(0, 5),
    pair(1, 2, 1, { flags: ['short', 'language'] }),
    pair(1, 2, 2, {
      flags: ['short'],
      value: { refined_question: 'Why\u001B[31m?\nno', refined_answer: 'x' },
    }),
    pair(1, 2, 3),
  ];

  async function withGates(): Promise<RecordFiles> {
    const files = await given([]);
    await writeParsed(files.folder, doubtful, { gates: { short: 2, language: 1, count: 1 } });
    await writeFile(
      files.unparsed,
      `${JSON.stringify({ reason: 'count', batch: 1, line: 2, key: 'request-2' })}\n`,
    );
    return files;
  }

  test('that are shut block the import, with samples that are safe to show', async () => {
    const files = await withGates();
    const error = (await rejectionOf(importAll(files))) as Error;
    expect(error).toMatchObject({
      code: 'E_GATES',
      message: 'Cannot import: gates are shut: short, language, count',
      hint: 'let them in with `batch-submit import --allow short,language,count`, or hold them back with `batch-submit import --without short,language,count`',
      details: [
        'short: 2 records',
        '   1-2-1   What is the value of indicator 6? It is 42, as measured in the year before.',
        '   1-2-2   Why [31m? no x',
        'language: 1 record',
        '   1-2-1   What is the value of indicator 6? It is 42, as measured in the year before.',
        'count: 1 request',
        '   batch 1, line 2',
      ],
    });
    expect(await beside(files)).toEqual(['records']);
  });

  test('that hold a record back leave the first of its duplicates in its place', async () => {
    const records = pairs([1], ({ id }) => (id === '1-1-2' ? { flags: ['short'] } : {}));
    const files = await given([]);
    await writeParsed(files.folder, records, { gates: { short: 1 } });
    await writeDuplicates(files, [
      { id: '1-1-1', into: '1-1-2', similarity: 0.95 },
      { id: '1-1-4', into: '1-1-2', similarity: 0.95 },
      { id: '1-2-1', into: '1-1-5', similarity: 0.95 },
    ]);
    await importAll(files, { without: ['short'] });
    const merged = 'SELECT record_id, duplicate_of FROM refined_pairs WHERE duplicate_of IS NOT NULL';
    expect(query(databaseOf(files), merged)).toEqual([
      ['1-1-4', '1-1-1'],
      ['1-2-1', '1-1-5'],
    ]);
    expect(query(databaseOf(files), 'SELECT count(*) FROM pairs')).toEqual([[7]]);
  });

  test('may be opened, or what they hold up be left out', async () => {
    const files = await withGates();
    expect(await importAll(files, { allow: ['short', 'language', 'count'] })).toMatchObject({ imported: 8 });
    expect(await importAll(files, { allow: ['short', 'count'], without: ['language'] })).toMatchObject({
      imported: 7,
      heldBack: 1,
      removed: 1,
    });
    // All records of the request, however good they are.
    expect(await importAll(files, { allow: ['short', 'language'], without: ['count'] })).toMatchObject({
      imported: 5,
      heldBack: 3,
    });
    await saveSection(files.summary, 'dedupe', undefined);
    await writeFile(files.unparsed, '');
    await expect(
      importAll(files, { allow: ['short', 'language'], without: ['count'] }),
    ).rejects.toMatchObject({
      code: 'E_RECORDS',
      message: expect.stringContaining('names 0 of 1 such requests'),
    });
    expect(await readFile(files.unparsed, 'utf8')).toBe('');
  });
});
