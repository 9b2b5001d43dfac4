import { hashKey } from '../input/key-table.ts';
import type { Lane } from '../input/lanes.ts';
import { createNumberList } from '../input/number-list.ts';
import { createRequestScanner, readRequestLine } from '../input/request-rows.ts';
import { createExpectations } from './expectation.ts';
import { wishOf } from './row-table.ts';

/** The requests of one segment. */
export interface SegmentRows {
  /** `TOGETHER` for each request: its line, the halves of its key's hash, and what it expects. */
  readonly numbers: Uint32Array;
  /** The schemas that these mean. */
  readonly schemaTexts: readonly string[];
}

/** Stands for the expectation of a line that has no key of its own. */
export const NO_OWN_KEY = 0xffffffff;

/** Reads requests with a key of their own. Made keys depend on the lines before them, in other segments too. */
export function createLane(): Lane<SegmentRows> {
  const hash = new Uint32Array(2);
  return ({ bytes, line: firstLine }, room) => {
    const expectations = createExpectations();
    const list = createNumberList(room);
    const scanner = createRequestScanner((lineBytes, number) => {
      const { request, own } = readRequestLine(lineBytes);
      const line = firstLine - 1 + number;
      if (own.kind === 'none' || request === undefined) {
        list.add(line, 0, 0, NO_OWN_KEY);
        return;
      }
      hashKey(own.key, hash);
      list.add(line, hash[0] ?? 0, hash[1] ?? 0, wishOf(expectations.of(request)));
    });
    scanner.push(bytes);
    scanner.end();
    return { numbers: list.all(), schemaTexts: expectations.schemaTexts };
  };
}
