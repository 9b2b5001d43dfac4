import { createLineWriter } from '../../state/line-writer.ts';
import { openAtomicOutput } from '../../state/atomic-output.ts';
import type { FileFacts } from '../summary.ts';
import { FOUND_BY, type FoundBy, type Merges } from './find-duplicates.ts';
import { createRecent } from './recent.ts';
import type { RecordReader } from './record-reader.ts';

/** A line of `duplicates.jsonl`: a record that is not needed beside another one. */
export interface Duplicate {
  readonly id: string;
  /** The record that is kept in its place, which is never a duplicate itself. */
  readonly into: string;
  readonly by: FoundBy;
  /** To the one that is kept, 0 to 1 with four decimals; 1 for `exact`. */
  readonly similarity: number;
}

const MOST_RECENT_IDS = 4096;

/**
 * Writes the duplicates in the order of the records, and publishes the file in one step.
 * @throws {BatchSubmitError} `E_DISK`, `E_RECORDS`, or the signal's reason
 */
export async function writeDuplicates(
  path: string,
  { into, by, similarities }: Merges,
  reader: RecordReader,
  signal: AbortSignal,
): Promise<FileFacts> {
  const idOf = createRecent(MOST_RECENT_IDS, (record) => reader.read(record).id);
  const output = await openAtomicOutput(path);
  try {
    const writer = createLineWriter(output);
    let count = 0;
    for (const [record, kept] of into.entries()) {
      if (kept === 0) continue;
      signal.throwIfAborted();
      const duplicate: Duplicate = {
        id: reader.read(record).id,
        into: idOf(kept - 1),
        by: FOUND_BY[by[record] ?? 0] ?? 'exact',
        similarity: rounded(similarities[record] ?? 0),
      };
      await writer.add(JSON.stringify(duplicate));
      count += 1;
    }
    await writer.flush();
    return { ...(await output.publish()), count };
  } finally {
    await output.discard();
  }
}

export function rounded(similarity: number): number {
  return Math.round(similarity * 10_000) / 10_000;
}
