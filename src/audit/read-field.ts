import type { JsonObject } from '../input/check-line.ts';

/** A field by its camelCase name, or by its snake_case one, which other services write. */
export function readField(object: JsonObject, name: string, snakeName: string): unknown {
  return object[name] ?? object[snakeName];
}

/** A number, or the string that Google's JSON makes of an int64. */
export function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** A word of the service's: one that is longer, or has spaces, could be content. */
export function readWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]\w{0,63}$/.test(value) ? value : undefined;
}
