import type { JsonObject } from '../input/check-line.ts';
import type { SchemaCheck } from './check-schema.ts';
import type { Expectation } from './expectation.ts';
import { judgeAnswer, type JudgedAnswer } from './judge-answer.ts';

/** The requests, as far as judging an answer asks for them. */
export interface RequestFinder {
  /** The first row with the key, or -1. */
  find(key: string): number;
  expectationOf(row: number): Expectation;
}

export interface JudgedLine extends JudgedAnswer {
  readonly key: string | undefined;
  /** The first row with the key, or -1. */
  readonly row: number;
}

/** Judges answers by what their requests asked for; without these any form of answer will do. */
export function createLineJudge(
  requests: RequestFinder | undefined,
  check: SchemaCheck | undefined,
): (answer: JsonObject) => JudgedLine {
  return (answer) => {
    const key = keyIn(answer);
    const row = key === undefined || requests === undefined ? -1 : requests.find(key);
    const expectation = row < 0 || requests === undefined ? undefined : requests.expectationOf(row);
    return { key, row, ...judgeAnswer(answer, expectation, check) };
  };
}

/** The service gives keys back as they were sent; a number is the same key as its digits. */
function keyIn({ key }: JsonObject): string | undefined {
  if (typeof key === 'number') return String(key);
  return typeof key === 'string' && key !== '' ? key : undefined;
}
