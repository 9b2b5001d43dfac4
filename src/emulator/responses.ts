import { createHash } from 'node:crypto';
import { embeddingResponse } from './embeddings.ts';
import type { JobKind } from './job.ts';
import type { JsonObject } from './json.ts';
import type { AnsweredLine, Settings } from './options.ts';
import { promptOf } from './prompt-text.ts';
import { findQaPairs, type QaPair } from './qa-pairs.ts';
import { hashSeed } from './random.ts';
import { schemaOf, wantsJson } from './requested-json.ts';
import { schemaAnswer } from './schema-answer.ts';
import { fitsSchema } from './schema-fit.ts';

export interface RespondingLine extends AnsweredLine {
  readonly kind: JobKind;
}

/** The response to one request: the `answer` option's, or the built-in deterministic one. */
export function respond(
  settings: Pick<Settings, 'answer' | 'charactersPerToken'>,
  request: JsonObject,
  line: RespondingLine,
): JsonObject {
  if (line.kind === 'embed') return embeddingResponse(request, line.model);
  return settings.answer?.(request, line) ?? builtInResponse(request, line, settings.charactersPerToken);
}

/** A GenerateContentResponse around any text. About four characters make a token. */
export function generateResponse(
  request: JsonObject,
  model: string,
  text: string,
  finishReason: string = 'STOP',
  charactersPerToken = 4,
): JsonObject {
  const promptTokenCount = Math.max(1, Math.ceil(promptOf(request).length / charactersPerToken));
  const candidatesTokenCount = Math.max(1, Math.ceil(text.length / 4));
  return {
    candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason, index: 0 }],
    usageMetadata: {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokenCount }],
    },
    modelVersion: model,
    responseId: createHash('sha256').update(model).update(text).digest('base64url').slice(0, 22),
  };
}

function builtInResponse(
  request: JsonObject,
  { model }: RespondingLine,
  charactersPerToken: number,
): JsonObject {
  return generateResponse(request, model, builtInText(request, model), 'STOP', charactersPerToken);
}

function builtInText(request: JsonObject, model: string): string {
  const prompt = promptOf(request);
  const schema = schemaOf(request);
  const pairs = findQaPairs(prompt);
  if (pairs.length > 1 || (pairs.length === 1 && /refin|json/iu.test(prompt))) {
    const refined = pairs.map(refine);
    if (schema === undefined || fitsSchema(refined, schema)) return JSON.stringify(refined, null, 2);
  }
  const hash = createHash('sha256').update(model).update(JSON.stringify(request)).digest('hex').slice(0, 12);
  if (schema !== undefined) return JSON.stringify(schemaAnswer(schema, hashSeed(hash)));
  if (wantsJson(request)) return JSON.stringify({ answer: `Emulated answer ${hash}`, requestHash: hash });
  return `Emulated answer ${hash} to a request of ${prompt.length} characters.`;
}

function refine({ id, question, answer }: QaPair): JsonObject {
  const score = Number.parseInt(createHash('sha256').update(question).digest('hex').slice(0, 4), 16) % 31;
  return {
    pair_id: id,
    refined_question: question.endsWith('?') ? question : `${question}?`,
    refined_answer: /[.!?]$/u.test(answer) ? answer : `${answer}.`,
    quality_score: (70 + score) / 10,
    improvements_made: ['Checked the wording of the question', 'Closed the answer with a full stop'],
  };
}
