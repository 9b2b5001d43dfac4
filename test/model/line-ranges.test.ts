import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldLines, unfoldLines } from '../../src/model/line-ranges.ts';

describe('foldLines()', () => {
  test('writes stretches as a person would', () => {
    expect(foldLines([3, 12, 13, 14, 20, 21])).toBe('3, 12-14, 20-21');
    expect(foldLines([])).toBe('');
  });

  test('loses nothing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 })), (numbers) => {
        const lines = numbers.sort((a, b) => a - b);
        expect(unfoldLines(foldLines(lines))).toEqual(lines);
      }),
    );
  });
});
