import type { Judgement } from '../model/answer.ts';
import type { SchemaCheck } from './check-schema.ts';
import type { Expectation } from './expectation.ts';
import { isPlaceholder } from './placeholder.ts';

const ANSWERED: Judgement = { kind: 'answered' };

/** Judges a text that came whole: is it of the form that was asked for, and an answer at all. */
export function judgeText(text: string, expectation: Expectation, check: SchemaCheck | undefined): Judgement {
  const { wantsJson, schema } = expectation;
  // `undefined` is no JSON, so it can stand for "not parsed".
  const value = wantsJson ? parse(text) : undefined;
  if (wantsJson && value === undefined) return explainBadJson(text);
  if (schema !== undefined && check !== undefined) {
    const fault = check(schema, wantsJson ? value : text.trim());
    if (fault !== undefined) {
      return { kind: 'invalid_json', reason: wantsJson ? 'schema' : 'enum', message: fault };
    }
  }
  // One of the words that the request itself allows, whatever it looks like.
  if (schema !== undefined && !wantsJson) return ANSWERED;
  const reason = isPlaceholder(text, value);
  if (reason === undefined) return ANSWERED;
  return { kind: 'placeholder', reason, message: 'a placeholder stands where an answer should' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explainBadJson(text: string): Judgement {
  const isFenced = text.trimStart().startsWith('```');
  return isFenced
    ? { kind: 'invalid_json', reason: 'fenced', message: 'the JSON stands in a Markdown fence' }
    : { kind: 'invalid_json', reason: 'not_json', message: 'the answer is not JSON' };
}
