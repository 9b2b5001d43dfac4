import { findKeyMember } from './key-member.ts';
import { isObject, type JsonObject } from './check-line.ts';

/** What a line says of its key. Numbers are taken as text; everything else that is not text is no key. */
export type LineKey =
  | { readonly kind: 'text'; readonly key: string }
  | { readonly kind: 'number'; readonly key: string }
  | { readonly kind: 'none' };

const NO_KEY: LineKey = { kind: 'none' };

/**
 * Reads the key out of a line that was parsed as Latin-1; `bytes` are the line itself. A number is taken as it
 * is written: beyond 2^53 its value is not the one that the user meant.
 */
export function keyOf(line: JsonObject, bytes: Buffer): LineKey {
  const { key } = line;
  if (typeof key === 'string') return key === '' ? NO_KEY : { kind: 'text', key: exactKey(key, bytes) };
  if (typeof key !== 'number') return NO_KEY;
  const member = findKeyMember(bytes);
  return member === undefined
    ? NO_KEY
    : { kind: 'number', key: bytes.toString('latin1', member.start, member.end).trim() };
}

/** The key as the user wrote it: the line was read as Latin-1. */
function exactKey(key: string, line: Buffer): string {
  if (/^[ -~]*$/.test(key)) return key;
  if (!line.includes('\\u')) return Buffer.from(key, 'latin1').toString();
  const value: unknown = JSON.parse(line.toString());
  const exact = isObject(value) ? value['key'] : undefined;
  return typeof exact === 'string' ? exact : key;
}
