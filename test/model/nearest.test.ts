import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/model/nearest.ts';

const COMMANDS = ['submit', 'retry', 'run', 'status', 'watch', 'report', 'validate', 'download', 'cleanup'];

describe('nearest()', () => {
  test.for([
    ['staus', 'status'],
    ['STATUS', 'status'],
    ['sumbit', 'submit'],
    ['downlaod', 'download'],
    ['rn', 'run'],
    ['wacth', 'watch'],
    ['retyr', 'retry'],
    ['frobnicate', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const)('%s', ([word, meant]) => {
    expect(nearest(word, COMMANDS)).toBe(meant);
  });

  test('finds any candidate with one letter changed, added or lost', () => {
    fc.assert(
      fc.property(fc.constantFrom('submit', 'status', 'download'), fc.nat(7), fc.nat(2), (word, at, how) => {
        const index = at % word.length;
        const typed = word.slice(0, index) + (how === 0 ? '' : 'z') + word.slice(index + (how === 1 ? 0 : 1));
        expect(nearest(typed, COMMANDS)).toBe(word);
      }),
    );
  });
});
