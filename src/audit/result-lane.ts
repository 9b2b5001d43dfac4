import type { Lane } from '../input/lanes.ts';
import { createNumberList } from '../input/number-list.ts';
import { addUsage, NO_USAGE, type Usage } from '../model/answer.ts';
import { loadSchemaChecker } from './check-schema.ts';
import { findInShared, type SharedRows } from './row-table.ts';
import { createLineJudge } from './judge-line.ts';
import { createResultScanner, parseAnswer } from './read-results.ts';

/** What the lines of one segment came to. */
export interface SegmentAnswers {
  /** `TOGETHER` for each line: the row that it answers well or `NO_GOOD_ROW`, its offset in the segment, its length, and its number. */
  readonly numbers: Uint32Array;
  /** Of the lines with a row. */
  readonly usage: Usage;
}

export const NO_GOOD_ROW = 0xffffffff;

/** Finds the good answers to known requests. All other lines are judged where the whole file is known. */
export async function createLane(rows: SharedRows): Promise<Lane<SegmentAnswers>> {
  const requests = findInShared(rows);
  const judge = createLineJudge(requests, await loadSchemaChecker(requests.expectations));
  return ({ bytes, line }, room) => {
    const list = createNumberList(room);
    let usage = NO_USAGE;
    const scanner = createResultScanner({
      onLine(buffer, { offset, length, resultLine }) {
        const answer = parseAnswer(buffer);
        const judged = answer === undefined ? undefined : judge(answer);
        const isGood = judged !== undefined && judged.row >= 0 && judged.judgement.kind === 'answered';
        if (isGood) usage = addUsage(usage, judged.usage);
        list.add(isGood ? judged.row : NO_GOOD_ROW, offset, length, line - 1 + resultLine);
      },
      // No line of a segment is longer than the limit.
      onTooLong: () => undefined,
    });
    scanner.push(bytes);
    scanner.end();
    return { numbers: list.all(), usage };
  };
}
