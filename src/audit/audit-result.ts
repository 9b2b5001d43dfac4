import { open as openFile } from 'node:fs/promises';
import { areLanesWorth, startThreads } from '../input/lane-threads.ts';
import type { Lanes } from '../input/lanes.ts';
import { addUsage, NO_USAGE, type Judgement, type Usage } from '../model/answer.ts';
import { createAnswerSheet, type AnswerSheet, type RowFinder } from './answer-sheet.ts';
import { loadSchemaChecker } from './check-schema.ts';
import type { ExpectedRows } from './expected-rows.ts';
import { createFaultTable, NO_ANSWER, type FaultTable } from './fault-table.ts';
import { createLineJudge } from './judge-line.ts';
import { createOpenRows } from './open-rows.ts';
import { readResultsInLanes } from './read-results-in-lanes.ts';
import { readResultsOf, type ResultLine, type ResultsRead } from './read-results.ts';
import type { SegmentAnswers } from './result-lane.ts';
import type { SharedRows } from './row-table.ts';
import { createAnswerComparer } from './same-answer.ts';

/** A results file, compared with the requests that it should answer. */
export interface AuditedResult {
  readonly path: string;
  /** `undefined` when the requests are not at hand: then each key of the file is a row. */
  readonly expected: ExpectedRows | undefined;
  readonly rowCount: number;
  /** The first row with the key, or -1. */
  find(key: string): number;
  readonly sheet: AnswerSheet;
  readonly faults: FaultTable;
  readonly read: ResultsRead;
  /** Of all answers, copies of one apart. */
  readonly usage: Usage;
  /** Rows that were matched by their order, because neither they nor the answers have a key. */
  readonly byOrder: number;
  /** Lines that are JSON objects. */
  readonly readable: number;
}

/**
 * Judges every line of a results file and puts it with its request, by key.
 * @param lanes starts them, where not the size of the file is to decide whether there are any
 * @throws a system error when the file cannot be read, and the signal's reason when it is aborted
 */
export async function auditResult(
  path: string,
  expected: ExpectedRows | undefined,
  signal: AbortSignal | undefined,
  lanes?: (rows: SharedRows) => Lanes<SegmentAnswers>,
): Promise<AuditedResult> {
  const faults = createFaultTable();
  const open = createOpenRows();
  const rows: RowFinder = expected ?? open;
  const check = expected === undefined ? undefined : await loadSchemaChecker(expected.expectations);
  const judge = createLineJudge(expected, check);
  const comparer = createAnswerComparer(path, (answer) => judge(answer).text ?? textOf(answer));
  const sheet = createAnswerSheet(rows, faults, (...two) => comparer.saySame(...two), expected?.count);
  let usage = NO_USAGE;
  let readable = 0;
  const take = (line: ResultLine, isCounted = false): void => {
    const { answer, resultLine, offset, length } = line;
    if (answer === undefined) {
      sheet.note({ kind: 'unreadable', resultLine, key: null });
      return;
    }
    readable += 1;
    const { key, judgement, usage: own } = judge(answer);
    // The second copy of an answer was not paid for again.
    const isCopy = sheet.take({ key, resultLine, offset, length, judgement }) === 'copy';
    if (isCopy && isCounted) usage = takeUsage(usage, own);
    else if (!isCopy && !isCounted) usage = addUsage(usage, own);
  };
  const file = await openFile(path, 'r');
  let read: ResultsRead;
  try {
    const areLanesUsed = lanes !== undefined || areLanesWorth((await file.stat()).size);
    read =
      expected === undefined || !areLanesUsed
        ? await readResultsOf(file, (line) => take(line), signal)
        : await readResultsInLanes(
            file,
            lanes?.(expected.share()) ?? startThreads(LANE, expected.share()),
            {
              take,
              placeGood(row, place) {
                if (sheet.verdictOf(row) !== NO_ANSWER) return false;
                readable += 1;
                sheet.place(row, { key: undefined, ...place, judgement: GOOD });
                return true;
              },
              addUsage(more) {
                usage = addUsage(usage, more);
              },
            },
            signal,
          );
  } finally {
    await file.close();
    comparer.close();
  }
  const byOrder = expected === undefined ? 0 : placeByOrder(sheet, expected);
  if (byOrder === 0) noteKeyless(sheet, expected === undefined ? open : undefined);
  const rowCount = expected?.count ?? open.count();
  const find = (key: string): number => (expected === undefined ? open.lookUp(key) : expected.find(key));
  return { path, expected, rowCount, find, sheet, faults, read, usage, byOrder, readable };
}

const LANE = new URL('./result-lane.js', import.meta.url);

function takeUsage(from: Usage, { prompt, cached, answer, thoughts }: Usage): Usage {
  return addUsage(from, { prompt: -prompt, cached: -cached, answer: -answer, thoughts: -thoughts });
}

/** What is nested too deep for JSON.stringify is told from nothing else: one of two copies is as good as the other. */
function textOf(answer: NonNullable<ResultLine['answer']>): string {
  try {
    return JSON.stringify(answer['response'] ?? answer['error'] ?? null);
  } catch {
    return '';
  }
}

/**
 * Requests that were sent without a key get answers without one. Only one line in, one line out tells
 * which is whose, so there must be as many of the one as of the other.
 */
function placeByOrder(sheet: AnswerSheet, expected: ExpectedRows): number {
  const { keyless } = sheet;
  if (keyless.length === 0) return 0;
  const waiting: number[] = [];
  for (let row = 0; row < expected.count; row += 1) {
    if (sheet.verdictOf(row) === NO_ANSWER && expected.isKeyMade(row)) waiting.push(row);
    if (waiting.length > keyless.length) return 0;
  }
  if (waiting.length !== keyless.length) return 0;
  for (const [index, row] of waiting.entries()) {
    const line = keyless[index];
    if (line !== undefined) sheet.place(row, line);
  }
  return waiting.length;
}

/** Answers that belong to nobody, or, where nothing is known of the requests, to rows of their own. */
function noteKeyless(sheet: AnswerSheet, open: ReturnType<typeof createOpenRows> | undefined): void {
  for (const line of sheet.keyless) {
    if (open !== undefined) sheet.place(open.add(), line);
    else sheet.note({ kind: 'foreign', resultLine: line.resultLine, key: null, reason: 'no_key' });
  }
}

/** One for all of them: a million rows are asked about. */
const GOOD: Judgement = { kind: 'answered' };

/** The judgement of a row; `undefined` when no answer came. */
export function judgementOf({ sheet, faults }: AuditedResult, row: number): Judgement | undefined {
  const verdict = sheet.verdictOf(row);
  if (verdict === NO_ANSWER) return undefined;
  return faults.at(verdict) ?? GOOD;
}
