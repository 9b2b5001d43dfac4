import { openInput } from '../input/file-fault.ts';
import { areLanesWorth, startThreads } from '../input/lane-threads.ts';
import type { Lanes } from '../input/lanes.ts';
import { readRequestRows } from '../input/request-rows.ts';
import { readRowsInLanes, type RowsOfFile } from './read-rows-in-lanes.ts';
import type { SegmentRows } from './row-lane.ts';
import { createRowTable, type GrowingRowTable, PLAIN, type RowTable } from './row-table.ts';

/** The requests of one input file, as answers are matched with them. */
export interface ExpectedRows extends Omit<RowTable, 'count'> {
  readonly count: number;
  readonly sizeBytes: number;
  /** Lower-case hex over the bytes of the file. */
  readonly sha256: string;
}

/**
 * Reads an input file once.
 * @param rowCount how many there are, where that is known
 * @param lanes starts them, where not the size of the file is to decide whether there are any
 * @returns `undefined` when the file cannot be read
 */
export async function readExpectedRows(
  path: string,
  signal: AbortSignal | undefined,
  rowCount?: number,
  lanes?: () => Lanes<SegmentRows>,
): Promise<ExpectedRows | undefined> {
  const opened = await openInput(path);
  if (!opened.ok) return undefined;
  const { file, sizeBytes } = opened;
  const areLanesUsed = lanes !== undefined || areLanesWorth(sizeBytes);
  let read: RowsOfFile | undefined;
  try {
    if (areLanesUsed) {
      read = await readRowsInLanes(
        { file, sizeBytes, rowCount, signal },
        lanes?.() ?? startThreads(LANE, undefined),
      );
    }
  } finally {
    await file.close();
  }
  read ??= await oneByOne(path, createRowTable(rowCount), signal);
  return read && { ...read.table, count: read.table.count(), sizeBytes: read.sizeBytes, sha256: read.sha256 };
}

async function oneByOne(
  path: string,
  table: GrowingRowTable,
  signal: AbortSignal | undefined,
): Promise<RowsOfFile | undefined> {
  const read = await readRequestRows(
    path,
    {
      onRow({ line, key, origin, request }) {
        const expectation = request === undefined ? PLAIN : table.expectations.of(request);
        table.add(key, { line, isKeyMade: origin === 'none', expectation });
      },
    },
    signal,
  );
  return read === undefined ? undefined : { table, sizeBytes: read.sizeBytes, sha256: read.sha256 };
}

const LANE = new URL('./row-lane.js', import.meta.url);
