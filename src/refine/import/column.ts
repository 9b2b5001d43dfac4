import type { AnswerRecord } from '../answer-record.ts';
import type { Json } from '../parse/read-json.ts';

/** What a cell of a table may hold. A whole number that must stay one is a `bigint`. */
export type Cell = string | number | bigint | Uint8Array | null;

/** How values are written: `any` keeps numbers and texts as they are, and the rest becomes JSON. */
export type ColumnType = 'text' | 'integer' | 'real' | 'any' | 'blob';

/**
 * A column, and where its cells come from: `value.<name>` and `source.<name>` are members of the answer and of the
 * item of the prompt; the other words are in `FACTS` and `BATCH_FACTS`.
 */
export interface Column {
  readonly name: string;
  readonly from: string;
  readonly type: ColumnType;
}

/** A record, and what is known of it from elsewhere. */
export interface RecordFacts {
  readonly record: AnswerRecord;
  /** Unique, and ordered as the records are: the batch times 2^32, and its number in the batch from 1. */
  readonly place: number;
  readonly duplicateOf: string | undefined;
  readonly similarity: number | undefined;
  readonly embedding: Uint8Array | undefined;
  /** What the item of the prompt is called in `qa_pairs`, see `originalOf`. */
  readonly qaId: Cell;
  /** The item as JSON, where `qa_pairs` may not hold it. */
  readonly looseSource: string | null;
}

/** Facts that are the same for all records that one attempt at one request gave. */
export const BATCH_FACTS = ['batch', 'attempt', 'model', 'job_name', 'input_file'] as const;

export type BatchFact = (typeof BATCH_FACTS)[number];

type Read = (facts: RecordFacts) => Cell;

const FACTS: Readonly<Record<string, Read>> = {
  place: ({ place }) => place,
  id: ({ record }) => record.id,
  line: ({ record }) => record.line,
  key: ({ record }) => (record.key === null ? null : clean(record.key)),
  position: ({ record }) => record.position,
  is_cut: ({ record }) => (record.isCut === true ? 1 : 0),
  flags: ({ record }) => record.flags.join(','),
  duplicate_of: ({ duplicateOf }) => duplicateOf ?? null,
  similarity: ({ similarity }) => similarity ?? null,
  embedding: ({ embedding }) => embedding ?? null,
  qa_id: ({ qaId }) => qaId,
  loose_source: ({ looseSource }) => looseSource,
  value: ({ record }) => JSON.stringify(record.value),
  source: ({ record }) => (record.source === undefined ? null : JSON.stringify(record.source)),
};

/** The words that a mapping may use, beside members of the answer. */
export const FACT_NAMES: readonly string[] = [
  ...Object.keys(FACTS).filter((name) => name !== 'loose_source' && name !== 'qa_id' && name !== 'place'),
  ...BATCH_FACTS,
];

export function isBatchFact(from: string): from is BatchFact {
  return (BATCH_FACTS as readonly string[]).includes(from);
}

/** How the cells of a column are read; for facts of the batch, which the reader of records does not know, `null`. */
export function cellReader({ from, type }: Column): Read {
  if (isBatchFact(from)) return () => null;
  const known = Object.hasOwn(FACTS, from) ? FACTS[from] : undefined;
  if (known !== undefined) return known;
  const [root, name] = from.startsWith('source.')
    ? (['source', from.slice('source.'.length)] as const)
    : (['value', from.startsWith('value.') ? from.slice('value.'.length) : from] as const);
  return ({ record }) => {
    const fields = record[root];
    const value = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
    return cellOf(value, type);
  };
}

/** A value as a cell. A driver may end the process on a truth value, so those become 0 and 1. */
export function cellOf(value: Json | undefined, type: ColumnType): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'object') return clean(JSON.stringify(value));
  if (type === 'text') return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
  if (typeof value === 'boolean') return type === 'real' ? Number(value) : BigInt(value);
  return type !== 'real' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** Programs in C end a text at a zero character, and lose what follows. */
function clean(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
