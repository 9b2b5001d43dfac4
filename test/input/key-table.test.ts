import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyTable, KEY_OF_OTHER_FILE, NEW_KEY } from '../../src/input/key-table.ts';

describe('createKeyTable()', () => {
  test('tells a new key from one that was there, in this file or another', () => {
    const table = createKeyTable();
    expect(table.add('a', 0, 0)).toBe(NEW_KEY);
    expect(table.add('b', 40, 0)).toBe(NEW_KEY);
    expect(table.add('a', 80, 0)).toBe(0);
    expect(table.add('b', 2 ** 31, 0)).toBe(40);
    expect(table.add('a', 7, 1)).toBe(KEY_OF_OTHER_FILE);
    expect(table.add('a', 99, 1)).toBe(7);
    expect(table.add('', 2 ** 31, 1)).toBe(NEW_KEY);
    expect(table.add('', 2 ** 31 + 9, 1)).toBe(2 ** 31);
  });

  test('agrees with a Map, whatever the keys', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.nat(50).map(String))),
        (keys) => {
          const [table, known] = [createKeyTable(), new Set<string>()];
          for (const key of keys) {
            expect(table.add(key, 7, 0)).toBe(known.has(key) ? 7 : NEW_KEY);
            known.add(key);
          }
        },
      ),
    );
  });

  test.for([
    ['counted', (index: number) => `request-${index}`],
    ['padded', (index: number) => String(index).padStart(12, '0')],
    ['of two numbers', (index: number) => `${index % 1000}/${Math.floor(index / 1000)}`],
    ['long', (index: number) => `${'k'.repeat(60)}${index}`],
    ['hexadecimal', (index: number) => (index * 2_654_435_761).toString(16)],
  ] as const)('takes 300,000 keys that are %s for as many', ([, name]) => {
    const table = createKeyTable();
    let known = 0;
    for (let index = 0; index < 300_000; index += 1) if (table.add(name(index), 0, 0) !== NEW_KEY) known += 1;
    expect(known).toBe(0);
  });
});
