import { DEEPEST, FORBIDDEN_KEYS } from './json-scan.ts';

/**
 * The value of a text that is, to the byte, what this tool writes for that value. Such a text gives no key twice and
 * rounds no number, or it would come out differently: `findJsonFault` has nothing to find in it, and takes ten
 * times as long to say so. `undefined` says nothing of the text: it may be as good.
 */
export function readOwnText(text: string): unknown {
  const value = parse(text);
  return isSafe(value, 0) && `${JSON.stringify(value, undefined, 2)}\n` === text ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True when no key is forbidden, no number can have been rounded, and `DEEPEST` is kept. */
function isSafe(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === DEEPEST) return false;
  if (Array.isArray(value)) return value.every((item) => isSafe(item, depth + 1));
  return Object.entries(value).every(([key, item]) => !FORBIDDEN_KEYS.has(key) && isSafe(item, depth + 1));
}
