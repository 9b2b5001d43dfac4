import type { AnswerPlace } from '../audit/final-row.ts';
import { openLineReader, type LineReader } from '../audit/line-reader.ts';
import { parseAnswer } from '../audit/read-results.ts';

/** Reads answers where they lie. */
export interface AnswerReaders {
  answerAt(place: AnswerPlace): ReturnType<typeof parseAnswer>;
  close(): void;
}

/** Open results files by their paths. Those of one batch are few, and a batch is done before the next. */
export function createAnswerReaders(): AnswerReaders {
  const MOST_OPEN = 16;
  const open = new Map<string, LineReader>();
  const close = (): void => {
    for (const reader of open.values()) reader.close();
    open.clear();
  };
  return {
    answerAt({ path, offset, length }) {
      let reader = open.get(path);
      if (reader === undefined) {
        if (open.size >= MOST_OPEN) close();
        reader = openLineReader(path);
        open.set(path, reader);
      }
      return parseAnswer(reader.read(offset, length));
    },
    close,
  };
}
