import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRESH_RECORD } from '../../src/model/batch-record.ts';
import {
  describeSelection,
  fitBatches,
  foldBatches,
  isChosen,
  isSelected,
  parseOnly,
  parseRange,
  type BatchSelection,
} from '../../src/model/batch-set.ts';

const batch = fc.integer({ min: 1, max: 999_999_999 });

describe('isChosen()', () => {
  test('goes by the number, and for rows that are sent again by the batches they are of', () => {
    const selection = parseRange('1', '3');
    const retryOf = (...batches: readonly number[]): boolean =>
      isChosen(selection, 900_000_001, {
        ...FRESH_RECORD,
        rowsOf: batches.map((source) => ({ batch: source, lines: '1' })),
      });
    expect([retryOf(2), retryOf(2, 9), retryOf(9)]).toEqual([true, true, false]);
    expect([3, 4].map((number) => isChosen(selection, number, FRESH_RECORD))).toEqual([true, false]);
    expect(isChosen(parseOnly('900000001'), 900_000_001, FRESH_RECORD)).toBe(true);
  });
});

describe('parseRange()', () => {
  test('takes both ends, one end or none, with leading zeros', () => {
    expect(parseRange(undefined, undefined)).toEqual({ kind: 'all' });
    expect(parseRange('081', undefined)).toEqual({ kind: 'range', from: 81, to: undefined });
    expect(parseRange('81', '204')).toEqual({ kind: 'range', from: 81, to: 204 });
    expect(parseRange('7', '7')).toEqual({ kind: 'range', from: 7, to: 7 });
  });

  test('selects exactly the numbers between its ends', () => {
    fc.assert(
      fc.property(batch, batch, batch, (a, b, other) => {
        const [from, to] = a <= b ? [a, b] : [b, a];
        const selection = parseRange(String(from), String(to));
        expect(isSelected(selection, from) && isSelected(selection, to)).toBe(true);
        expect(isSelected(selection, other)).toBe(other >= from && other <= to);
        expect(isSelected(parseRange(String(from), undefined), other)).toBe(other >= from);
      }),
    );
  });

  test.for(['0', '1000000000', '-1', '1.5', '1e3', '0x1', 'a', '', ' 1', '١', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(() => parseRange(text, undefined)).toThrow(
        expect.objectContaining({ code: 'E_USAGE' }) as Error,
      );
    },
  );

  test('refuses a range that ends before it begins and suggests the other way round', () => {
    expect(() => parseRange('9', '3')).toThrow(
      expect.objectContaining({ code: 'E_USAGE', hint: 'did you mean `batch-submit 3 9`?' }) as Error,
    );
  });

  test('reads digits or throws E_USAGE, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseRange(text, undefined)).toMatchObject({ kind: 'range' });
          expect(text).toMatch(/^\d+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_USAGE' });
        }
      }),
    );
  });
});

describe('parseOnly()', () => {
  test('reads numbers and ranges', () => {
    expect(parseOnly('3, 7 ,81-90')).toEqual({
      kind: 'only',
      ranges: [
        [3, 3],
        [7, 7],
        [81, 90],
      ],
    });
  });

  test.for(['', ',', '3,', '3-', '-3', '9-3', '3;4', '1-2-3', 'all', '0', '1-1000000000'])(
    'refuses %j',
    (text) => {
      expect(() => parseOnly(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }) as Error);
    },
  );

  test('takes back what foldBatches() writes: the same set, no more and no less', () => {
    const near = fc.integer({ min: 1, max: 300 });
    const batches = fc.uniqueArray(fc.oneof(near, batch), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(batches, fc.array(near), (numbers, others) => {
        const selection = parseOnly(foldBatches(numbers));
        const set = new Set(numbers);
        for (const number of [...numbers, ...others])
          expect(isSelected(selection, number)).toBe(set.has(number));
        const size =
          selection.kind === 'only' ? selection.ranges.reduce((sum, [a, b]) => sum + b - a + 1, 0) : -1;
        expect(size).toBe(set.size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('foldBatches()', () => {
  test.for([
    [[], ''],
    [[5], '5'],
    [[12, 1, 2, 3, 7, 9, 10, 11], '1-3, 7, 9-12'],
    [[1, 2], '1-2'],
  ] as const)('%j is "%s"', ([batches, text]) => {
    expect(foldBatches(batches)).toBe(text);
  });
});

describe('describeSelection()', () => {
  test.for<[BatchSelection, string]>([
    [{ kind: 'all' }, 'all batches'],
    [parseRange('81', undefined), 'batches from 81 on'],
    [parseRange('81', '204'), 'batches 81 to 204'],
    [parseOnly('3, 7-9'), 'batches 3,7-9'],
  ])('%j', ([selection, text]) => {
    expect(describeSelection(selection)).toBe(text);
  });
});

describe('fitBatches()', () => {
  const ODD = Array.from({ length: 50 }, (_, index) => 2 * index + 1);

  test('is the whole list where there is room for it', () => {
    expect(fitBatches([1, 2, 3, 7], 6)).toBe('1-3, 7');
    expect(fitBatches([], 0)).toBe('');
  });

  test('says how many ranges are left out, and where they are', () => {
    expect(fitBatches([1, 3, 5], 40)).toBe('1, 3, 5');
    expect(fitBatches(ODD, 45)).toBe('1, 3, 5, 7, … and 46 more ranges, see --list');
    expect(fitBatches([...ODD, 1000, 1002], 36)).toMatch(/^1, … and 51 more ranges, see --list$/);
  });

  test('is never longer than it may be, unless it is one range', () => {
    for (let room = 24; room < 250; room += 1) expect(fitBatches(ODD, room).length).toBeLessThanOrEqual(room);
    expect(fitBatches(ODD, 5)).toBe('50 ranges, see --list');
    expect(fitBatches([100_000_001, 100_000_002], 5)).toBe('100000001-100000002');
  });
});
