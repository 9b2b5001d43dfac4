import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMapping } from '../../../src/refine/import/mapping.ts';
import type { RecordFiles } from '../../../src/refine/record-files.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { databaseOf, dump, execute, importAll, query } from './import-bench.ts';
import { pair, pairs, writeDuplicates, writeParsed, writeVectors } from './record-folder.ts';

const TABLE = `CREATE TABLE "my pairs" (
  "id" TEXT PRIMARY KEY, "the ""question""" TEXT NOT NULL, score REAL, was TEXT, batch INTEGER, vector BLOB,
  note TEXT DEFAULT 'none');
  INSERT INTO "my pairs" VALUES ('theirs', 'q', 1, 'w', 0, NULL, 'mine'), ('1-1-2', 'old', 2, 'w', 0, NULL, 'kept')`;

const MAPPING = {
  table: 'my pairs',
  id: 'id',
  columns: {
    'the "question"': 'refined_question',
    score: 'quality_score',
    was: 'source.question',
    batch: 'batch',
  },
  embedding: 'vector',
};

async function given(sql = TABLE): Promise<RecordFiles> {
  const files = await writeParsed(join(await temporaryFolder(), 'records'), pairs([1]));
  execute(databaseOf(files), sql);
  return files;
}

describe('a mapping', () => {
  test('fills a table of the user, and leaves the rest of it alone', async () => {
    const files = await given();
    const records = pairs([1]);
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    await writeVectors(files, records.slice(0, 1));
    const imported = await importAll(files, { mapping: MAPPING });
    expect(imported).toMatchObject({ table: 'my pairs', added: 8, updated: 1, removed: 0, duplicates: 1 });
    const path = databaseOf(files);
    expect(
      query(path, 'SELECT *, hex(vector) FROM "my pairs" WHERE batch = 0 OR id < \'1-1-3\'').map((row) =>
        (row as unknown[]).toSpliced(5, 1),
      ),
    ).toEqual([
      ['theirs', 'q', 1, 'w', 0, 'mine', ''],
      ['1-1-2', 'What is the value of indicator 2?', 0.7, 'value of 2', 1, 'kept', ''],
      [
        '1-1-1',
        'What is the value of indicator 1?',
        0.6,
        'value of 1',
        1,
        'none',
        '0000803F0000003F000080BF00000000',
      ],
    ]);
    expect(query(path, 'SELECT imported FROM batch_imports')).toEqual([[10]]);
    expect(query(path, "SELECT value FROM import_info WHERE name IN ('table', 'text_columns')")).toEqual([
      ['my pairs'],
      ['["the \\"question\\""]'],
    ]);
    const before = dump(path);
    expect(await importAll(files, { mapping: MAPPING })).toMatchObject({ outcome: 'unchanged' });
    expect(dump(path)).toBe(before);
  });

  test('writes nothing the second time, whatever the types of the columns are', async () => {
    const files = await given(`CREATE TABLE plain (
      id TEXT PRIMARY KEY COLLATE NOCASE, question TEXT COLLATE NOCASE, score TEXT, number VARCHAR(2), batch REAL, line)`);
    const columns = {
      question: 'refined_question',
      score: 'quality_score',
      number: 'pair_id',
      batch: 'batch',
      line: 'line',
    };
    const mapping = { table: 'plain', id: 'id', columns, embedding: undefined };
    await importAll(files, { mapping });
    expect(await importAll(files, { mapping })).toMatchObject({ outcome: 'unchanged', updated: 0 });
    // Another case is another text, also where the table does not tell them apart.
    const value = { refined_question: 'WHAT IS THE VALUE OF INDICATOR 1?', quality_score: 0.6 };
    await writeParsed(files.folder, [pair(1, 1, 1, { value })]);
    expect(await importAll(files, { mapping })).toMatchObject({ updated: 1 });
    expect(query(databaseOf(files), "SELECT question, score FROM plain WHERE id = '1-1-1'")).toEqual([
      ['WHAT IS THE VALUE OF INDICATOR 1?', '0.6'],
    ]);
  });

  test('into a database of the user goes on where it was stopped', async () => {
    const files = await given(`${TABLE};
      CREATE TRIGGER not_now BEFORE INSERT ON "my pairs" WHEN new.batch = 2 BEGIN SELECT raise(ABORT, 'not now'); END`);
    await writeParsed(files.folder, pairs([1, 2]));
    await expect(importAll(files, { mapping: MAPPING })).rejects.toMatchObject({ details: [/not now/] });
    execute(databaseOf(files), 'DROP TRIGGER not_now');
    expect(await importAll(files, { mapping: MAPPING })).toMatchObject({ outcome: 'written', added: 10 });
    expect(await importAll(files, { mapping: MAPPING })).toMatchObject({ outcome: 'unchanged' });
  });

  test.for([
    ['a table that is not there', { ...MAPPING, table: 'nobody' }, 'it has no table "nobody"'],
    ['a view', { ...MAPPING, table: 'seen' }, '"seen" is a view'],
    ['a column that is not there', { ...MAPPING, columns: { scores: 'batch' } }, 'has no column "scores"'],
    [
      'a column that is computed',
      { ...MAPPING, columns: { twice: 'batch' } },
      'the column "twice" of "my pairs" is computed',
    ],
    [
      'an id that is not unique',
      { ...MAPPING, id: 'note' },
      'the column "note" of "my pairs" has no unique index',
    ],
    [
      'nothing for a column that must not be empty',
      { ...MAPPING, columns: {} },
      'the column "the "question"" of',
    ],
    [
      'an id that takes numbers alone',
      { ...MAPPING, table: 'numbered', columns: {} },
      'the column "id" of "numbered" takes whole numbers alone, and the id of a record is a text',
    ],
    ['SQL in the place of a name', { ...MAPPING, table: 'x"; DROP TABLE "my pairs"; --' }, 'it has no table'],
  ] as const)('is refused for %s', async ([, mapping, message]) => {
    const files = await given(
      `${TABLE}; CREATE VIEW seen AS SELECT 1 AS id; CREATE TABLE numbered (id INTEGER PRIMARY KEY); ALTER TABLE "my pairs" ADD COLUMN twice AS (score * 2)`,
    );
    const before = dump(databaseOf(files));
    await expect(importAll(files, { mapping: { ...mapping, embedding: undefined } })).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining(message),
    });
    expect(dump(databaseOf(files))).toBe(before);
  });

  test('says which value a strict table does not take', async () => {
    const files = await given('CREATE TABLE strict_one (id TEXT PRIMARY KEY, question BLOB) STRICT');
    const mapping = {
      table: 'strict_one',
      id: 'id',
      columns: { question: 'refined_question' },
      embedding: undefined,
    };
    await expect(importAll(files, { mapping })).rejects.toMatchObject({
      code: 'E_DATABASE',
      message: expect.stringContaining('a rule of its own refuses the rows'),
      details: ['SQLite says: cannot store TEXT value in BLOB column strict_one.question'],
    });
  });

  test.for([
    ['no JSON', '{', 'it is not valid JSON'],
    ['a list', '[]', 'it is no object'],
    ['a member too many', '{"table": "x", "id": "y", "columns": {}, "sql": "DROP"}', 'a member "sql"'],
    ['no table', '{"id": "y", "columns": {}}', 'its "table" is no name'],
    ['a column twice', '{"table": "x", "id": "y", "columns": {"Y": "batch"}}', 'the column "Y" twice'],
    ['numbers', '{"table": "x", "id": "y", "columns": {"a": 1}}', 'its "columns" are not names'],
  ])('cannot be %s', async ([, text = '', message = '']) => {
    const path = join(await temporaryFolder(), 'mapping.json');
    await writeFile(path, text);
    await expect(readMapping(path)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining(message),
    });
  });
});

