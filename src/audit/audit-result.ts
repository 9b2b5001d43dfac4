import { addUsage, NO_USAGE, type Judgement, type Usage } from '../model/answer.ts';
import { createAnswerSheet, type AnswerLine, type AnswerSheet, type RowFinder } from './answer-sheet.ts';
import { loadSchemaChecker, type SchemaCheck } from './check-schema.ts';
import type { ExpectedRows } from './expected-rows.ts';
import { createFaultTable, NO_ANSWER, type FaultTable } from './fault-table.ts';
import { judgeAnswer } from './judge-answer.ts';
import { createOpenRows } from './open-rows.ts';
import { readResults, type ResultLine, type ResultsRead } from './read-results.ts';
import { hashText } from './text-hash.ts';

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
 * @throws a system error when the file cannot be read, and the signal's reason when it is aborted
 */
export async function auditResult(
  path: string,
  expected: ExpectedRows | undefined,
  signal: AbortSignal | undefined,
): Promise<AuditedResult> {
  const faults = createFaultTable();
  const open = createOpenRows();
  const rows: RowFinder = expected ?? open;
  const sheet = createAnswerSheet(rows, faults, expected?.count);
  const check = expected === undefined ? undefined : await loadSchemaChecker(expected.expectations);
  let usage = NO_USAGE;
  let readable = 0;
  const take = (line: ResultLine): void => {
    const { answer, resultLine } = line;
    if (answer === undefined) {
      sheet.note({ kind: 'unreadable', resultLine, key: null });
      return;
    }
    readable += 1;
    const judged = judgeLine(line, answer, expected, check);
    // The second copy of an answer was not paid for again.
    const isCopy = sheet.take(judged.line) === 'copy';
    if (!isCopy) usage = addUsage(usage, judged.usage);
  };
  const read = await readResults(path, take, signal);
  const byOrder = expected === undefined ? 0 : placeByOrder(sheet, expected);
  if (byOrder === 0) noteKeyless(sheet, expected === undefined ? open : undefined);
  const rowCount = expected?.count ?? open.count();
  const find = (key: string): number => (expected === undefined ? open.lookUp(key) : expected.find(key));
  return { path, expected, rowCount, find, sheet, faults, read, usage, byOrder, readable };
}

interface JudgedLine {
  readonly line: AnswerLine;
  readonly usage: Usage;
}

function judgeLine(
  { resultLine, offset, length }: ResultLine,
  answer: NonNullable<ResultLine['answer']>,
  expected: ExpectedRows | undefined,
  check: SchemaCheck | undefined,
): JudgedLine {
  const key = keyIn(answer);
  const row = key === undefined || expected === undefined ? -1 : expected.find(key);
  const expectation = row < 0 || expected === undefined ? undefined : expected.expectationOf(row);
  const { judgement, usage, text } = judgeAnswer(answer, expectation, check);
  const digest = hashText(text ?? textOf(answer['response'] ?? answer['error']));
  return { line: { key, resultLine, offset, length, judgement, digest }, usage };
}

/** What is nested too deep for JSON.stringify is told from nothing else: one of two copies is as good as the other. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return '';
  }
}

/** The service gives keys back as they were sent; a number is the same key as its digits. */
function keyIn(answer: NonNullable<ResultLine['answer']>): string | undefined {
  const { key } = answer;
  if (typeof key === 'number') return String(key);
  return typeof key === 'string' && key !== '' ? key : undefined;
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
