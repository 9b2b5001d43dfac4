import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { beside, databaseOf, dump, execute, importAll, query } from './import-bench.ts';
import { pair, pairs, SPACE, writeDuplicates, writeParsed, writeVectors } from './record-folder.ts';

describe('importRecords() into a database that is made', () => {
  test('gives each record one row, beside its original', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1, 2]));
    const imported = await importAll(files);
    expect(imported).toMatchObject({ outcome: 'written', records: 20, imported: 20, heldBack: 0, added: 20 });
    const path = databaseOf(files);
    expect(query(path, 'SELECT * FROM indicators')).toEqual([
      [1, 'Indicator 1', null, null],
      [2, 'Indicator 2', null, null],
    ]);
    expect(query(path, 'SELECT count(*), min(qa_id), max(qa_id) FROM qa_pairs')).toEqual([[20, 1, 20]]);
    expect(query(path, "SELECT * FROM pairs WHERE record_id = '2-1-3'")).toEqual([
      [
        '2-1-3',
        13,
        2,
        3,
        'odd',
        'value of 13',
        '91',
        'What is the value of indicator 13?',
        'It is 91, as measured in the year before.',
        0.8,
        '["clearer","shorter"]',
        '',
        2,
        1,
        null,
      ],
    ]);
    expect(
      query(
        path,
        'SELECT typeof(qa_id), typeof(pair_id), typeof(line), typeof(batch) FROM refined_pairs LIMIT 1',
      ),
    ).toEqual([['integer', 'integer', 'integer', 'integer']]);
    expect(query(path, 'PRAGMA foreign_key_check')).toEqual([]);
    expect(query(path, 'PRAGMA integrity_check')).toEqual([['ok']]);
  });

  test('marks duplicates, and shows each pair once', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    expect(await importAll(files)).toMatchObject({ imported: 10, duplicates: 1 });
    const path = databaseOf(files);
    expect(
      query(path, "SELECT record_id, similarity FROM refined_pairs WHERE duplicate_of = '1-1-2'"),
    ).toEqual([['1-1-4', 0.95]]);
    expect(query(path, 'SELECT count(*) FROM pairs')).toEqual([[9]]);
  });

  test('keeps vectors as little-endian floats, and says of which space they are', async () => {
    const directory = await temporaryFolder();
    const records = pairs([1]);
    const files = await writeParsed(join(directory, 'records'), records);
    await writeVectors(files, records.slice(0, 3));
    expect(await importAll(files)).toMatchObject({ embedded: 3 });
    const path = databaseOf(files);
    expect(query(path, "SELECT hex(embedding) FROM refined_pairs WHERE record_id = '1-1-1'")).toEqual([
      ['0000803F0000003F000080BF00000000'],
    ]);
    expect(query(path, 'SELECT * FROM embedding_spaces')).toEqual([[SPACE.model, SPACE.taskType, 4]]);
    expect(
      query(path, "SELECT name, value FROM import_info WHERE name LIKE '%column%' OR name = 'table'"),
    ).toEqual([
      ['embedding_column', 'embedding'],
      ['id_column', 'record_id'],
      ['table', 'refined_pairs'],
      ['text_columns', '["refined_question","refined_answer"]'],
    ]);
  });

  test('adds up, by indicator and topic too', async () => {
    const directory = await temporaryFolder();
    const records = pairs([1, 2]);
    const files = await writeParsed(
      join(directory, 'records'),
      [...records.slice(0, 19), pair(2, 2, 5, { flags: ['short'] })],
      {
        requests: { planned: 7, parsed: 4, unparsable: 2, without: 1 },
        batches: [
          { batch: 1, planned: 3, parsed: 2, unparsable: 1, without: 0, records: 10 },
          { batch: 2, planned: 4, parsed: 2, unparsable: 1, without: 1, records: 10 },
        ],
        gates: { short: 1 },
      },
    );
    await importAll(files, { without: ['short'] });
    const path = databaseOf(files);
    expect(query(path, "SELECT * FROM import_statistics WHERE scope = 'total'")).toEqual([
      ['total', null, 7, 4, 2, 1, 20, 1, 19, 0, 0, 0.789474],
    ]);
    expect(query(path, "SELECT scope, name, imported FROM import_statistics WHERE scope <> 'total'")).toEqual(
      [
        ['indicator', 'Indicator 1', 10],
        ['indicator', 'Indicator 2', 9],
        ['topic', 'even', 8],
        ['topic', 'odd', 11],
      ],
    );
    expect(
      query(
        path,
        'SELECT batch, planned, parsed + unparsable + without, records, imported + held_back FROM batch_imports',
      ),
    ).toEqual([
      [1, 3, 3, 10, 10],
      [2, 4, 4, 10, 10],
    ]);
  });

  test('does not believe a number within a prompt to be the id of an original', async () => {
    const directory = await temporaryFolder();
    const local = pairs([1, 2], ({ id, position }) => ({
      source: { pair_id: position, question: `question of ${id}`, answer: 'x', topic: 'even' },
    }));
    const files = await writeParsed(join(directory, 'records'), local);
    await importAll(files);
    const path = databaseOf(files);
    expect(query(path, 'SELECT count(*), count(qa_id), count(source) FROM refined_pairs')).toEqual([
      [20, 0, 20],
    ]);
    expect(query(path, "SELECT question, topic FROM pairs WHERE record_id = '2-1-1'")).toEqual([
      ['question of 2-1-1', 'even'],
    ]);
  });

  test('believes such an id when it is the same everywhere', async () => {
    const directory = await temporaryFolder();
    const global = pairs([1, 2], ({ id }) => ({
      source: { id: `p${id}`, question: `question of ${id}`, indicator: 'Rain' },
    }));
    const files = await writeParsed(join(directory, 'records'), global);
    await importAll(files);
    const path = databaseOf(files);
    expect(query(path, 'SELECT count(qa_id), count(source) FROM refined_pairs')).toEqual([[20, 0]]);
    expect(query(path, "SELECT * FROM qa_pairs WHERE qa_id = 'p2-2-5'")).toEqual([
      ['p2-2-5', 'Rain', null, 'question of 2-2-5', null, null],
    ]);
    expect(query(path, 'PRAGMA foreign_key_check')).toEqual([]);
  });
});

