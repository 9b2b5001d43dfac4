import { parseText, textOf } from './answer-text.ts';
import type { JobKind } from './job.ts';
import { arrayField, type JsonObject, objectField } from './json.ts';
import { placeholderText, withPlaceholders } from './placeholders.ts';
import type { Random } from './random.ts';
import { schemaOf, wantsJson } from './requested-json.ts';
import { generateResponse } from './responses.ts';
import type { ContentKind, VectorKind } from './result-damage.ts';
import { breakSchema } from './schema-break.ts';

/** The kinds that leave a response in the line; the other two put an error there instead. */
export type ResponseKind = Exclude<ContentKind, 'error' | 'refused'> | VectorKind;

export interface CleanAnswer {
  readonly request: JsonObject;
  readonly response: JsonObject;
  readonly model: string;
  readonly kind: JobKind;
  /** Source of the choices within a kind of damage. */
  readonly random: Random;
}

/** The answer with one thing wrong; undefined when this kind of damage means nothing to the request. */
export function damageAnswer(kind: ResponseKind, clean: CleanAnswer): JsonObject | undefined {
  if (clean.kind === 'embed') return damageVector(kind, clean);
  const { request, response, model, random } = clean;
  const text = textOf(response);
  const { usageMetadata, modelVersion, responseId } = response;
  const answering = (answer: string | undefined, finishReason?: string): JsonObject | undefined =>
    answer === undefined ? undefined : generateResponse(request, model, answer, finishReason);
  const ending = (candidate: JsonObject): JsonObject => ({
    candidates: [{ ...candidate, index: 0 }],
    usageMetadata,
    modelVersion,
    responseId,
  });
  switch (kind) {
    case 'truncated':
      return answering(firstHalf(text), 'MAX_TOKENS');
    case 'unfinished':
      return answering(firstHalf(text), random.next() < 0.5 ? 'OTHER' : 'MALFORMED_FUNCTION_CALL');
    case 'blocked': {
      const promptFeedback = { blockReason: 'PROHIBITED_CONTENT' };
      return { promptFeedback, usageMetadata, modelVersion, responseId };
    }
    case 'filtered': {
      const finishReason = random.next() < 0.5 ? 'SAFETY' : 'RECITATION';
      return random.next() < 0.5 ? ending({ finishReason }) : answering(text.slice(0, 12), finishReason);
    }
    case 'empty':
      return ending({ content: { role: 'model' }, finishReason: 'STOP' });
    case 'invalidJson':
      return answering(wantsJson(request) ? notJson(text, random) : undefined);
    case 'offSchema':
      return answering(offSchema(text, request, random));
    case 'placeholder':
      return answering(placeholder(text, request, random));
    case 'shortVector':
    case 'oddVector':
    case 'zeroVector':
      return undefined;
  }
}

function damageVector(kind: ResponseKind, { response, random }: CleanAnswer): JsonObject | undefined {
  const values = arrayField(objectField(response, 'embedding') ?? {}, 'values') ?? [];
  const damaged = (other: readonly unknown[]): JsonObject => ({ ...response, embedding: { values: other } });
  if (kind === 'shortVector') return damaged(values.slice(1));
  if (kind === 'zeroVector') return damaged(values.map(() => 0));
  if (kind !== 'oddVector') return isAboutText(kind) ? undefined : {};
  const odd = [null, '0.1', 'NaN'][random.integer(0, 2)];
  return damaged(values.with(random.integer(0, values.length - 1), odd));
}

function isAboutText(kind: ResponseKind): boolean {
  return kind === 'invalidJson' || kind === 'offSchema' || kind === 'placeholder';
}

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function notJson(text: string, random: Random): string {
  const cut = text.slice(0, Math.floor(text.length * (0.3 + 0.6 * random.next())));
  const prose = 'Here is what you asked for, in my own words: it depends on the circumstances.';
  const forms = [cut, `\`\`\`json\n${text}\n\`\`\``, prose];
  const form = forms[random.integer(0, forms.length - 1)] ?? prose;
  // A number that was cut off is still a number.
  return parseText(form) === undefined ? form : prose;
}

function offSchema(text: string, request: JsonObject, random: Random): string | undefined {
  const schema = schemaOf(request);
  const parsed = parseText(text);
  if (schema === undefined || parsed === undefined) return undefined;
  const broken = breakSchema(parsed.value, schema, random);
  return broken === undefined ? undefined : JSON.stringify(broken);
}

function placeholder(text: string, request: JsonObject, random: Random): string | undefined {
  const parsed = wantsJson(request) ? parseText(text) : undefined;
  if (parsed === undefined) return placeholderText(random);
  const filled = JSON.stringify(withPlaceholders(parsed.value, schemaOf(request), random));
  return filled === JSON.stringify(parsed.value) ? undefined : filled;
}
