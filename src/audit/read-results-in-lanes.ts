import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type Lanes, readInLanes } from '../input/lanes.ts';
import { TOGETHER } from '../input/number-list.ts';
import type { Usage } from '../model/answer.ts';
import { parseAnswer, type ResultLine, type ResultPlace, type ResultsRead } from './read-results.ts';
import { NO_GOOD_ROW, type SegmentAnswers } from './result-lane.ts';

export interface AnswerReceiver {
  /**
   * Takes a good answer to a row that still waits for one.
   * @returns false when the row has an answer: then the line comes to `take`
   */
  readonly placeGood: (row: number, place: ResultPlace) => boolean;
  /** Takes any other line. The usage of one that `isCounted` is in what `addUsage` gets. */
  readonly take: (line: ResultLine, isCounted: boolean) => void;
  /** Of all good answers of a segment. */
  readonly addUsage: (usage: Usage) => void;
}

/** Reads a results file as `readResults` does, with the good answers judged in lanes. Closes the lanes. */
export async function readResultsInLanes(
  file: FileHandle,
  lanes: Lanes<SegmentAnswers>,
  { placeGood, take, addUsage }: AnswerReceiver,
  signal: AbortSignal | undefined,
): Promise<ResultsRead> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let count = 0;
  let endsTorn = false;
  try {
    await readInLanes(
      file,
      lanes,
      {
        onBytes(bytes) {
          sizeBytes += bytes.length;
          hash.update(bytes);
        },
        onAnswer({ segment, answer: { numbers, usage } }) {
          addUsage(usage);
          for (let at = 0; at < numbers.length; at += TOGETHER) {
            const row = numbers[at] ?? NO_GOOD_ROW;
            const start = numbers[at + 1] ?? 0;
            const length = numbers[at + 2] ?? 0;
            const place = { offset: segment.offset + start, length, resultLine: numbers[at + 3] ?? 0 };
            count += 1;
            const isGood = row !== NO_GOOD_ROW;
            if (isGood && placeGood(row, place)) {
              endsTorn = false;
              continue;
            }
            const answer = parseAnswer(segment.bytes.subarray(start, start + length));
            endsTorn = answer === undefined;
            take({ ...place, answer }, isGood);
          }
        },
        onSkipped({ line }) {
          count += 1;
          take({ resultLine: line, offset: 0, length: 0, answer: undefined }, false);
        },
      },
      signal,
    );
  } finally {
    await lanes.close();
  }
  return { sizeBytes, sha256: hash.digest('hex'), lines: count, endsTorn };
}
