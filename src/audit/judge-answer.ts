import { isObject, type JsonObject } from '../input/check-line.ts';
import { NO_USAGE, type Judgement, type Usage } from '../model/answer.ts';
import type { SchemaCheck } from './check-schema.ts';
import type { Expectation } from './expectation.ts';
import { faultOfFinish } from './finish-reason.ts';
import { judgeEmbedding } from './judge-embedding.ts';
import { judgeError } from './judge-error.ts';
import { judgeText } from './judge-text.ts';
import { readField, readWord } from './read-field.ts';
import { readParts, type AnswerParts } from './read-parts.ts';
import { readUsage } from './read-usage.ts';

export interface JudgedAnswer {
  readonly judgement: Judgement;
  readonly usage: Usage;
  /** The text that was judged, without thoughts; `undefined` where the answer holds none. */
  readonly text: string | undefined;
}

/**
 * Judges one line of a results file, decoded as UTF-8: `{"key", "response": {…}}` or
 * `{"key", "error": {…}}`. Without an expectation any form of answer will do; without `check` no
 * schema is asked for. Never throws, whatever the line holds.
 */
export function judgeAnswer(
  line: JsonObject,
  expectation: Expectation | undefined,
  check?: SchemaCheck,
): JudgedAnswer {
  const { response } = line;
  if (!isObject(response)) {
    // A response that is no object can still be a response: only its absence is an error.
    const isAbsent = response === undefined || response === null || isError(line['error']);
    const judgement = isAbsent ? judgeError(line['error']) : NO_CONTENT;
    return { judgement, usage: NO_USAGE, text: undefined };
  }
  const usage = readUsage(response);
  const error = [line['error'], response['error']].find(isError);
  if (error !== undefined && !holdsAnswer(response)) {
    return { judgement: judgeError(error), usage, text: undefined };
  }
  return { ...judgeResponse(response, usage, expectation ?? NO_EXPECTATION, check), usage };
}

const NO_EXPECTATION: Expectation = { wantsJson: false, schema: undefined };
const NO_CONTENT: Judgement = { kind: 'empty', message: 'the response holds no content' };

function isError(error: unknown): boolean {
  return isObject(error) || (typeof error === 'string' && error !== '');
}

/** Candidates, a refused prompt or an embedding: with one of these the response is what counts. */
function holdsAnswer(response: JsonObject): boolean {
  const feedback = readField(response, 'promptFeedback', 'prompt_feedback');
  return candidatesOf(response).length > 0 || isObject(feedback) || judgeEmbedding(response) !== undefined;
}

type JudgedText = Pick<JudgedAnswer, 'judgement' | 'text'>;

function judgeResponse(
  response: JsonObject,
  usage: Usage,
  expectation: Expectation,
  check: SchemaCheck | undefined,
): JudgedText {
  const candidates = candidatesOf(response);
  if (candidates.length === 0) {
    const embedding = judgeEmbedding(response, expectation.dimensions);
    if (embedding !== undefined) return { judgement: embedding, text: undefined };
  }
  let first: JudgedText | undefined;
  let hasContent = false;
  // Of several the first good one counts: the request was answered.
  for (const candidate of candidates) {
    const parts = readParts(candidate);
    hasContent ||= !isBlank(parts);
    const judged = {
      judgement: judgeCandidate(candidate, parts, usage, expectation, check),
      text: parts.text,
    };
    if (judged.judgement.kind === 'answered') return judged;
    first ??= judged;
  }
  const blocked = hasContent ? undefined : judgePrompt(response);
  return { judgement: blocked ?? first?.judgement ?? NO_CONTENT, text: first?.text };
}

function candidatesOf(response: JsonObject): readonly JsonObject[] {
  const { candidates } = response;
  return Array.isArray(candidates) ? candidates.filter(isObject) : [];
}

function isBlank({ text, hasOther }: AnswerParts): boolean {
  return !hasOther && (text === undefined || text.trim() === '');
}

/** The filter of prompts looks at the prompt alone, so the same prompt is refused again. */
function judgePrompt(response: JsonObject): Judgement | undefined {
  const feedback = readField(response, 'promptFeedback', 'prompt_feedback');
  if (!isObject(feedback)) return undefined;
  const reason = readField(feedback, 'blockReason', 'block_reason');
  if (typeof reason !== 'string' || reason === '' || reason.endsWith('UNSPECIFIED')) return undefined;
  return { kind: 'blocked', reason: readWord(reason), message: 'the prompt was refused', isPermanent: true };
}

function judgeCandidate(
  candidate: JsonObject,
  parts: AnswerParts,
  usage: Usage,
  expectation: Expectation,
  check: SchemaCheck | undefined,
): Judgement {
  const finish = readField(candidate, 'finishReason', 'finish_reason');
  const fault = faultOfFinish(finish);
  const reason = readWord(finish);
  switch (fault) {
    case 'truncated': {
      const isAllThoughts = isBlank(parts) && usage.thoughts > 0;
      const message = isAllThoughts
        ? 'thoughts used up the limit of output tokens'
        : 'cut off at the limit of output tokens';
      return { kind: fault, reason, message };
    }
    case 'blocked':
      return { kind: fault, reason, message: 'the answer was held back by a filter', isPermanent: false };
    case 'unfinished':
      return { kind: fault, reason, message: 'the answer ended before its end' };
    case undefined:
      break;
  }
  if (isBlank(parts)) return { ...NO_CONTENT, reason };
  // A call or a picture is an answer of its own kind, and the text beside it no more than a remark.
  return parts.hasOther || parts.text === undefined
    ? { kind: 'answered' }
    : judgeText(parts.text, expectation, check);
}
