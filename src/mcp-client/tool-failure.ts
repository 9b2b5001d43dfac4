import { type CallKind, classify, classifyMalformed } from '../gemini/classify.ts';
import { type GoogleError, googleErrorOf } from '../gemini/google-error.ts';
import { parseJsonBody } from '../gemini/json-body.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { ToolOutcome } from './tool-connection.ts';

/** Texts beyond this are not read for words: an error is short. */
const LONGEST_ERROR = 20_000;

/** A text that names a job may be about one that was made. */
const NAMES_A_JOB = /\bbatches\/[\w-]/;

/** Google's words, and the system's, for a call that went wrong on its way: nobody knows how far it came. */
const UNCLEAR_WORD = /\b(?:UNAVAILABLE|INTERNAL|DEADLINE_EXCEEDED|ABORTED|CANCELLED|UNKNOWN|E[A-Z_]{3,})\b/;
const UNCLEAR_TEXT = /time(?:d[ -]?)?out|\b(?:socket|network|connection|fetch failed|abort)/i;

/** Where a number is a status, and not part of a name or an amount. */
const STATUS = /(?:^|[:[(]\s?|\b(?:status|code|HTTP|error)(?: code)?[:= ]\s?)(4\d\d|5\d\d)\b/i;

const QUOTA = /\bquota (?:is |was |has been )?(?:exceeded|exhausted)|\bexceeded [^.]{0,40}\bquota\b/i;

/** Google's words and the HTTP statuses that they stand for. */
const WORDS: readonly (readonly [word: string, status: number])[] = [
  ['RESOURCE_EXHAUSTED', 429],
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
];

/**
 * Judges a call of a tool that did not bring what was asked for. The text of a tool error holds, at best,
 * the answer of the API, which is judged as if it had come from there. Of a create whatever does not prove
 * that no job was made is `unknown_outcome`.
 */
export function toolFailure(call: CallKind, outcome: ToolOutcome, nowMs: number): ServiceFailure {
  if (outcome.kind === 'no_answer') return classify(call, outcome, nowMs);
  if (outcome.kind === 'unreadable')
    return oddAnswer(call, 'the MCP server answered with something else than one text');
  if (!outcome.isError) return oddAnswer(call, 'the answer of the MCP server is not what the tool promises');
  const text = outcome.text.slice(0, LONGEST_ERROR);
  const answer = jsonAnswer(text) ?? wordedAnswer(text);
  if (answer === undefined) return { ...oddAnswer(call, text), reason: 'TOOL_ERROR' };
  return classify(call, { kind: 'answer', headers: {}, ...answer }, nowMs);
}

/** An answer that is none, for a call that ended well as far as the server says. */
export function oddAnswer(call: CallKind, what: string): ServiceFailure {
  return { ...classifyMalformed(call, 200, what), httpStatus: undefined };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The API's own JSON: the SDK gives it as the message of its errors, and where it was odd, within another. */
function jsonAnswer(text: string): Answer | undefined {
  const parsed = parseJsonBody(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
  const error = parsed.ok ? googleErrorOf(parsed.value) : undefined;
  if (!parsed.ok || error === undefined) return undefined;
  const inner = jsonAnswer(error.message);
  if (inner !== undefined) return inner;
  return isHttpStatus(error) ? { status: error.code, body: JSON.stringify(parsed.value) } : undefined;
}

function isHttpStatus(error: GoogleError): error is GoogleError & { readonly code: number } {
  return error.code !== undefined && error.code >= 400 && error.code <= 599;
}

/** A refusal in words, put as the API puts it. Where there is JSON that says nothing, its words say nothing either. */
function wordedAnswer(text: string): Answer | undefined {
  if (text.includes('{') || NAMES_A_JOB.test(text) || UNCLEAR_WORD.test(text) || UNCLEAR_TEXT.test(text))
    return undefined;
  const written = Number(STATUS.exec(text)?.[1]);
  if (written >= 500) return undefined;
  const named = WORDS.find(([word]) => new RegExp(`\\b${word}\\b`).test(text));
  const status = named?.[1] ?? (QUOTA.test(text) ? 429 : written);
  const word = (named ?? WORDS.find((one) => one[1] === status))?.[0];
  if (word === undefined) return undefined;
  const body = JSON.stringify({ error: { code: status, status: word, message: text } });
  return { status, body };
}
