import type { Column } from './column.ts';
import { quoteName } from './database.ts';

/** How our tables are laid out. Raised when one changes, with a migration. */
export const SCHEMA_VERSION = 1;

export const PAIRS_TABLE = 'refined_pairs';
export const RECORDS_TABLE = 'records';

/** In front of what a record says. */
const IDENTITY: readonly Column[] = [
  { name: 'place', from: 'place', type: 'integer' },
  { name: 'record_id', from: 'id', type: 'text' },
];

/** Behind it: where it comes from, and what is known of it. */
const LINEAGE: readonly Column[] = [
  { name: 'batch', from: 'batch', type: 'integer' },
  { name: 'line', from: 'line', type: 'integer' },
  { name: 'request_key', from: 'key', type: 'text' },
  { name: 'attempt', from: 'attempt', type: 'integer' },
  { name: 'position', from: 'position', type: 'integer' },
  { name: 'is_cut', from: 'is_cut', type: 'integer' },
  { name: 'model', from: 'model', type: 'text' },
  { name: 'job_name', from: 'job_name', type: 'text' },
  { name: 'input_file', from: 'input_file', type: 'text' },
  { name: 'flags', from: 'flags', type: 'text' },
  { name: 'duplicate_of', from: 'duplicate_of', type: 'text' },
  { name: 'similarity', from: 'similarity', type: 'real' },
];

const EMBEDDING: Column = { name: 'embedding', from: 'embedding', type: 'blob' };

/** A refined pair and its lineage, one row each. */
export const PAIR_COLUMNS: readonly Column[] = [
  ...IDENTITY,
  { name: 'qa_id', from: 'qa_id', type: 'any' },
  { name: 'pair_id', from: 'value.pair_id', type: 'any' },
  { name: 'refined_question', from: 'value.refined_question', type: 'text' },
  { name: 'refined_answer', from: 'value.refined_answer', type: 'text' },
  { name: 'quality_score', from: 'value.quality_score', type: 'real' },
  { name: 'improvements_made', from: 'value.improvements_made', type: 'text' },
  ...LINEAGE,
  { name: 'source', from: 'loose_source', type: 'text' },
  EMBEDDING,
];

/** Records of another kind: a column for each property, named as it is where that name is free. */
export function recordColumns(properties: readonly string[]): readonly Column[] {
  const taken = new Set([...IDENTITY, ...LINEAGE, EMBEDDING, { name: 'source' }].map(({ name }) => name));
  const own = properties.map((property): Column => {
    let name = property;
    // SQLite does not tell `Batch` from `batch`.
    while (name === '' || taken.has(name.toLowerCase())) name = `value_${name}`;
    taken.add(name.toLowerCase());
    return { name, from: `value.${property}`, type: 'any' };
  });
  return [...IDENTITY, ...own, ...LINEAGE, { name: 'source', from: 'source', type: 'text' }, EMBEDDING];
}

/** The columns as `CREATE TABLE` takes them. */
export function columnsSql(columns: readonly Column[]): string {
  return columns.map((column) => `  ${columnSql(column)}`).join(',\n');
}

const TYPES: Readonly<Record<Column['type'], string>> = {
  text: ' TEXT',
  integer: ' INTEGER',
  real: ' REAL',
  any: '',
  blob: ' BLOB',
};

/** Of these each record has one. */
const ALWAYS: ReadonlySet<string> = new Set(['id', 'batch', 'attempt', 'position', 'is_cut', 'flags']);

function columnSql({ name, from, type }: Column): string {
  if (from === 'place') return `${quoteName(name)} INTEGER PRIMARY KEY`;
  const rule = from === 'qa_id' ? ' REFERENCES qa_pairs (qa_id)' : ALWAYS.has(from) ? ' NOT NULL' : '';
  return `${quoteName(name)}${TYPES[type]}${rule}`;
}

/** As the user's database may have them already; made where it has not. */
export const ORIGINAL_TABLES: readonly string[] = [
  `CREATE TABLE indicators (
  indicator_id PRIMARY KEY,
  indicator_name TEXT,
  indicator_slug TEXT,
  session_number
) WITHOUT ROWID`,
  `CREATE TABLE qa_pairs (
  qa_id PRIMARY KEY,
  indicator_id REFERENCES indicators (indicator_id),
  pair_number,
  question TEXT,
  answer TEXT,
  topic TEXT
) WITHOUT ROWID`,
];

/** What came of each batch, and what is to be known of the whole. */
export const FACT_TABLES: readonly string[] = [
  `CREATE TABLE batch_imports (
  batch INTEGER PRIMARY KEY,
  planned INTEGER,
  parsed INTEGER,
  unparsable INTEGER,
  without INTEGER,
  records INTEGER NOT NULL,
  imported INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  held_back INTEGER NOT NULL,
  embedded INTEGER NOT NULL,
  prompt_tokens INTEGER,
  answer_tokens INTEGER,
  thoughts_tokens INTEGER,
  model TEXT,
  job_name TEXT,
  submitted_at TEXT,
  ended_at TEXT,
  saved_at TEXT
)`,
  `CREATE TABLE embedding_spaces (
  model TEXT PRIMARY KEY,
  task_type TEXT,
  dimensions INTEGER NOT NULL
) WITHOUT ROWID`,
  `CREATE TABLE import_info (
  name TEXT PRIMARY KEY,
  value TEXT
) WITHOUT ROWID`,
];
