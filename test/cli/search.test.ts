import { writeFile } from 'node:fs/promises';
import Libsql from 'libsql';
import { describe } from 'vitest';
import { sampleRecord, writeRecords } from '../refine/sample-records.ts';
import { type SampleDatabase, writeDatabase } from '../refine/sample-database.ts';
import { requestsTo } from './service-record.ts';
import { transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const RECORDS = [
  sampleRecord('1-1-1', 'When was the great dam built?', 'The great dam was built in 1911.'),
  sampleRecord('1-1-2', 'In which year was the great dam built?', 'The dam was built in the year 1911.'),
  sampleRecord('1-1-3', 'What do bees make?', 'Bees make\thoney and wax.'),
  sampleRecord('1-1-4', 'Who makes honey?', 'Bees make honey from nectar.'),
  sampleRecord('1-1-5', 'What is the price of silver?', 'The market sets the price of silver each day.'),
];

const SPACE = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 768 };

/** A folder with records that are embedded, and the database that an import makes of them. */
async function openSearch(open: OpenWorkbench, more: Partial<SampleDatabase> = {}): Promise<Workbench> {
  const bench = await open({ batches: [] });
  const { vectors: folder } = await writeRecords(bench.folder, RECORDS);
  await bench.given('embed --inline');
  await writeDatabase({
    path: bench.path('batch_records.db'),
    records: RECORDS,
    vectors: { folder, space: SPACE },
    ...more,
  });
  return bench;
}

const NO_KEY = { GEMINI_API_KEY: undefined };

describe.concurrent('batch-submit search', () => {
  test('finds the records that are nearest to a text', async ({ openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    const running = bench.start('search --limit 2 honey');
    const { stdout, code } = await running.ended;
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map(([, id]) => id)).toEqual(['1-1-4', '1-1-3']);
    expect(Number(rows[0]?.[0])).toBeGreaterThan(Number(rows[1]?.[0]));
    // A tab within a text does not make another field.
    expect(rows[1]).toEqual([
      rows[1]?.[0],
      '1-1-3',
      'What do bees make?',
      String.raw`Bees make\u{9}honey and wax.`,
    ]);
    const [, asked] = requestsTo(bench.emulator, 'models.embed');
    expect(asked).toBeDefined();
  });

  test('finds the records near one of them, without a key and without sending anything', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openSearch(openWorkbench);
    const requests = bench.emulator.requests().length;
    const { stdout } = await bench.given('search --id 1-1-1 --json', NO_KEY);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ text: null, id: '1-1-1', ...SPACE });
    expect(document.records).toHaveLength(4);
    expect(document.records[0]).toMatchObject({
      id: '1-1-2',
      texts: { refined_question: 'In which year was the great dam built?' },
    });
    const similarities = document.records.map(({ similarity }: { similarity: number }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    expect(bench.emulator.requests()).toHaveLength(requests);
  });

  test('is not misled by fields that are called `id` and `vector`', async ({ openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    const database = new Libsql(bench.path('batch_records.db'));
    database.exec(`
      ALTER TABLE refined_pairs ADD COLUMN id TEXT;
      ALTER TABLE refined_pairs ADD COLUMN vector TEXT;
      UPDATE refined_pairs SET id = 'mine-' || record_id, vector = 'north';
      UPDATE import_info SET value = '["id","vector"]' WHERE name = 'text_columns';
    `);
    database.close();
    const { stdout } = await bench.given('search --id 1-1-1 --limit 1 --json', NO_KEY);
    expect(JSON.parse(stdout).records).toMatchObject([
      { id: '1-1-2', texts: { id: 'mine-1-1-2', vector: 'north' } },
    ]);
  });

  test('reads the names of the table and its columns from the database', async ({
    openWorkbench,
    expect,
  }) => {
    const names = { table: 'my "facts"', id: 'fact id', vector: 'v' };
    const bench = await openSearch(openWorkbench, { names });
    const { stdout } = await bench.given('search --id 1-1-3 --limit 1', NO_KEY);
    expect(stdout).toMatch(/^0\.\d{3}\t1-1-4\t/);
  });

  test.for([
    ['search', 'E_USAGE', 'it was not said for what'],
    ['search honey --id 1-1-1', 'E_USAGE', 'a text and a record at once'],
    ['search --id 1-1-1 --limit 0', 'E_USAGE', 'not a whole number'],
    ['search --id 1-1-1 --limit 1001', 'E_USAGE', 'at most 1000 records'],
    ['search --id 9-9-9', 'E_USAGE', 'there is no record "9-9-9" in'],
    ['search --id 1-1-1 --database none.db', 'E_DATABASE', 'there is no database "none.db"'],
    ['search --id 1-1-1 --database text.db', 'E_DATABASE', 'Cannot read the database "text.db"'],
    ['search --id 1-1-1 --database other.db', 'E_DATABASE', 'it holds no records of ours'],
    ['search --id 1-1-1 --database plain.db', 'E_DATABASE', 'its records have no vectors'],
    ['search --id 1-1-1 --database mixed.db', 'E_DATABASE', 'its vectors are of 2 kinds'],
    ['search --id 1-1-1 --database short.db', 'E_DATABASE', 'the vector of "1-1-2" has 4 bytes'],
  ] as const)('%s ends with %s', async ([line, code, fact], { openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    await writeFile(bench.path('text.db'), 'no database, but long enough to be looked at as one '.repeat(40));
    new Libsql(bench.path('other.db')).exec('CREATE TABLE t (a)');
    await writeDatabase({ path: bench.path('plain.db'), records: RECORDS, vectors: undefined });
    for (const name of ['mixed.db', 'short.db']) {
      const vectors = { folder: bench.path('batch_records/vectors'), space: SPACE };
      await writeDatabase({ path: bench.path(name), records: RECORDS, vectors });
    }
    new Libsql(bench.path('mixed.db')).exec("INSERT INTO embedding_spaces VALUES ('other', NULL, 3)");
    new Libsql(bench.path('short.db')).exec(
      "UPDATE refined_pairs SET embedding = x'00000000' WHERE record_id = '1-1-2'",
    );
    const ended = await bench.cli(`${line} --json`, NO_KEY);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    const error = JSON.parse(ended.stderr);
    expect(error.code).toBe(code);
    expect(error.message).toContain(fact);
    expect(error.hint).toMatch(/`(?:batch-submit |--)/);
  });

  test('says what to do about a record without a vector', async ({ openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    new Libsql(bench.path('batch_records.db')).exec(
      "UPDATE refined_pairs SET embedding = NULL WHERE record_id = '1-1-5'",
    );
    const ended = await bench.cli('search --id 1-1-5', NO_KEY);
    expect(transcript(ended, bench.folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot search: the record "1-1-5" in "batch_records.db" has no vector

      hint: make it with \`batch-submit embed\`, then run \`batch-submit import\` again"
    `);
    expect((await bench.given('search --id 1-1-1', NO_KEY)).stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('says what to do when the model of the vectors is no more', async ({ openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    new Libsql(bench.path('batch_records.db')).exec(
      "UPDATE embedding_spaces SET model = 'gemini-embedding-0'",
    );
    const ended = await bench.cli('search honey');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('does not know "gemini-embedding-0", which made the vectors');
    expect(ended.stderr).toContain('`batch-submit embed --embedding-model <id>`');
  });

  test('needs a key for a text', async ({ openWorkbench, expect }) => {
    const bench = await openSearch(openWorkbench);
    expect(await bench.cli('search honey', NO_KEY)).toMatchObject({ code: 4 });
  });
});
