import { readFile } from 'node:fs/promises';
import { BatchSubmitError } from '../model/errors.ts';
import { writeFileAtomic } from '../state/atomic-file.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';
import {
  amount,
  count,
  list,
  nullish,
  object,
  oneOf,
  optional,
  ShapeFault,
  tally,
  text,
  type Shape,
} from '../state/shape.ts';
import { GATES, type Gate } from './answer-record.ts';

/** A file by its content: each step says which records it worked on, so that the next one can tell they are the same. */
export interface FileFacts {
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
  readonly count: number;
}

/** What the requests of one batch came to. */
export interface ParsedBatch {
  readonly batch: number;
  readonly planned: number;
  readonly parsed: number;
  readonly unparsable: number;
  readonly without: number;
  readonly records: number;
}

export interface ParseSummary {
  readonly records: FileFacts;
  /** What a record is: the built-in refined pair, or a schema file of the user's. */
  readonly kind: 'refined-pair' | 'schema';
  /** Path of the schema file. */
  readonly schema?: string | undefined;
  /** What the schema calls the properties of a record, in its order; empty for the refined pair. */
  readonly properties: readonly string[];
  /** The fields whose texts are compared and embedded. */
  readonly fields: readonly string[];
  /** `planned` = `parsed` + `unparsable` + `without`: requests with records, with an answer that gave none, and without an answer. */
  readonly requests: {
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
  };
  /** The same by batch; batches that only send rows of others again are not among them. */
  readonly batches: readonly ParsedBatch[];
  /** ISO 639-3 of the language that most records are in, or that the user named. */
  readonly language?: string | undefined;
  /** Lines of `unparsed.jsonl`. */
  readonly unparsed: number;
  /** Records, and for `count` requests, that a gate holds up. */
  readonly gates: Readonly<Partial<Record<Gate, number>>>;
}

export interface DedupeSummary {
  readonly recordsSha256: string;
  readonly duplicates: FileFacts;
  readonly fields: readonly string[];
  /** Share of their word groups that two texts must have in common, 0 to 1. */
  readonly threshold: number;
  /** Least cosine of two vectors; `null` where there were none to compare. */
  readonly cosine: number | null;
  /** Records that were merged into another, by how it was found. */
  readonly exact: number;
  readonly near: number;
  readonly close: number;
}

export interface EmbedSummary {
  readonly recordsSha256: string;
  readonly model: string;
  readonly taskType?: string | undefined;
  readonly dimensions: number;
  readonly fields: readonly string[];
  /** Records to be embedded, and those that are. */
  readonly wanted: number;
  readonly embedded: number;
}

export interface ImportSummary {
  readonly recordsSha256: string;
  readonly to: 'sqlite' | 'parquet' | 'csv' | 'jsonl';
  readonly path: string;
  /** Records that are there now; duplicates among them are marked and counted beside. */
  readonly imported: number;
  readonly duplicates: number;
  readonly embedded: number;
  /** Records that a gate held back because the user said so. */
  readonly heldBack: number;
}

/** What became of the answers: `summary.json`, a section for each step. */
export interface RecordSummary {
  readonly schemaVersion: 1;
  readonly parse?: ParseSummary | undefined;
  readonly dedupe?: DedupeSummary | undefined;
  readonly embed?: EmbedSummary | undefined;
  readonly import?: ImportSummary | undefined;
}

const file = object({ sizeBytes: count, sha256: text, count });
const summaryShape: Shape<RecordSummary> = object({
  schemaVersion: oneOfNumber(1),
  parse: optional(
    object({
      records: file,
      kind: oneOf(['refined-pair', 'schema']),
      schema: optional(text),
      properties: list(text),
      fields: list(text),
      requests: object({ planned: count, parsed: count, unparsable: count, without: count }),
      batches: list(
        object({
          batch: count,
          planned: count,
          parsed: count,
          unparsable: count,
          without: count,
          records: count,
        }),
      ),
      language: optional(text),
      unparsed: count,
      gates: tally(GATES, count),
    }),
  ),
  dedupe: optional(
    object({
      recordsSha256: text,
      duplicates: file,
      fields: list(text),
      threshold: amount,
      cosine: orNull(amount),
      exact: count,
      near: count,
      close: count,
    }),
  ),
  embed: optional(
    object({
      recordsSha256: text,
      model: text,
      taskType: optional(text),
      dimensions: count,
      fields: list(text),
      wanted: count,
      embedded: count,
    }),
  ),
  import: optional(
    object({
      recordsSha256: text,
      to: oneOf(['sqlite', 'parquet', 'csv', 'jsonl']),
      path: text,
      imported: count,
      duplicates: count,
      embedded: count,
      heldBack: count,
    }),
  ),
});

function oneOfNumber<const N extends number>(number: N): Shape<N> {
  return (value, path) => {
    if (value === number) return number;
    throw new ShapeFault(path, `Invalid input: expected ${number}`);
  };
}

function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => nullish(shape)(value, path) ?? null;
}

/**
 * @returns `undefined` when nothing was parsed yet
 * @throws {BatchSubmitError} `E_RECORDS` when the file is none of ours, `E_DISK`
 */
export async function readSummary(path: string): Promise<RecordSummary | undefined> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw diskError('read', path, error);
  }
  try {
    return summaryShape(JSON.parse(content), '');
  } catch (cause) {
    throw new BatchSubmitError(
      'E_RECORDS',
      `Cannot read "${path}": it is not what batch-submit wrote there`,
      {
        hint: `move it aside with \`mv "${path}" "${path}.old"\`, then make the records anew with \`batch-submit parse\``,
        cause,
      },
    );
  }
}

/**
 * Saves what a step came to, and leaves the sections of the other steps as they are. Under the lock of the folder.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`
 */
export async function saveSection<Name extends Exclude<keyof RecordSummary, 'schemaVersion'>>(
  path: string,
  name: Name,
  section: RecordSummary[Name],
): Promise<void> {
  const before = await readSummary(path);
  const after: RecordSummary = { schemaVersion: 1, ...before, [name]: section };
  await writeFileAtomic(path, `${JSON.stringify(after, undefined, 2)}\n`);
}

/**
 * What `parse` left, for the steps behind it.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`
 */
export async function readParsed(path: string): Promise<RecordSummary & { readonly parse: ParseSummary }> {
  const summary = await readSummary(path);
  if (summary?.parse === undefined) {
    throw new BatchSubmitError(
      'E_RECORDS',
      `Cannot go on from the records: there is no "${path}" of theirs`,
      {
        hint: 'make them from the results with `batch-submit parse`',
      },
    );
  }
  return { ...summary, parse: summary.parse };
}
