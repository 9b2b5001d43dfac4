import type { BatchRecord } from '../model/batch-record.ts';
import type { InputFile } from '../model/plan.ts';
import { FRESH_RECORD } from '../model/batch-record.ts';

/** Before the first result is here: answers are said to take so many times the room of their requests. */
const USUAL_RATIO = 2;

/** What the batches that are left will still take up on disk, in bytes, as estimated. */
export interface SpaceNeeded {
  /** Beside the state: the copy with keys of the largest file, while it is uploaded. */
  readonly staged: number;
  /** In the output folder: the results to come, and the merged file made anew beside the old one. */
  readonly results: number;
}

/** By the size of the results that are here, where there are any, and else twice the size of the requests. */
export function spaceNeeded(
  files: readonly InputFile[],
  batches: ReadonlyMap<number, BatchRecord>,
): SpaceNeeded {
  let [asked, answered, open, largest] = [0, 0, 0, 0];
  for (const { batch, sizeBytes } of files) {
    const record = batches.get(batch) ?? FRESH_RECORD;
    if (record.status === 'collected') {
      asked += sizeBytes;
      answered += record.saved.sizeBytes;
      continue;
    }
    open += sizeBytes;
    if (!('job' in record)) largest = Math.max(largest, sizeBytes);
  }
  if (open === 0) return { staged: 0, results: 0 };
  const coming = open * (asked === 0 ? USUAL_RATIO : answered / asked);
  return { staged: largest, results: Math.ceil(coming + (answered + coming)) };
}
