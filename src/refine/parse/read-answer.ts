import type { Fields } from '../answer-record.ts';
import { itemsIn } from './answer-items.ts';
import type { RecordKind } from './record-kind.ts';

/** An item that is no record, and why. */
export interface BadItem {
  /** From 1, in the answer. */
  readonly position: number;
  readonly problem: string;
}

/** What one answer came to. */
export interface ParsedAnswer {
  /** The attempt that gave it, from 1. */
  readonly attempt: number;
  readonly records: readonly { readonly position: number; readonly value: Fields }[];
  readonly bad: readonly BadItem[];
  readonly isCut: boolean;
  readonly hasText: boolean;
  readonly hasJson: boolean;
}

/** An answer as it came. */
export interface AnswerText {
  readonly attempt: number;
  /** `undefined` for one that holds no text. */
  readonly text: string | undefined;
}

export function readAnswer({ attempt, text }: AnswerText, kind: RecordKind): ParsedAnswer {
  if (text === undefined) {
    return { attempt, records: [], bad: [], isCut: false, hasText: false, hasJson: false };
  }
  const { items, isCut, hasJson } = itemsIn(text, kind);
  const records: { readonly position: number; readonly value: Fields }[] = [];
  const bad: BadItem[] = [];
  for (const [index, value] of items.entries()) {
    const position = index + 1;
    const problem = value === undefined ? 'it is no valid JSON' : kind.check(value);
    if (problem !== undefined) bad.push({ position, problem });
    else if (value !== undefined) records.push({ position, value });
  }
  return { attempt, records, bad, isCut, hasText: true, hasJson };
}

/**
 * The answer that gives the most records; of several the one that counts already, else the newest. What an earlier
 * attempt gave is paid for, and is not lost with a later one that is worse.
 * @param answers the one that counts, then the others from the newest
 */
export function readBest(answers: Iterable<AnswerText>, kind: RecordKind): ParsedAnswer | undefined {
  let best: ParsedAnswer | undefined;
  for (const answer of answers) {
    const parsed = readAnswer(answer, kind);
    if (best === undefined || parsed.records.length > best.records.length) best = parsed;
    if (parsed.records.length > 0 && parsed.bad.length === 0 && !parsed.isCut) break;
  }
  return best;
}