describe('importRecords() again', () => {
  test('changes no byte and makes no backup', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1, 2]));
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    await importAll(files);
    const before = await readFile(databaseOf(files));
    expect(await importAll(files)).toMatchObject({ outcome: 'unchanged', added: 0, updated: 0, removed: 0 });
    expect((await readFile(databaseOf(files))).equals(before)).toBe(true);
    expect(await beside(files)).toEqual(['qa.db', 'records']);
  });

  test('comes to what an import into a new database comes to, whatever was there before', async () => {
    const directory = await temporaryFolder();
    const first = pairs([1, 3]);
    const files = await writeParsed(join(directory, 'records'), first);
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    await importAll(files);
    // One answer is new, one is gone from the front of its batch, one is added in front, and a batch comes between.
    const next = [
      ...pairs([1], ({ id }) => (id === '1-2-2' ? { attempt: 2 } : {})).slice(1),
      ...pairs([2]),
      ...pairs([3]),
    ];
    await writeParsed(files.folder, next);
    await writeDuplicates(files, [{ id: '3-1-1', into: '1-1-2', similarity: 0.91 }]);
    const imported = await importAll(files);
    expect(imported).toMatchObject({ outcome: 'written', added: 10, updated: 10, removed: 1 });
    const changed = dump(databaseOf(files));
    await rm(databaseOf(files));
    await importAll(files);
    expect(changed).toBe(dump(databaseOf(files)));
  });

  test('backs up what is there first, and keeps three', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    await importAll(files);
    const dumps: string[] = [];
    for (const batches of [[1, 2], [1, 2, 3], [2, 3], [3]]) {
      dumps.push(dump(databaseOf(files)));
      await writeParsed(files.folder, pairs(batches));
      const { backup } = await importAll(files);
      expect(backup).toBe(`${databaseOf(files)}.backup-${dumps.length}`);
      expect(dump(backup ?? '')).toBe(dumps.at(-1));
    }
    expect(await beside(files)).toEqual([
      'qa.db',
      'qa.db.backup-2',
      'qa.db.backup-3',
      'qa.db.backup-4',
      'records',
    ]);
    expect(await importAll(await writeParsed(files.folder, pairs([1])), { withBackup: false })).toMatchObject(
      {
        outcome: 'written',
        backup: undefined,
      },
    );
  });

  test('plans only, with isDry', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    expect(await importAll(files, { isDry: true })).toMatchObject({ outcome: 'planned', added: 10 });
    expect(await beside(files)).toEqual(['records']);
    await importAll(files);
    const before = await readFile(databaseOf(files));
    await writeParsed(files.folder, pairs([2]));
    expect(await importAll(files, { isDry: true })).toMatchObject({
      outcome: 'planned',
      added: 10,
      removed: 10,
    });
    expect((await readFile(databaseOf(files))).equals(before)).toBe(true);
    expect(await beside(files)).toEqual(['qa.db', 'records']);
  });
});

