import { isObject } from '../input/check-line.ts';
import type { Judgement } from '../model/answer.ts';
import { readNumber, readWord } from './read-field.ts';
import { errorName, isPermanentError } from './service-errors.ts';

/** `error` as the service wrote it; anything but an object or a text says nothing. */
export function judgeError(error: unknown): Judgement {
  if (typeof error === 'string') return { kind: 'error', message: shorten(error), isPermanent: false };
  if (!isObject(error)) {
    return {
      kind: 'error',
      reason: 'no_response',
      message: 'the line holds neither a response nor an error',
      isPermanent: false,
    };
  }
  const code = readNumber(error['code']);
  const status = readWord(error['status']);
  const { message } = error;
  return {
    kind: 'error',
    code,
    reason: status ?? errorName(code),
    message: typeof message === 'string' ? shorten(message) : undefined,
    isPermanent: isPermanentError(status, code),
  };
}

const LONGEST_MESSAGE = 300;

/** On one line, and never half a character at the cut. */
function shorten(message: string): string | undefined {
  // A message is shown in a terminal, which obeys control characters.
  const line = message
    .slice(0, 10 * LONGEST_MESSAGE)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return undefined;
  if (line.length <= LONGEST_MESSAGE) return line;
  return `${line.slice(0, LONGEST_MESSAGE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
