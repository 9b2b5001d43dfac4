/** A short stable word for what is wrong with an input; it becomes the `reason` of the failed batch. */
export type ProblemReason =
  | 'invalid_json'
  | 'invalid_utf8'
  | 'byte_order_mark'
  | 'nul_byte'
  | 'line_too_long'
  | 'too_deep'
  | 'not_an_object'
  | 'no_request'
  | 'no_lines'
  | 'foreign_format'
  | 'unreadable';

/** `detail` is a whole statement, such as `line 412 is not valid JSON`; it never repeats the content. */
export interface InputProblem {
  readonly reason: ProblemReason;
  /** From 1; `undefined` when the file as a whole is meant. */
  readonly line: number | undefined;
  readonly detail: string;
}

/** What one parsed line is: a request, with or without a key, or a problem. */
export type LineVerdict =
  | { readonly ok: true; readonly hasKey: boolean }
  | { readonly ok: false; readonly reason: ProblemReason; readonly fact: string };

/**
 * Judges one parsed line. `fact` follows "line 3 ". In the strings of `value` each character is one
 * byte of the UTF-8 text (`Buffer.from(text, 'latin1').toString()` gives the text): structure, ASCII
 * and emptiness are exact, other letters are not.
 */
export type LineCheck = (value: unknown) => LineVerdict;

/**
 * A line is `{"key", "request": {…}}`, or a bare request: `contents` for text, `content` for an
 * embedding. The service checks the inside of a request; only what can never be one is refused here.
 */
export function checkRequestLine(value: unknown): LineVerdict {
  if (!isObject(value)) return { ok: false, reason: 'not_an_object', fact: 'is not a JSON object' };
  const hasKey = typeof value['key'] === 'string' && value['key'] !== '';
  if (Object.hasOwn(value, 'request')) {
    return isObject(value['request'])
      ? { ok: true, hasKey }
      : { ok: false, reason: 'no_request', fact: 'has a "request" that is not an object' };
  }
  if (Object.hasOwn(value, 'contents') || Object.hasOwn(value, 'content')) return { ok: true, hasKey };
  return { ok: false, reason: 'no_request', fact: 'has neither "request" nor "contents"' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