describe('importRecords() into a database of the user', () => {
  test('leaves their tables as they are, and finds the originals in them', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    const path = databaseOf(files);
    execute(
      path,
      `CREATE TABLE indicators (indicator_id INTEGER PRIMARY KEY, indicator_name TEXT, indicator_slug TEXT, session_number INTEGER);
       CREATE TABLE qa_pairs (qa_id INTEGER PRIMARY KEY, indicator_id INTEGER REFERENCES indicators (indicator_id), pair_number INTEGER, question TEXT, answer TEXT, topic TEXT);
       INSERT INTO indicators VALUES (1, 'Theirs', 'theirs', 7);
       INSERT INTO qa_pairs VALUES (1, 1, 1, 'their question', 'their answer', 'their topic'), (2, 1, 2, 'q2', 'a2', 't2');`,
    );
    const theirs = (): unknown[] => [
      query(path, 'SELECT * FROM qa_pairs'),
      query(path, 'SELECT * FROM indicators'),
    ];
    const before = theirs();
    const imported = await importAll(files);
    expect(imported.backup).toBe(`${path}.backup-1`);
    expect(theirs()).toEqual(before);
    expect(query(path, 'SELECT record_id, qa_id, question, topic FROM pairs LIMIT 3')).toEqual([
      ['1-1-1', 1, 'their question', 'their topic'],
      ['1-1-2', 2, 'q2', 't2'],
      ['1-1-3', null, 'value of 3', 'odd'],
    ]);
    expect(query(path, "SELECT name, imported FROM import_statistics WHERE scope = 'indicator'")).toEqual([
      ['Theirs', 10],
    ]);
    const held = dump(path);
    expect(await importAll(files)).toMatchObject({ outcome: 'unchanged' });
    expect(dump(path)).toBe(held);
  });

  test('finds originals that were added since', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    const path = databaseOf(files);
    execute(path, 'CREATE TABLE qa_pairs (qa_id INTEGER PRIMARY KEY, question TEXT, answer TEXT)');
    await importAll(files);
    expect(query(path, 'SELECT count(qa_id) FROM refined_pairs')).toEqual([[0]]);
    execute(path, "INSERT INTO qa_pairs VALUES (5, 'now', 'there')");
    expect(await importAll(files)).toMatchObject({ updated: 1 });
    expect(query(path, 'SELECT question FROM pairs WHERE qa_id = 5')).toEqual([['now']]);
  });

  test('takes the log of a WAL database into the backup, and leaves the mode', async () => {
    const directory = await temporaryFolder();
    const files = await writeParsed(join(directory, 'records'), pairs([1]));
    const path = databaseOf(files);
    const other = new Database(path);
    onTestFinished(() => void other.close());
    other.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('kept')",
    );
    expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0);
    const { backup = '' } = await importAll(files);
    await copyFile(backup, join(directory, 'copy.db'));
    expect(query(join(directory, 'copy.db'), 'SELECT * FROM notes')).toEqual([['kept']]);
    expect(query(path, 'PRAGMA journal_mode')).toEqual([['wal']]);
    expect(query(path, 'SELECT count(*) FROM refined_pairs')).toEqual([[10]]);
  });
});
