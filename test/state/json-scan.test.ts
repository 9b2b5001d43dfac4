import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from '../../src/state/json-scan.ts';

test.for([
  ['{"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "b": {}, "c": []}', undefined, undefined],
  ['', 'it is not JSON: it ends too early', 0],
  ['  \n ', 'it is not JSON: it ends too early', 4],
  ['{"a": 1', 'it is not JSON: it ends too early', 7],
  ['{"a": "x', 'it is not JSON: it ends too early', 8],
  ['{"a": 1} x', 'it is not JSON: something follows its end', 9],
  ['{"a": 1,}', 'it is not JSON', 8],
  ['[1 2]', 'it is not JSON', 3],
  ['[1}', 'it is not JSON', 2],
  ["{'a': 1}", 'it is not JSON', 1],
  ['{"a" 1}', 'it is not JSON', 5],
  ['{"a": "\t"}', 'it is not JSON', 7],
  ['{"a": "\\x"}', 'it is not JSON', 7],
  ['{"a": 01}', 'it is not JSON', 7],
  ['{"a": NaN}', 'it is not JSON', 6],
  ['{"a": 1, "a": 1}', 'the same key is given twice', 12],
  ['{"a": 1, "\\u0061": 1}', 'the same key is given twice', 17],
  ['{"__proto__": 1}', 'the key "__proto__" is not allowed', 12],
  ['{"\\u005f_proto__": 1}', 'the key "__proto__" is not allowed', 17],
  ['[{"constructor": 1}]', 'the key "constructor" is not allowed', 15],
  ['{"a": 1e400}', 'it holds a number that is too large', 6],
  ['{"a": 9007199254740993}', 'it holds a number that is too large', 6],
] as const)('findJsonFault(%j) is %j at %j', ([text, what, offset]) => {
  const fault = findJsonFault(text);
  expect([fault?.what, fault?.offset]).toEqual([what, offset]);
});

test('findJsonFault() counts lines', () => {
  expect(findJsonFault('{\n"a": 1,\n"b": !\n}')).toMatchObject({ line: 3, offset: 15 });
});

test('findJsonFault() allows 64 levels and refuses 65', () => {
  expect(findJsonFault('['.repeat(64) + ']'.repeat(64))).toBeUndefined();
  expect(findJsonFault('['.repeat(65) + ']'.repeat(65))?.what).toBe('it is nested more than 64 levels deep');
});

test('findJsonFault() does not run out of stack on deep or long texts', () => {
  expect(findJsonFault('['.repeat(1_000_000))?.what).toBe('it is nested more than 64 levels deep');
  expect(findJsonFault(`"${'a\\n'.repeat(2_000_000)}"`)).toBeUndefined();
  expect(findJsonFault(' '.repeat(5_000_000))?.what).toContain('too early');
  expect(findJsonFault(`[${'0,'.repeat(500_000)}0]`)).toBeUndefined();
});

test('findJsonFault() agrees with JSON.parse on any JSON', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8, noUnicodeString: false }), (text) => {
      fc.pre(!/__proto__|constructor|prototype|\d{16}/.test(text));
      expect(findJsonFault(text)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test('findJsonFault() finds a fault in everything JSON.parse refuses', () => {
  const edits = fc.record({
    at: fc.nat(),
    drop: fc.nat(3),
    insert: fc.constantFrom('', ...'{}[]",:\\ue1-.0n \n\0'.split('')),
  });
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), edits, (json, { at, drop, insert }) => {
      const place = at % (json.length + 1);
      const text = json.slice(0, place) + insert + json.slice(place + drop);
      if (findJsonFault(text) === undefined) expect(() => JSON.parse(text)).not.toThrow();
    }),
    { numRuns: 20_000 },
  );
});
