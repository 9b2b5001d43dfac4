import type { Judgement } from '../model/answer.ts';
import { longColumn, shortColumn, wideColumn } from './columns.ts';
import { ANSWERED, NO_ANSWER, type FaultTable } from './fault-table.ts';

/** One line of a results file, judged. */
export interface AnswerLine {
  /** `undefined` for an answer that says no key. */
  readonly key: string | undefined;
  /** Line of the results file, from 1. */
  readonly resultLine: number;
  /** Where the line stands in the file, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly judgement: Judgement;
}

/** Where a line stands in the file, in bytes. */
export type LinePlace = Pick<AnswerLine, 'offset' | 'length'>;

/** Where answers go: the rows that a key can mean. `ExpectedRows`, or a list made as keys turn up. */
export interface RowFinder {
  find(key: string): number;
  next(row: number): number;
}

/** A line that is no answer to a request that still waited for one. */
export interface Extra {
  readonly kind: 'duplicate' | 'foreign' | 'unreadable';
  readonly resultLine: number;
  readonly key: string | null;
  /** The row that has its answer already, of a duplicate. */
  readonly row?: number | undefined;
  readonly reason?: string | undefined;
}

/** The answer of each row, as far as one came. */
export interface AnswerSheet {
  /** @returns `copy` for a line that says again what its row has already */
  take(line: AnswerLine): 'taken' | 'copy';
  /** Puts an answer in a row by its place alone. The row has none yet. */
  place(row: number, line: AnswerLine): void;
  note(extra: Extra): void;
  /** A number of the fault table. */
  verdictOf(row: number): number;
  placeOf(row: number): { readonly offset: number; readonly length: number; readonly resultLine: number };
  /** At most 10,000; `extraCount` counts all. */
  readonly extras: readonly Extra[];
  extraCount(kind: Extra['kind']): number;
  /** Answers without a key, in the order of the file. */
  readonly keyless: readonly AnswerLine[];
}

const MOST_EXTRAS = 10_000;

/** Two different answers to one request: nobody can tell which is its own. */
const CONFLICT: Judgement = {
  kind: 'duplicate',
  reason: 'conflict',
  message: 'answers that differ came for this key',
};

/**
 * Puts each answer in the row of its key, never by its place in the file. One answer that can be used
 * wins over one that cannot; two that differ spoil each other.
 * @param saySame whether two lines of the file hold one answer; asked only of lines with the same key
 * @param rowCount how many rows there are, where that is known
 */
export function createAnswerSheet(
  rows: RowFinder,
  faults: FaultTable,
  saySame: (one: LinePlace, other: LinePlace) => boolean,
  rowCount?: number,
): AnswerSheet {
  const verdicts = shortColumn(rowCount);
  const offsets = wideColumn(rowCount);
  const lengths = longColumn(rowCount);
  const resultLines = longColumn(rowCount);
  const extras: Extra[] = [];
  const counts = { duplicate: 0, foreign: 0, unreadable: 0 };
  const keyless: AnswerLine[] = [];
  const conflict = faults.add(CONFLICT);

  const note = (extra: Extra): void => {
    counts[extra.kind] += 1;
    if (extras.length < MOST_EXTRAS) extras.push(extra);
  };
  const place = (row: number, { offset, length, resultLine, judgement }: AnswerLine): void => {
    verdicts.set(row, faults.add(judgement));
    offsets.set(row, offset);
    lengths.set(row, length);
    resultLines.set(row, resultLine);
  };
  /** A further answer for a row that has one. */
  const takeAnother = (row: number, key: string, line: AnswerLine): 'taken' | 'copy' => {
    const had = verdicts.get(row);
    const isUsable = line.judgement.kind === 'answered';
    const isCopy = saySame({ offset: offsets.get(row), length: lengths.get(row) }, line);
    const differs = isUsable && had === ANSWERED && !isCopy;
    if (isUsable && had !== ANSWERED && had !== conflict) place(row, line);
    else if (differs) verdicts.set(row, conflict);
    note({
      kind: 'duplicate',
      resultLine: line.resultLine,
      key,
      row,
      reason: differs ? 'conflict' : undefined,
    });
    return isCopy ? 'copy' : 'taken';
  };

  return {
    take(line) {
      const { key } = line;
      if (key === undefined) {
        keyless.push(line);
        return 'taken';
      }
      let row = rows.find(key);
      if (row < 0) {
        note({ kind: 'foreign', resultLine: line.resultLine, key });
        return 'taken';
      }
      // The same request may have been sent several times under one key: each is owed an answer.
      while (verdicts.get(row) !== NO_ANSWER) {
        const next = rows.next(row);
        if (next < 0) return takeAnother(row, key, line);
        row = next;
      }
      place(row, line);
      return 'taken';
    },
    place,
    note,
    verdictOf: (row) => verdicts.get(row),
    placeOf: (row) => ({
      offset: offsets.get(row),
      length: lengths.get(row),
      resultLine: resultLines.get(row),
    }),
    extras,
    extraCount: (kind) => counts[kind],
    keyless,
  };
}
