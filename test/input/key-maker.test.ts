import { describe, expect, test } from 'vitest';
import { createKeyMaker } from '../../src/input/key-maker.ts';
import { createKeyTable } from '../../src/input/key-table.ts';

const LINE = Buffer.from('{"request":{"contents":[{"parts":[{"text":"a"}]}]}}');

describe('createKeyMaker()', () => {
  test('counts repeats of a line', () => {
    const makeKey = createKeyMaker();
    const first = makeKey(LINE);
    expect(first).toMatch(/^bs-[0-9a-f]{20}$/);
    expect([makeKey(LINE), makeKey(LINE)]).toEqual([`${first}-2`, `${first}-3`]);
  });

  test('never makes a key that a line has of its own', () => {
    const first = createKeyMaker()(LINE);
    const taken = createKeyTable();
    for (const key of [first, `${first}-3`]) taken.add(key, 0, 0);
    const makeKey = createKeyMaker(taken);
    expect([makeKey(LINE), makeKey(LINE)]).toEqual([`${first}-2`, `${first}-4`]);
  });
});
