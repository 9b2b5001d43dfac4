import { createFindingGroups } from './finding-groups.ts';
import type { SegmentFindings } from './inspect-lane.ts';
import { createKeyTable, NEW_KEY } from './key-table.ts';
import { isObject } from './check-line.ts';
import { keyOf } from './line-key.ts';
import { LAST_OFFSET, type LineRules, type LineTotals } from './line-findings.ts';
import { TOGETHER } from './number-list.ts';
import { parseLine } from './parse-line.ts';
import { createSameKeyNotes } from './same-key.ts';
import type { Segment, SkippedLine } from './segments.ts';
import { createSplitDetector, noteSplit } from './split-prompt.ts';
import { endOfText } from './trim.ts';

export interface JoinedFindings {
  /** Takes what the next segment of the file came to. */
  add(segment: Segment, found: SegmentFindings): void;
  skip(line: SkippedLine): void;
  totals(): LineTotals;
}

/** Puts the findings of segments together, in the order of the file: the same as of its lines one by one. */
export function joinFindings({
  keys: table = createKeyTable(),
  file = 0,
  standsAt,
}: Pick<LineRules, 'file' | 'standsAt'> & {
  readonly keys?: ReturnType<typeof createKeyTable> | undefined;
}): JoinedFindings {
  const groups = createFindingGroups();
  const split = createSplitDetector();
  const same = createSameKeyNotes(groups, standsAt);
  const sums = { lines: 0, keys: 0, textLength: 0 };

  const addKeys = (segment: Segment, hashes: Uint32Array): void => {
    const linesOf = createLineCounter(segment);
    for (let at = 0; at < hashes.length; at += TOGETHER) {
      const start = hashes[at + 2] ?? 0;
      const found = table.addHash(hashes[at] ?? 0, hashes[at + 1] ?? 0, segment.offset + start, file);
      if (found === NEW_KEY) continue;
      const line = lineAt(segment.bytes, start);
      same.note(found, keyIn(line), line, linesOf(start));
    }
  };

  return {
    add(segment, { lines, keys, textLength, findings, numbers, clues }) {
      if (segment.offset + segment.bytes.length > LAST_OFFSET) same.loseOffsets();
      sums.lines += lines;
      sums.keys += keys;
      sums.textLength += textLength;
      for (const { kind, count, first } of findings) {
        for (const occurrence of first) groups.add(kind, occurrence);
        groups.count(kind, count - first.length);
      }
      for (const clue of clues) split.addClue(clue);
      addKeys(segment, numbers);
    },
    skip({ line }) {
      sums.lines += 1;
      same.loseOffsets();
      groups.add('line_too_long', { line, detail: `line ${line} is longer than 64 MiB` });
    },
    totals() {
      noteSplit(groups, split);
      return { ...sums, findings: groups.all() };
    },
  };
}

const NEWLINE = 0x0a;

function lineAt(bytes: Buffer, start: number): Buffer {
  const newline = bytes.indexOf(NEWLINE, start);
  return bytes.subarray(start, endOfText(bytes, start, newline < 0 ? bytes.length : newline));
}

/** The key of a line that was found to have one. */
function keyIn(line: Buffer): string {
  const parsed = parseLine(line);
  const own = parsed.ok && isObject(parsed.value) ? keyOf(parsed.value, line) : undefined;
  return own === undefined || own.kind === 'none' ? '' : own.key;
}

/** Numbers of lines by where they begin, which are asked for in order. */
function createLineCounter({ bytes, line }: Segment): (start: number) => number {
  let number = line;
  let counted = 0;
  return (start) => {
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, counted);
      if (newline < 0 || newline >= start) return number;
      number += 1;
      counted = newline + 1;
    }
  };
}
