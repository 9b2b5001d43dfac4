import { findJsonPlaceholder } from './json-placeholder.ts';
import { isLoremIpsum } from './lorem-ipsum.ts';
import { matchPlaceholder } from './match-placeholder.ts';

/**
 * A short reason word when the text stands only where an answer should, such as
 * `[insert answer here]`; `undefined` when it is an answer, or may be one: a false alarm is worse
 * than a miss. `parsedJson` is the text parsed, where the caller has done so; else a text that looks
 * like JSON is parsed here, as prompts often ask for JSON in words alone.
 */
export function isPlaceholder(text: string, parsedJson?: unknown): string | undefined {
  const value = parsedJson ?? parseIfJson(text);
  if (typeof value === 'object' && value !== null) return findJsonPlaceholder(value, text);
  const plain = typeof value === 'string' ? value : text;
  const rule = matchPlaceholder(plain);
  if (rule !== undefined && rule.scope !== 'field') return rule.reason;
  return isLoremIpsum(plain) ? 'lorem_ipsum' : undefined;
}

/** An object or a list, bare or in one Markdown fence. */
const LOOKS_LIKE_JSON = /^\s*(?:```(?:json)?\s*)?[{[]/i;
const FENCE = /^\s*```(?:json)?|```\s*$/gi;

function parseIfJson(text: string): unknown {
  if (!LOOKS_LIKE_JSON.test(text)) return undefined;
  try {
    return JSON.parse(text.replaceAll(FENCE, ''));
  } catch {
    return undefined;
  }
}
