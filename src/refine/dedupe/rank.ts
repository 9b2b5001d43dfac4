import type { AnswerRecord } from '../answer-record.ts';

/** What decides which of several records is kept, a place for each record. */
export interface RankFacts {
  /** `quality_score`; `-Infinity` where there is none. */
  readonly qualities: Float32Array;
  /** 1 where a gate is tripped. */
  readonly flagged: Uint8Array;
  /** Of the texts that are compared. */
  readonly lengths: Uint32Array;
}

/** A number, or a text that is one; else `-Infinity`. */
export function qualityOf({ value }: Pick<AnswerRecord, 'value'>): number {
  const given = value['quality_score'];
  const isNumeric = typeof given === 'number' || (typeof given === 'string' && given.trim() !== '');
  // Zero has one sign only.
  const quality = isNumeric ? Number(given) + 0 : Number.NaN;
  return Number.isNaN(quality) ? Number.NEGATIVE_INFINITY : quality;
}

/**
 * The records, the one to be kept before those that may be merged into it: the highest quality first, then what trips
 * no gate, then the longest text, then the first in the file.
 */
export function rankRecords({ qualities, flagged, lengths }: RankFacts): Uint32Array {
  const bits = new Uint32Array(qualities.buffer, qualities.byteOffset, qualities.length);
  let order = Uint32Array.from({ length: lengths.length }, (_, record) => record);
  let spare = new Uint32Array(order.length);
  // The least important first: each pass leaves what is the same in its order. A sort that compares would take
  // four times the memory, when there is the least of it.
  for (const keyOf of [
    (record: number) => DIGIT - ((lengths[record] ?? 0) & DIGIT),
    (record: number) => DIGIT - ((lengths[record] ?? 0) >>> 16),
    (record: number) => flagged[record] ?? 0,
    (record: number) => descending(bits[record] ?? 0) & DIGIT,
    (record: number) => descending(bits[record] ?? 0) >>> 16,
  ]) {
    sortBy(keyOf, order, spare);
    [order, spare] = [spare, order];
  }
  return order;
}

const DIGIT = 0xffff;
const SIGN = 0x8000_0000;

/** The bits of a 32-bit float as a number that is the smaller the larger the float. */
function descending(bits: number): number {
  return ((bits & SIGN) === 0 ? ~(bits | SIGN) : bits) >>> 0;
}

function sortBy(keyOf: (record: number) => number, from: Uint32Array, to: Uint32Array): void {
  const starts = new Uint32Array(DIGIT + 2);
  for (const record of from) starts[keyOf(record) + 1] = (starts[keyOf(record) + 1] ?? 0) + 1;
  for (let key = 0; key <= DIGIT; key += 1) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  for (const record of from) {
    const key = keyOf(record);
    const at = starts[key] ?? 0;
    to[at] = record;
    starts[key] = at + 1;
  }
}
