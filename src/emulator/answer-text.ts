import type { JsonObject } from './json.ts';

/** The longest run of text in an answer, found without trusting its shape: `answer` is the caller's. */
export function textOf(response: JsonObject): string {
  let found = '';
  JSON.stringify(response['candidates'], (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string' && value.length > found.length) found = value;
    return value;
  });
  return found;
}

/** The value of a JSON text, in a holder since `null` is a value too. Undefined when it is no JSON. */
export function parseText(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}
