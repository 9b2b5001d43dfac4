import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from '../../src/state/json-scan.ts';
import { readOwnText } from '../../src/state/own-text.ts';
import { serializeState } from '../../src/state/state-schema.ts';
import { reachableState } from './arbitraries.ts';

test('readOwnText() takes every state that is written', () => {
  fc.assert(
    fc.property(reachableState, (state) => {
      const text = serializeState(state);
      expect(readOwnText(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

const key = fc.constantFrom('a', 'b', '1', '01', '__proto__', 'constructor', 'prototype', '\u00e9');
const scalar = fc.constantFrom(
  '0',
  '-0',
  '1.5',
  '1e3',
  '1e400',
  '1e+21',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740992',
  '0.1',
  'null',
  'true',
  '"a"',
  '"\\u0061"',
  '"\u2028"',
  '!',
);

/** Texts in the form of this tool, or nearly so: keys may be given twice, and numbers too large. */
const nearlyOwn = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((items) => block('[', items, ']')),
    fc.array(fc.tuple(key, tie('value')), { minLength: 1, maxLength: 3 }).map((members) =>
      block(
        '{',
        members.map(([word, value]) => `"${word}": ${value}`),
        '}',
      ),
    ),
  ),
})).value;

function block(open: string, parts: readonly string[], close: string): string {
  return `${open}\n${parts.map((part) => `  ${part.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}

test('readOwnText() takes no text in which findJsonFault() finds something', () => {
  const seen = { taken: 0, faulty: 0 };
  fc.assert(
    fc.property(nearlyOwn, (value) => {
      const text = `${value}\n`;
      const fault = findJsonFault(text);
      if (fault !== undefined) seen.faulty += 1;
      if (readOwnText(text) === undefined) return;
      seen.taken += 1;
      expect(fault).toBeUndefined();
    }),
    { numRuns: 10_000 },
  );
  expect(seen.taken).toBeGreaterThan(1_000);
  expect(seen.faulty).toBeGreaterThan(1_000);
});

test.for([
  ['a key given twice', '{\n  "a": 1,\n  "a": 1\n}\n'],
  ['a key that reaches a prototype', '{\n  "__proto__": 1\n}\n'],
  ['a number that comes out as it went in, and is rounded all the same', '[\n  9007199254740992\n]\n'],
  ['a number beyond all', '[\n  1e400\n]\n'],
  ['a level too many', nested(65)],
  ['more levels than the stack holds', '['.repeat(200_000)],
  ['another indentation', '{"a": 1}\n'],
  ['no line end', '{\n  "a": 1\n}'],
  ['half of it', '{\n  "a"'],
] as const)('readOwnText() does not take %s', ([, text]) => {
  expect(readOwnText(text)).toBeUndefined();
});

test('readOwnText() takes 64 levels', () => {
  expect(readOwnText(nested(64))).toBeDefined();
});

function nested(levels: number): string {
  let text = '[]';
  for (let level = 1; level < levels; level += 1) text = block('[', [text], ']');
  return `${text}\n`;
}
