import { showName } from '../../input/show-name.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { textOf } from '../answer-record.ts';
import type { RecordFiles } from '../record-files.ts';
import { readParsed, saveSection, type EmbedSummary } from '../summary.ts';
import { openVectors, type Vectors } from '../vectors.ts';
import { recallOf, rowsFor } from './bands.ts';
import { FOUND_BY, findDuplicates, type FoundBy, type Merges } from './find-duplicates.ts';
import { openRecordReader, type RecordReader } from './record-reader.ts';
import { scanRecords, type Scan } from './scan-records.ts';
import { rounded, writeDuplicates } from './write-duplicates.ts';

/** Least likeness at which two records are taken for one, where the user names none. */
export const DEFAULT_THRESHOLD = 0.8;
export const DEFAULT_COSINE = 0.97;

export interface DedupeOptions {
  readonly files: RecordFiles;
  /** Whose texts are compared; default those that `parse` named. */
  readonly fields: readonly string[] | undefined;
  /** Share of their groups of words that two texts have in common, 0.5 to 1. */
  readonly threshold: number;
  /** Of two vectors, 0.8 to 1; `undefined`: vectors are not compared. */
  readonly cosine: number | undefined;
  /** Looks, and writes nothing. */
  readonly isDry: boolean;
}

/** A record that was merged, and the one that is kept in its place. */
export interface Merged {
  readonly record: { readonly id: string; readonly text: string };
  readonly kept: { readonly id: string; readonly text: string };
  readonly by: FoundBy;
  readonly similarity: number;
}

export interface Deduped {
  readonly records: number;
  /** Without a word in the fields: compared with nothing, and kept. */
  readonly empty: number;
  /** Records that were merged into another, by how it was found. */
  readonly found: Readonly<Record<FoundBy, number>>;
  readonly fields: readonly string[];
  readonly threshold: number;
  /** The share of pairs at the threshold that is expected to be compared, 0 to 1; of those above it, more. */
  readonly recall: number;
  /** `null` where vectors were not compared. */
  readonly cosine: number | null;
  /** Those that are least alike: where the thresholds are too low, it shows in them. */
  readonly samples: readonly Merged[];
}

/**
 * Says which records are not needed beside others, in `duplicates.jsonl` and in the summary. The records themselves
 * stay as they are. Under the lock of the folder; the same records and options give the same bytes.
 * @throws {BatchSubmitError} `E_RECORDS` when there are no records or not those that `parse` made, or no vectors to
 *   compare, `E_USAGE` when no record has one of the fields, `E_DISK`, or the signal's reason
 */
export async function dedupeRecords(options: DedupeOptions, signal: AbortSignal): Promise<Deduped> {
  const { files, threshold, isDry } = options;
  const { parse, embed } = await readParsed(files.summary);
  const fields = options.fields ?? parse.fields;
  const vectors = options.cosine === undefined ? undefined : await vectorsOf(files, embed, fields);
  const shared = { fields, threshold, cosine: options.cosine ?? DEFAULT_COSINE, vectors };
  try {
    const scan = await scanRecords(
      { ...shared, named: options.fields ?? [], path: files.records, facts: parse.records },
      signal,
    );
    const reader = openRecordReader(files.records, scan.offsets);
    try {
      const merges = await findDuplicates(scan, { ...shared, reader }, signal);
      const found = countFound(merges);
      const cosine = options.cosine ?? null;
      if (!isDry) {
        const duplicates = await writeDuplicates(files.duplicates, merges, reader, signal);
        const recordsSha256 = parse.records.sha256;
        await saveSection(files.summary, 'dedupe', {
          recordsSha256,
          duplicates,
          fields,
          threshold,
          cosine,
          ...found,
        });
      }
      return {
        records: parse.records.count,
        empty: countEmpty(scan),
        found,
        fields,
        threshold,
        recall: recallOf(threshold, rowsFor(threshold)),
        cosine,
        samples: leastAlike(merges).map((record) => describe(record, merges, reader, fields)),
      };
    } finally {
      reader.close();
    }
  } finally {
    await vectors?.close();
  }
}

/** A vector stands for the texts that it was made of: with other fields it says nothing. */
async function vectorsOf(
  { vectors }: RecordFiles,
  embed: EmbedSummary | undefined,
  fields: readonly string[],
): Promise<Vectors> {
  const isOfThese = embed !== undefined && JSON.stringify(embed.fields) === JSON.stringify(fields);
  const space = isOfThese
    ? { model: embed.model, taskType: embed.taskType, dimensions: embed.dimensions }
    : undefined;
  const opened = space === undefined ? undefined : await openVectors(vectors, space, 'read');
  if (opened !== undefined) return opened;
  const names = fields.join(',');
  throw new BatchSubmitError(
    'E_RECORDS',
    `Cannot compare by vectors: the texts of ${showName(names)} have none`,
    {
      hint: 'make them with `batch-submit embed`, or leave out `--cosine`',
    },
  );
}

function countFound({ into, by }: Merges): Record<FoundBy, number> {
  const counts = { exact: 0, near: 0, close: 0 };
  for (const [record, kept] of into.entries()) {
    if (kept > 0) counts[FOUND_BY[by[record] ?? 0] ?? 'exact'] += 1;
  }
  return counts;
}

function countEmpty({ hasWords }: Scan): number {
  let count = 0;
  for (const has of hasWords) if (has === 0) count += 1;
  return count;
}

const MOST_SAMPLES = 5;

function leastAlike({ into, similarities }: Merges): readonly number[] {
  let least: number[] = [];
  const likenessOf = (record: number): number => similarities[record] ?? 0;
  for (const [record, kept] of into.entries()) {
    const last = least.at(-1);
    if (
      kept === 0 ||
      (least.length === MOST_SAMPLES && last !== undefined && likenessOf(record) >= likenessOf(last))
    )
      continue;
    least = [...least, record]
      .sort((one, other) => likenessOf(one) - likenessOf(other) || one - other)
      .slice(0, MOST_SAMPLES);
  }
  return least;
}

function describe(
  record: number,
  { into, by, similarities }: Merges,
  reader: RecordReader,
  fields: readonly string[],
): Merged {
  const named = (one: number): Merged['record'] => {
    const read = reader.read(one);
    return { id: read.id, text: textOf(read, fields) };
  };
  return {
    record: named(record),
    kept: named((into[record] ?? 1) - 1),
    by: FOUND_BY[by[record] ?? 0] ?? 'exact',
    similarity: rounded(similarities[record] ?? 0),
  };
}
