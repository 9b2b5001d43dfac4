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
  const quality = isNumeric ? Number(given) : Number.NaN;
  return Number.isNaN(quality) ? Number.NEGATIVE_INFINITY : quality;
}

/**
 * The records, the one to be kept before those that may be merged into it: the highest quality first, then what trips
 * no gate, then the longest text, then the first in the file.
 */
export function rankRecords({ qualities, flagged, lengths }: RankFacts): Uint32Array {
  const order = Uint32Array.from({ length: lengths.length }, (_, record) => record);
  return order.sort((one, other) => {
    const [quality, otherQuality] = [qualities[one] ?? 0, qualities[other] ?? 0];
    // Two that are -Infinity have no difference.
    if (quality !== otherQuality) return quality < otherQuality ? 1 : -1;
    return (
      (flagged[one] ?? 0) - (flagged[other] ?? 0) ||
      (lengths[other] ?? 0) - (lengths[one] ?? 0) ||
      one - other
    );
  });
}
