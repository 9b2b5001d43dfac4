import type { JsonObject } from '../input/check-line.ts';
import type { LinePlace } from './answer-sheet.ts';
import { openLineReader, type LineReader } from './line-reader.ts';
import { parseAnswer } from './read-results.ts';

/** Compares lines of a results file, which it opens only when it is asked. */
export interface AnswerComparer {
  saySame(one: LinePlace, other: LinePlace): boolean;
  close(): void;
}

/**
 * Keys that came twice are few, so their lines are read once more, and nothing is kept of all the others.
 * @param textOf what an answer says
 */
export function createAnswerComparer(path: string, textOf: (answer: JsonObject) => string): AnswerComparer {
  let reader: LineReader | undefined;
  const textAt = ({ offset, length }: LinePlace): string | undefined => {
    reader ??= openLineReader(path);
    const answer = parseAnswer(reader.read(offset, length));
    return answer === undefined ? undefined : textOf(answer);
  };
  return {
    saySame: (one, other) => textAt(one) === textAt(other),
    close: () => reader?.close(),
  };
}
