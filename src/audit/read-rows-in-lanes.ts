import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createKeyMaker } from '../input/key-maker.ts';
import { type Lanes, readInLanes } from '../input/lanes.ts';
import { createLineFinder } from '../input/line-finder.ts';
import { TOGETHER } from '../input/number-list.ts';
import { readRequestLine } from '../input/request-rows.ts';
import { NO_OWN_KEY, type SegmentRows } from './row-lane.ts';
import { createRowTable, expectationIn, type GrowingRowTable, PLAIN } from './row-table.ts';

/** What reading an input file came to. */
export interface RowsOfFile {
  readonly table: GrowingRowTable;
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
}

export interface LaneWork {
  readonly file: FileHandle;
  readonly sizeBytes: number;
  readonly rowCount: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Short lines at the beginning must not take memory for a file full of them. */
const MOST_FORESEEN = 2e6;

/** Reads the requests of a file in lanes, and closes these. */
export async function readRowsInLanes(
  { file, sizeBytes: expectedBytes, rowCount, signal }: LaneWork,
  lanes: Lanes<SegmentRows>,
): Promise<RowsOfFile> {
  let table: GrowingRowTable | undefined;
  const makeKey = createKeyMaker();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const addKeyless = (into: GrowingRowTable, bytes: Buffer, line: number): void => {
    const { request } = readRequestLine(bytes);
    const expectation = request === undefined ? PLAIN : into.expectations.of(request);
    into.add(makeKey(bytes), { line, isKeyMade: true, expectation });
  };
  try {
    await readInLanes(
      file,
      lanes,
      {
        onBytes(bytes) {
          sizeBytes += bytes.length;
          hash.update(bytes);
        },
        onAnswer({ segment, answer: { numbers, schemaTexts } }) {
          // Lines are about as long in all of the file.
          const perByte = numbers.length / TOGETHER / segment.bytes.length;
          table ??= createRowTable(rowCount ?? Math.min(MOST_FORESEEN, Math.ceil(perByte * expectedBytes)));
          const lineAt = createLineFinder(segment);
          for (let at = 0; at < numbers.length; at += TOGETHER) {
            const line = numbers[at] ?? 0;
            const wish = numbers[at + 3] ?? NO_OWN_KEY;
            if (wish === NO_OWN_KEY) {
              addKeyless(table, lineAt(line), line);
              continue;
            }
            const expectation = table.expectations.adopt(expectationIn(wish), schemaTexts);
            table.addHash(numbers[at + 1] ?? 0, numbers[at + 2] ?? 0, {
              line,
              isKeyMade: false,
              expectation,
            });
          }
        },
        onSkipped({ line }) {
          table ??= createRowTable(rowCount ?? 0);
          addKeyless(table, Buffer.alloc(0), line);
        },
      },
      signal,
    );
  } finally {
    await lanes.close();
  }
  table ??= createRowTable(0);
  return { table, sizeBytes, sha256: hash.digest('hex') };
}
