import type { FindingKind } from './finding.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Follows "line 3 ". One that takes another look at the line is made only where it is shown. */
export type Fact = string | (() => string);

/** What one line is: a request, or a problem. A bare request is the line itself. */
export type LineVerdict =
  | { readonly ok: true; readonly line: JsonObject; readonly request: JsonObject }
  | { readonly ok: false; readonly reason: FindingKind; readonly fact: Fact };

/**
 * Judges one parsed line. In the strings of `value` each character is one byte of the UTF-8 text
 * (`Buffer.from(text, 'latin1').toString()` gives the text): structure, ASCII and emptiness are exact,
 * other letters are not.
 */
export type LineCheck = (value: unknown) => LineVerdict;

/**
 * A line is `{"key", "request": {…}}`, or a bare request: `contents` for text, `content` for an
 * embedding. The service checks the inside of a request; only what can never be one is refused here.
 */
export function checkRequestLine(value: unknown): LineVerdict {
  if (!isObject(value)) return { ok: false, reason: 'not_an_object', fact: 'is not a JSON object' };
  if (!Object.hasOwn(value, 'request')) {
    return hasContents(value) ? { ok: true, line: value, request: value } : otherLine(value);
  }
  const { request } = value;
  if (!isObject(request)) {
    return { ok: false, reason: 'no_request', fact: 'has a "request" that is not an object' };
  }
  if (!hasContents(request)) {
    return { ok: false, reason: 'no_contents', fact: 'has a "request" without "contents"' };
  }
  return { ok: true, line: value, request };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasContents(request: JsonObject): boolean {
  return Object.hasOwn(request, 'contents') || Object.hasOwn(request, 'content');
}

const NEITHER = 'has neither "request" nor "contents"';

/** Lines of other services are told by their names: one answer instead of a riddle. */
function otherLine(line: JsonObject): LineVerdict {
  const has = (name: string): boolean => Object.hasOwn(line, name);
  if (has('custom_id') && has('params'))
    return other('anthropic_line', 'it is a line for the API of Anthropic');
  if ((has('body') && (has('custom_id') || has('url'))) || has('messages')) {
    return other('openai_line', 'it is a line for the API of OpenAI');
  }
  if (has('instances') || has('instance')) return other('vertex_line', 'it is a line for Vertex AI');
  return { ok: false, reason: 'no_request', fact: NEITHER };
}

function other(reason: FindingKind, what: string): LineVerdict {
  return { ok: false, reason, fact: `${NEITHER}: ${what}` };
}
