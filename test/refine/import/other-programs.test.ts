import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { textOf } from '../../../src/refine/answer-record.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { databaseOf, importAll } from './import-bench.ts';
import { pairs, writeDuplicates, writeParsed, writeVectors } from './record-folder.ts';

const run = promisify(execFile);
const QUESTION = 'SELECT count(*), sum(length(refined_answer)), max(qa_id) FROM pairs';

/** Of all answers, but for that of the duplicate. */
const LENGTH = pairs([1, 2])
  .filter(({ id }) => id !== '1-1-4')
  .reduce((sum, { value }) => sum + textOf({ value }, ['refined_answer']).length, 0);

async function imported(): Promise<string> {
  const records = pairs([1, 2]);
  const files = await writeParsed(join(await temporaryFolder(), 'records'), records);
  await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
  await writeVectors(files, records);
  await importAll(files);
  return databaseOf(files);
}

test('the program sqlite3 reads what was imported', async (context) => {
  if (spawnSync('sqlite3', ['-version']).error !== undefined) context.skip('there is no sqlite3 here');
  const path = await imported();
  const { stdout } = await run('sqlite3', [
    path,
    `${QUESTION}; PRAGMA integrity_check; PRAGMA foreign_key_check`,
  ]);
  expect(stdout).toBe(`19|${LENGTH}|20\nok\n`);
});

test('python reads what was imported', async (context) => {
  if (spawnSync('python3', ['-c', 'import sqlite3']).status !== 0) context.skip('there is no python3 here');
  const path = await imported();
  const script = `import sqlite3, struct, sys
c = sqlite3.connect(sys.argv[1])
print(c.execute('${QUESTION}').fetchone(), c.execute("SELECT total(imported) FROM import_statistics WHERE scope = 'topic'").fetchone())
print(struct.unpack('<4f', c.execute("SELECT embedding FROM refined_pairs WHERE record_id = '1-1-3'").fetchone()[0]))`;
  const { stdout } = await run('python3', ['-c', script, path]);
  expect(stdout).toBe(`(19, ${LENGTH}, 20) (20.0,)\n(3.0, 0.5, -1.0, 0.0)\n`);
});

test('sqlite-vec finds the nearest vectors', async (context) => {
  const extension = await import('sqlite-vec')
    .then(({ getLoadablePath }) => getLoadablePath())
    .catch(() => undefined);
  if (extension === undefined) return context.skip('there is no sqlite-vec here');
  const database = new Database(await imported());
  try {
    database.loadExtension(extension);
    const nearest = database
      .prepare(
        `SELECT record_id, vec_distance_L2(embedding, '[7.1, 0.5, -1, 0]') AS distance
         FROM refined_pairs ORDER BY distance LIMIT 2`,
      )
      .all() as { record_id: string; distance: number }[];
    expect(nearest.map(({ record_id }) => record_id)).toEqual(['1-2-2', '1-2-3']);
    expect(nearest[0]?.distance).toBeCloseTo(0.1);
  } finally {
    database.close();
  }
});
