import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import Database from 'libsql';

// What a user would otherwise write: each line parsed and put into the tables, all in one transaction.
const [, , records, path] = process.argv;
const database = new Database(path);
database.exec(`
  CREATE TABLE indicators (indicator_id INTEGER PRIMARY KEY, indicator_name TEXT, indicator_slug TEXT, session_number INTEGER);
  CREATE TABLE qa_pairs (qa_id INTEGER PRIMARY KEY, indicator_id INTEGER, pair_number INTEGER, question TEXT, answer TEXT, topic TEXT);
  CREATE TABLE refined_pairs (
    record_id TEXT PRIMARY KEY, qa_id INTEGER, pair_id INTEGER, refined_question TEXT, refined_answer TEXT,
    quality_score REAL, improvements_made TEXT, batch INTEGER, line INTEGER, request_key TEXT, attempt INTEGER,
    position INTEGER, is_cut INTEGER, model TEXT, job_name TEXT, input_file TEXT, flags TEXT, duplicate_of TEXT,
    similarity REAL, source TEXT, embedding BLOB);`);
const insert = (table, width) =>
  database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${Array(width).fill('?').join(', ')})`);
const [indicator, original, refined] = [
  insert('indicators', 4),
  insert('qa_pairs', 6),
  insert('refined_pairs', 21),
];
const seen = new Set();
database.exec('BEGIN');
for await (const line of createInterface({
  input: createReadStream(records),
  crlfDelay: Number.POSITIVE_INFINITY,
})) {
  const { id, batch, line: number, key, attempt, position, flags, value, source } = JSON.parse(line);
  if (!seen.has(source.indicator_id)) indicator.run([source.indicator_id, null, null, null]);
  seen.add(source.indicator_id);
  original.run([source.qa_id, source.indicator_id, null, source.question, source.answer, source.topic]);
  refined.run([
    id,
    source.qa_id,
    value.pair_id,
    value.refined_question,
    value.refined_answer,
    value.quality_score,
    JSON.stringify(value.improvements_made),
    batch,
    number,
    key,
    attempt,
    position,
    0,
    null,
    null,
    null,
    flags.join(','),
    null,
    null,
    null,
    null,
  ]);
}
database.exec('COMMIT');
database.close();
