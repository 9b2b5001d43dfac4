import { hashKey, NEW_KEY } from './key-table.ts';
import type { Lane } from './lanes.ts';
import { createLineFindings, type LineTotals } from './line-findings.ts';
import { createLineScanner } from './line-scanner.ts';
import { createNumberList } from './number-list.ts';
import { LOOKED_AT, readSplitClue, type SplitClue } from './split-prompt.ts';

/** What the lines of one segment came to, by themselves. */
export interface SegmentFindings extends LineTotals {
  /** `TOGETHER` for each key, in order: the halves of its hash, where its line begins in the segment, and 0. */
  readonly numbers: Uint32Array;
  /** Of the first requests. */
  readonly clues: readonly SplitClue[];
}

export interface InspectSetup {
  readonly model: string | undefined;
}

/** Checks the lines of segments. What lines have to do with those of other segments is asked elsewhere. */
export function createLane({ model }: InspectSetup): Lane<SegmentFindings> {
  /** Requests that were looked at here: those of the file that count are among them. */
  let lookedAt = 0;
  const hash = new Uint32Array(2);
  return ({ bytes, line }, room) => {
    const list = createNumberList(room);
    /** Takes every key for a new one, and remembers its hash. */
    const keys = {
      add(key: string, offset: number): number {
        hashKey(key, hash);
        list.add(hash[0] ?? 0, hash[1] ?? 0, offset, 0);
        return NEW_KEY;
      },
    };
    const clues: SplitClue[] = [];
    const split = {
      add(request: Parameters<typeof readSplitClue>[0]): void {
        if (lookedAt >= LOOKED_AT) return;
        lookedAt += 1;
        clues.push(readSplitClue(request));
      },
      verdict: () => undefined,
    };
    const findings = createLineFindings({ model, keys, split });
    const scanner = createLineScanner({
      onLine: (buffer, start, end, number) => findings.onLine(buffer, start, end, line - 1 + number),
      onTooLong: (number, length) => findings.onTooLong(line - 1 + number, length),
    });
    scanner.push(bytes);
    scanner.end();
    return { ...findings.totals(), numbers: list.all(), clues };
  };
}
