import { hashKey } from '../../input/key-table.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { textOf, type AnswerRecord } from '../answer-record.ts';
import { readRecords, type PlacedRecord } from '../read-records.ts';
import type { FileFacts } from '../summary.ts';
import type { Vectors } from '../vectors.ts';
import { createBandIndex, type BandIndex } from './band-index.ts';
import { BANDS, rowsFor, writeBandKeys } from './bands.ts';
import { normalise } from './normalise.ts';
import { qualityOf, rankRecords, type RankFacts } from './rank.ts';
import { shinglesOf } from './shingles.ts';
import { agreementOf, cosineOf, createSignSketcher } from './sign-sketch.ts';
import { createSketcher } from './sketch.ts';

export interface ScanOptions {
  readonly path: string;
  /** What `parse` said of the file. */
  readonly facts: FileFacts;
  readonly fields: readonly string[];
  /** Those that the user named: at least one record must have each. */
  readonly named: readonly string[];
  readonly threshold: number;
  readonly cosine: number;
  /** Of the texts, where there are any. */
  readonly vectors: Vectors | undefined;
}

/** What is remembered of the records: numbers and no texts, some 130 bytes each, 115 more where there are vectors. */
export interface Scan {
  /** Where the records begin, in bytes, and in the end the size of the file. */
  readonly offsets: Float64Array;
  /** The records by rank, the best first. */
  readonly order: Uint32Array;
  /** 1 where the text holds a word. */
  readonly hasWords: Uint8Array;
  /** Of the normalised texts; two with the same one are nearly always the same. */
  readonly hashes: Uint32Array;
  readonly words: BandIndex;
  readonly characters: BandIndex;
  /** By record: 1 + the row of its vector. */
  readonly vectorRows: Uint32Array;
  readonly directions: BandIndex;
}

/**
 * Reads all records once.
 * @throws {BatchSubmitError} `E_RECORDS` when the file is not the one that `parse` made, `E_USAGE` when no record has
 *   a field that the user named, `E_DISK`, or the signal's reason
 */
export async function scanRecords(options: ScanOptions, signal: AbortSignal): Promise<Scan> {
  const { path, facts, named } = options;
  const scan = emptyScan(facts.count, options.vectors !== undefined);
  const ranks = emptyRanks(facts.count);
  const take = createTake(options, scan, ranks);
  const missing = new Set(named);
  let record = 0;
  const read = await readRecords(
    path,
    (placed) => {
      for (const one of placed) {
        if (record === facts.count) throw otherRecords(path);
        for (const field of missing) if (Object.hasOwn(one.record.value, field)) missing.delete(field);
        take(one, record);
        record += 1;
      }
    },
    signal,
  );
  if (read.sha256 !== facts.sha256) throw otherRecords(path);
  if (record > 0 && missing.size > 0) throw noSuchField([...missing].join('", "'));
  scan.offsets[record] = read.sizeBytes;
  return { ...scan, order: rankRecords(ranks) };
}

type Unranked = Omit<Scan, 'order'>;

/** Memory is taken as it is written to: what stays zero costs nothing. */
function emptyScan(count: number, hasVectors: boolean): Unranked {
  return {
    offsets: new Float64Array(count + 1),
    hasWords: new Uint8Array(count),
    hashes: new Uint32Array(count),
    words: createBandIndex(count),
    characters: createBandIndex(count),
    vectorRows: new Uint32Array(hasVectors ? count : 0),
    directions: createBandIndex(hasVectors ? count : 0),
  };
}

function emptyRanks(count: number): RankFacts {
  return {
    qualities: new Float32Array(count),
    flagged: new Uint8Array(count),
    lengths: new Uint32Array(count),
  };
}

type Take = (placed: PlacedRecord, record: number) => void;

function createTake(
  { fields, threshold, cosine, vectors }: ScanOptions,
  scan: Unranked,
  ranks: RankFacts,
): Take {
  const sketcher = createSketcher(BANDS * rowsFor(threshold));
  const hash = new Uint32Array(2);
  const addVector = vectors === undefined ? undefined : createVectorTake(vectors, cosine, scan);
  return ({ record, offset }, index) => {
    const raw = textOf(record, fields);
    const text = normalise(raw);
    hashKey(text, hash);
    scan.hashes[index] = (hash[0] ?? 0) ^ (hash[1] ?? 0);
    scan.offsets[index] = offset;
    noteRank(record, text, ranks, index);
    if (text !== '') scan.hasWords[index] = 1;
    const { numbers, wordGroups, characterGroups } = shinglesOf(text);
    for (const [band, groups] of [
      [scan.words, wordGroups],
      [scan.characters, characterGroups],
    ] as const) {
      if (groups.length === 0) continue;
      const { keys, at } = band.add(index);
      writeBandKeys(sketcher.sketch(groups), numbers, keys, at);
    }
    if (text !== '') addVector?.(raw, index);
  };
}

function noteRank(record: AnswerRecord, text: string, ranks: RankFacts, index: number): void {
  ranks.qualities[index] = qualityOf(record);
  ranks.flagged[index] = record.flags.length > 0 ? 1 : 0;
  ranks.lengths[index] = text.length;
}

/** For records whose text has a vector: other texts are compared by their words alone. */
function createVectorTake(
  vectors: Vectors,
  cosine: number,
  { vectorRows, directions }: Unranked,
): (text: string, record: number) => void {
  const { dimensions } = vectors.space;
  const vector = new Float32Array(dimensions);
  const sketcher = createSignSketcher(dimensions, BANDS * rowsFor(agreementOf(cosine)));
  return (text, record) => {
    const row = vectors.find(text);
    if (row < 0) return;
    vectors.readInto(row, vector);
    // Of zeros, or of what is no number: it points nowhere.
    if (!(cosineOf(vector, vector) > 0)) return;
    vectorRows[record] = row + 1;
    const { keys, at } = directions.add(record);
    writeBandKeys(sketcher.sketch(vector), 0, keys, at);
  };
}

function otherRecords(path: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_RECORDS',
    `Cannot compare the records: "${path}" is not as \`parse\` wrote it`,
    { hint: 'make it anew with `batch-submit parse`' },
  );
}

function noSuchField(names: string): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot compare by "${names}": no record has such a field`, {
    hint: 'name others with `--fields <list>`, or leave it out',
  });
}
