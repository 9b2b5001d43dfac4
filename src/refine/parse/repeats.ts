import { createKeyTable, NEW_KEY } from '../../input/key-table.ts';
import type { Fields } from '../answer-record.ts';
import { letterCount } from './plain-words.ts';
import type { RecordKind } from './record-kind.ts';

/** Finds answers that stand below many questions, word for word: they were written by nobody. */
export interface Repeats {
  /** Counts the answer of a record; `isFlagged` where it is taken for a placeholder already. */
  add(value: Fields, isFlagged: boolean): void;
  /** True when the answer of this record stands too often. To be asked once all are counted. */
  isRepeated(value: Fields): boolean;
  /** How many records have such an answer and are not flagged. */
  count(): number;
}

/** So many records with one answer are no chance any more. */
const MOST = 20;
/** `Yes, it does.` may well be the answer to many questions. */
const FEWEST_LETTERS = 20;
const FIRST_ROOM = 4096;

/** Some 30 bytes for each different answer, however long it is. */
export function createRepeats({ answer }: RecordKind): Repeats {
  const numbers = createKeyTable();
  let counts = new Uint32Array(FIRST_ROOM);
  let unflagged = new Uint32Array(FIRST_ROOM);
  let different = 0;
  const textOf = (value: Fields): string | undefined => {
    const text = answer === undefined ? undefined : value[answer];
    return typeof text === 'string' && letterCount(text) >= FEWEST_LETTERS
      ? text.replaceAll(/\s+/g, ' ').trim()
      : undefined;
  };
  return {
    add(value, isFlagged) {
      const text = textOf(value);
      if (text === undefined) return;
      const known = numbers.add(text, different, 0);
      const number = known === NEW_KEY ? different : known;
      if (known === NEW_KEY) different += 1;
      if (number >= counts.length) {
        counts = roomier(counts);
        unflagged = roomier(unflagged);
      }
      counts[number] = (counts[number] ?? 0) + 1;
      if (!isFlagged) unflagged[number] = (unflagged[number] ?? 0) + 1;
    },
    isRepeated(value) {
      const text = textOf(value);
      const number = text === undefined ? NEW_KEY : numbers.find(text);
      return number !== NEW_KEY && (counts[number] ?? 0) > MOST;
    },
    count: () =>
      unflagged.reduce((sum, count, number) => sum + ((counts[number] ?? 0) > MOST ? count : 0), 0),
  };
}

function roomier(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(2 * column.length);
  wider.set(column);
  return wider;
}
