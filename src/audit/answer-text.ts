import type { JsonObject } from '../input/check-line.ts';
import { judgeAnswer } from './judge-answer.ts';

/** What a person would read of an answer: its text, or its JSON where it has none. */
export function textOfAnswer(answer: JsonObject): string {
  return judgeAnswer(answer, undefined).text ?? JSON.stringify(answer['response'] ?? answer['error'] ?? null);
}