describe('records of another kind', () => {
  test('get a column for each property, beside ours', async () => {
    const folder = await temporaryFolder();
    const value = { name: 'Ulm', Batch: 'x', tags: ['a'], big: 2 ** 50, isOld: true };
    const parsedAs = async (properties: readonly string[]): Promise<RecordFiles> =>
      await writeParsed(join(folder, 'records'), [pair(1, 1, 1, { value })], {
        kind: 'schema',
        properties,
        fields: ['name'],
      });
    const files = await parsedAs(['name', 'Batch', 'tags', 'big', 'isOld']);
    await importAll(files);
    const path = databaseOf(files);
    expect(
      query(path, 'SELECT record_id, name, value_Batch, tags, big, isOld, batch, source FROM records'),
    ).toEqual([['1-1-1', 'Ulm', 'x', '["a"]', 2 ** 50, 1, 1, JSON.stringify(pair(1, 1, 1).source)]]);
    expect(query(path, "SELECT value FROM import_info WHERE name = 'text_columns'")).toEqual([['["name"]']]);
    expect(query(path, 'SELECT records, imported FROM import_statistics')).toEqual([[1, 1]]);
    const before = dump(path);
    await importAll(files);
    expect(dump(path)).toBe(before);
    await importAll(await parsedAs(['name', 'more']));
    expect(query(path, 'SELECT name, more FROM records')).toEqual([['Ulm', null]]);
  });
});
