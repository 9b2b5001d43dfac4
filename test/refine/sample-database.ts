import Libsql from 'libsql';
import { type AnswerRecord, textOf } from '../../src/refine/answer-record.ts';
import { bytesOf, openVectors, type VectorSpace } from '../../src/refine/vectors.ts';

export interface SampleDatabase {
  readonly path: string;
  readonly records: readonly AnswerRecord[];
  /** The vectors of these records; `undefined`: a database without any. */
  readonly vectors: { readonly folder: string; readonly space: VectorSpace } | undefined;
  /** Of the table and its columns, to show that they are not taken for granted. */
  readonly names?: { readonly table: string; readonly id: string; readonly vector: string };
}

/** Writes records into a database in the way of `import`: as much of it as `search` reads. */
export async function writeDatabase({ path, records, vectors, names }: SampleDatabase): Promise<void> {
  const { table, id, vector } = names ?? { table: 'refined_pairs', id: 'record_id', vector: 'embedding' };
  const quoted = `"${table.replaceAll('"', '""')}"`;
  const database = new Libsql(path);
  const fields = ['refined_question', 'refined_answer'];
  database.exec(`
    CREATE TABLE ${quoted} ("${id}" TEXT PRIMARY KEY, refined_question TEXT, refined_answer TEXT, "${vector}" BLOB);
    CREATE TABLE embedding_spaces (model TEXT, task_type TEXT, dimensions INTEGER);
    CREATE TABLE import_info (name TEXT PRIMARY KEY, value TEXT);
  `);
  const info = database.prepare('INSERT INTO import_info VALUES (?, ?)');
  info.run('table', table);
  info.run('id_column', id);
  info.run('embedding_column', vector);
  info.run('text_columns', JSON.stringify(fields));
  const found = vectors === undefined ? undefined : await openVectors(vectors.folder, vectors.space, 'read');
  if (vectors !== undefined) {
    const { model, taskType = null, dimensions } = vectors.space;
    database.prepare('INSERT INTO embedding_spaces VALUES (?, ?, ?)').run(model, taskType, dimensions);
  }
  const insert = database.prepare(`INSERT INTO ${quoted} VALUES (?, ?, ?, ?)`);
  for (const record of records) {
    const row = found?.find(textOf(record, fields)) ?? -1;
    const values = row < 0 ? undefined : await found?.read(row);
    insert.run(
      record.id,
      textOf(record, ['refined_question']),
      textOf(record, ['refined_answer']),
      values === undefined ? null : bytesOf(values),
    );
  }
  await found?.close();
  database.close();
}
