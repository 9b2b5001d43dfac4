import type { AnswerRecord } from '../answer-record.ts';
import { readRecords } from '../read-records.ts';
import type { Duplicate } from './duplicates.ts';

/**
 * Finds who takes the place of a record that is held back: the first of its duplicates, which is one no more, and the
 * others become duplicates of that one. Without it all of them would be missing among the pairs.
 */
export type StandIns = (duplicate: Duplicate) => Duplicate | undefined;

/**
 * Reads the records once more, for the ids of those that are held back.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`, or the signal's reason when it is aborted
 */
export async function readStandIns(
  path: string,
  isHeld: (record: AnswerRecord) => boolean,
  signal: AbortSignal | undefined,
): Promise<StandIns> {
  const held = new Set<string>();
  await readRecords(
    path,
    (records) => {
      for (const { record } of records) if (isHeld(record)) held.add(record.id);
    },
    signal,
  );
  const standIns = new Map<string, string>();
  return (duplicate) => {
    const { id, into, similarity } = duplicate;
    if (!held.has(into)) return duplicate;
    const standIn = standIns.get(into);
    if (standIn !== undefined) return { id, into: standIn, similarity };
    if (!held.has(id)) standIns.set(into, id);
    return undefined;
  };
}
