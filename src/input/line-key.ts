import { isObject, type JsonObject } from './check-line.ts';

/** What a line says of its key. Numbers are taken as text; everything else that is not text is no key. */
export type LineKey =
  | { readonly kind: 'text'; readonly key: string }
  | { readonly kind: 'number'; readonly key: string }
  | { readonly kind: 'none' };

const NO_KEY: LineKey = { kind: 'none' };

/** Reads the key out of a line that was parsed as Latin-1; `bytes` are the line itself. */
export function keyOf(line: JsonObject, bytes: Buffer): LineKey {
  const { key } = line;
  if (typeof key === 'string') return key === '' ? NO_KEY : { kind: 'text', key: exactKey(key, bytes) };
  return typeof key === 'number' ? { kind: 'number', key: String(key) } : NO_KEY;
}

/** The key as the user wrote it: the line was read as Latin-1. */
export function exactKey(key: string, line: Buffer): string {
  if (/^[ -~]*$/.test(key)) return key;
  if (!line.includes('\\u')) return Buffer.from(key, 'latin1').toString();
  const value: unknown = JSON.parse(line.toString());
  const exact = isObject(value) ? value['key'] : undefined;
  return typeof exact === 'string' ? exact : key;
}
