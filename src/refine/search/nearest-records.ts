import { BatchSubmitError } from '../../model/errors.ts';
import { FLOAT_BYTES, floatsIn } from '../vectors.ts';
import { withoutVectors, type ImportedRecord, type ImportedRecords } from './imported-records.ts';

/** A record, and how near it is to what was looked for. */
export interface NearRecord extends ImportedRecord {
  /** The cosine of the two vectors, from -1 to 1. */
  readonly similarity: number;
}

export interface NearestOptions {
  /** At most so many. */
  readonly limit: number;
  /** The record that was looked for itself. */
  readonly except: string | undefined;
  /** Of the database, for messages. */
  readonly path: string;
}

interface Candidate {
  readonly id: string;
  readonly similarity: number;
}

/**
 * The nearest records, the nearest first; of two that are equally near, the one with the lower id. Every vector is
 * read once, and no more than the best are kept.
 * @throws {BatchSubmitError} `E_DATABASE`, or the signal's reason
 */
export function nearestRecords(
  records: ImportedRecords,
  query: Float32Array,
  { limit, except, path }: NearestOptions,
  signal: AbortSignal | undefined,
): readonly NearRecord[] {
  const { dimensions } = records.space;
  const best: Candidate[] = [];
  let count = 0;
  for (const { id, vector } of records.vectors()) {
    signal?.throwIfAborted();
    count += 1;
    if (vector.length !== dimensions * FLOAT_BYTES) throw otherVector(path, id, vector, dimensions);
    if (id === except) continue;
    const found = { id, similarity: cosine(query, floatsIn(vector)) };
    const last = best.at(-1);
    if (best.length === limit && last !== undefined && isNearer(last, found)) continue;
    best.splice(placeFor(best, found), 0, found);
    if (best.length > limit) best.pop();
  }
  if (count === 0) throw withoutVectors(path);
  return best.flatMap(({ id, similarity }) => {
    const record = records.find(id);
    return record === undefined ? [] : [{ ...record, similarity }];
  });
}

function placeFor(best: readonly Candidate[], found: Candidate): number {
  const place = best.findIndex((one) => isNearer(found, one));
  return place < 0 ? best.length : place;
}

function isNearer(one: Candidate, other: Candidate): boolean {
  return one.similarity > other.similarity || (one.similarity === other.similarity && one.id < other.id);
}

/** Not only the product: another program may have put vectors there that are not of length 1. */
function cosine(one: Float32Array, other: Float32Array): number {
  let [product, oneSquared, otherSquared] = [0, 0, 0];
  for (let index = 0; index < one.length; index += 1) {
    const a = one[index] ?? 0;
    const b = other[index] ?? 0;
    product += a * b;
    oneSquared += a * a;
    otherSquared += b * b;
  }
  const lengths = Math.sqrt(oneSquared * otherSquared);
  return lengths === 0 ? 0 : product / lengths;
}

function otherVector(path: string, id: string, vector: Uint8Array, dimensions: number): BatchSubmitError {
  return new BatchSubmitError(
    'E_DATABASE',
    `Cannot search in "${path}": the vector of "${id}" has ${vector.length} bytes, and ${dimensions} dimensions have ${dimensions * FLOAT_BYTES}`,
    { hint: 'make the vectors with `batch-submit embed`, then run `batch-submit import` again' },
  );
}
