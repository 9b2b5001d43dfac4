import { setImmediate as turn } from 'node:timers/promises';
import { textOf } from '../answer-record.ts';
import type { Vectors } from '../vectors.ts';
import type { Groups } from './band-index.ts';
import { createKeptLists, type KeptLists } from './kept-lists.ts';
import { comparedOf, likeness, type Compared } from './likeness.ts';
import { normalise } from './normalise.ts';
import { createRecent } from './recent.ts';
import type { RecordReader } from './record-reader.ts';
import { createSameTexts } from './same-texts.ts';
import type { Scan } from './scan-records.ts';
import { cosineOf } from './sign-sketch.ts';

/** How it was found that two records say the same: by all of their words, by most of them, or by their vectors. */
export const FOUND_BY = ['exact', 'near', 'close'] as const;

export type FoundBy = (typeof FOUND_BY)[number];

/** Which record was merged into which, a place for each record. */
export interface Merges {
  /** 1 + the record that is kept in its place; 0 for one that is kept itself. */
  readonly into: Uint32Array;
  /** Index into `FOUND_BY`. */
  readonly by: Uint8Array;
  /** To the one that is kept, 0 to 1. */
  readonly similarities: Float32Array;
}

export interface FindOptions {
  readonly fields: readonly string[];
  readonly threshold: number;
  readonly cosine: number;
  readonly reader: RecordReader;
  readonly vectors: Vectors | undefined;
}

interface Match {
  readonly kept: number;
  readonly by: FoundBy;
  readonly similarity: number;
}

/** So many records that are kept are looked at for each one: those with which it shares the most bands. */
const MOST_LOOKS = 16;
const RECORDS_A_TURN = 1024;
const MOST_RECENT = 1024;

/**
 * Takes the records by rank, the best first. Each is kept, unless it is like one that is kept already: then it is merged
 * into the one that it is most like. So all that is merged was held against the very record that is kept and is
 * no better than it, and nothing is merged over a chain of others.
 * @throws {BatchSubmitError} `E_DISK`, `E_RECORDS`, or the signal's reason
 */
export async function findDuplicates(scan: Scan, options: FindOptions, signal: AbortSignal): Promise<Merges> {
  const count = scan.order.length;
  const kept = createKeptLists(groupAll(scan));
  const same = createSameTexts(scan.hashes);
  const merges: Merges = {
    into: new Uint32Array(count),
    by: new Uint8Array(count),
    similarities: new Float32Array(count),
  };
  const merge = (record: number, { kept: into, by, similarity }: Match): void => {
    merges.into[record] = into + 1;
    merges.by[record] = FOUND_BY.indexOf(by);
    merges.similarities[record] = similarity;
  };
  const compared = createComparedReader(options);
  const nearest = createNearest({ scan, kept, compared, threshold: options.threshold });
  const closest =
    options.vectors && createClosest({ scan, kept, compared, threshold: options.cosine }, options.vectors);
  let done = 0;
  for (const record of scan.order) {
    if (done % RECORDS_A_TURN === 0) {
      await turn();
      signal.throwIfAborted();
    }
    done += 1;
    // There is nothing to compare where a text holds no word.
    if (scan.hasWords[record] === 0) continue;
    const twin = same.findOrAdd(record, (other) => compared(other).text === compared(record).text);
    if (twin !== -1) {
      merge(record, matchOfTwin(twin, merges));
      continue;
    }
    const match = nearest(record) ?? closest?.(record);
    if (match !== undefined) merge(record, match);
    else
      for (const index of [scan.words, scan.characters, scan.directions])
        kept.add(record, index.groupsOf(record));
  }
  return merges;
}

function groupAll({ words, characters, directions }: Scan): Groups {
  const none: Groups = { nextGroup: 1, members: 0 };
  return [words, characters, directions].reduce((before, index) => index.group(before), none);
}

/** What has the same words as another is as like to a third one as that is. */
function matchOfTwin(twin: number, { into, by, similarities }: Merges): Match {
  const other = into[twin] ?? 0;
  if (other === 0) return { kept: twin, by: 'exact', similarity: 1 };
  return { kept: other - 1, by: FOUND_BY[by[twin] ?? 0] ?? 'exact', similarity: similarities[twin] ?? 0 };
}

function createComparedReader({ reader, fields }: FindOptions): (record: number) => Compared {
  return createRecent(MOST_RECENT, (record) => comparedOf(normalise(textOf(reader.read(record), fields))));
}

interface NearestParts {
  readonly scan: Scan;
  readonly kept: KeptLists;
  readonly compared: (record: number) => Compared;
  readonly threshold: number;
}

function createNearest(parts: NearestParts): (record: number) => Match | undefined {
  const { scan, kept, compared, threshold } = parts;
  const counts = new Map<number, number>();
  return (record) => {
    counts.clear();
    kept.count(scan.words.groupsOf(record), counts);
    kept.count(scan.characters.groupsOf(record), counts);
    let best: Match | undefined;
    for (const other of likeliest(counts)) {
      const similarity = likeness(compared(record), compared(other));
      if (similarity < threshold || similarity <= (best?.similarity ?? 0)) continue;
      best = { kept: other, by: 'near', similarity };
    }
    return best;
  };
}

/** As with words, what names other numbers says something else: vectors hardly see a figure. */
function createClosest(
  { scan: { vectorRows, directions }, kept, compared, threshold }: NearestParts,
  vectors: Vectors,
): (record: number) => Match | undefined {
  const counts = new Map<number, number>();
  const { dimensions } = vectors.space;
  const [own, others] = [new Float32Array(dimensions), new Float32Array(dimensions)];
  const read = (record: number, into: Float32Array): Float32Array => {
    vectors.readInto((vectorRows[record] ?? 0) - 1, into);
    return into;
  };
  return (record) => {
    counts.clear();
    kept.count(directions.groupsOf(record), counts);
    if (counts.size === 0) return undefined;
    read(record, own);
    let best: Match | undefined;
    for (const other of likeliest(counts)) {
      const similarity = Math.min(cosineOf(own, read(other, others)), 1);
      if (similarity < threshold || similarity <= (best?.similarity ?? 0)) continue;
      if (compared(record).numbers !== compared(other).numbers) continue;
      best = { kept: other, by: 'close', similarity };
    }
    return best;
  };
}

/** In an order that is the same in every run. */
function likeliest(counts: ReadonlyMap<number, number>): readonly number[] {
  if (counts.size === 0) return [];
  return [...counts]
    .toSorted(([one, times], [other, otherTimes]) => otherTimes - times || one - other)
    .slice(0, MOST_LOOKS)
    .map(([record]) => record);
}
