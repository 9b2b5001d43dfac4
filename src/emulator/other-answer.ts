import { parseText, textOf } from './answer-text.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Settings } from './options.ts';
import { generateResponse, respond, type RespondingLine } from './responses.ts';

/** A schema may leave so little choice that a few draws come to the same. */
const MOST_DRAWS = 12;

/** A second answer to the same request, as good as the first and not the same. */
export function otherAnswer(
  settings: Pick<Settings, 'answer' | 'charactersPerToken'>,
  request: JsonObject,
  line: RespondingLine,
  first: JsonObject,
): JsonObject {
  if (line.kind === 'embed') return oppositeOf(first);
  const text = textOf(first);
  // The built-in answer depends on every member of the request, so one more gives it another draw.
  for (let draw = 2; settings.answer === undefined && draw <= MOST_DRAWS; draw += 1) {
    const second = respond(settings, { ...request, draw }, line);
    if (textOf(second) !== text) return second;
  }
  return generateResponse(request, line.model, reworded(text), 'STOP', settings.charactersPerToken);
}

/** Adds a few words to the longest text within JSON, or to the text itself. */
function reworded(text: string): string {
  const parsed = parseText(text);
  let longest = '';
  JSON.stringify(parsed?.value, (_name, value: unknown) => {
    if (typeof value === 'string' && value.length > longest.length) longest = value;
    return value;
  });
  if (parsed === undefined || longest === '') return `${text} On reflection, not quite.`;
  return JSON.stringify(parsed.value, (_name, value: unknown) =>
    value === longest ? `${longest} On reflection, not quite.` : value,
  );
}

function oppositeOf(response: JsonObject): JsonObject {
  const { embedding } = response;
  const values = isJsonObject(embedding) && Array.isArray(embedding['values']) ? embedding['values'] : [];
  return { ...response, embedding: { values: values.map((value: unknown) => -Number(value)) } };
}
