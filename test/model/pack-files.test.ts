import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addLoads,
  EMPTY_LOAD,
  type FileLimits,
  type FileLoad,
  limitExceeded,
} from '../../src/model/file-limits.ts';
import { packFiles, packIntoJobs } from '../../src/model/pack-files.ts';

const load = fc.record({
  lines: fc.integer({ min: 1, max: 50 }),
  bytes: fc.integer({ min: 1, max: 500 }),
  textLength: fc.integer({ min: 0, max: 400 }),
});
/** Each of them takes every single file, so that a packing exists. */
const limits: fc.Arbitrary<FileLimits> = fc.record({
  maxLines: fc.option(fc.integer({ min: 50, max: 200 }), { nil: undefined }),
  maxBytes: fc.integer({ min: 500, max: 3000 }),
  maxTokens: fc.option(fc.integer({ min: 100, max: 400 }), { nil: undefined }),
});
const loads = fc.array(load, { minLength: 1, maxLength: 30 });

function together(pack: readonly number[], all: readonly FileLoad[]): FileLoad {
  return pack.reduce((total, index) => addLoads(total, all[index] ?? EMPTY_LOAD), EMPTY_LOAD);
}

/** The largest pack of the best of all packings into at most `jobs` stretches, found by trying each. */
function bestLargest(all: readonly FileLoad[], within: FileLimits, jobs: number): number {
  const best = (from: number, left: number): number => {
    if (from === all.length) return 0;
    if (left === 0) return Number.POSITIVE_INFINITY;
    let smallest = Number.POSITIVE_INFINITY;
    let held = EMPTY_LOAD;
    for (let to = from; to < all.length; to += 1) {
      held = addLoads(held, all[to] ?? EMPTY_LOAD);
      if (limitExceeded(held, within) !== undefined) break;
      smallest = Math.min(smallest, Math.max(held.bytes, best(to + 1, left - 1)));
    }
    return smallest;
  };
  return best(0, jobs);
}

describe('packFiles()', () => {
  test('keeps the order, cuts no file, stays within the limits and leaves no room unused', () => {
    fc.assert(
      fc.property(loads, limits, (all, within) => {
        const packs = packFiles(all, within);
        expect(packs.flat()).toEqual(all.map((_, index) => index));
        for (const [index, pack] of packs.entries()) {
          expect(limitExceeded(together(pack, all), within)).toBeUndefined();
          const next = packs[index + 1]?.[0];
          if (next !== undefined) expect(limitExceeded(together([...pack, next], all), within)).toBeDefined();
        }
      }),
    );
  });

  test('gives a file above the limits a pack of its own', () => {
    const one = { lines: 1, bytes: 10, textLength: 0 };
    const within = { maxLines: undefined, maxBytes: 25, maxTokens: undefined };
    expect(packFiles([one, { ...one, bytes: 30 }, one, one, one], within)).toEqual([[0], [1], [2, 3], [4]]);
  });
});

describe('packIntoJobs()', () => {
  test('makes the largest pack as small as any packing into so many can', () => {
    fc.assert(
      fc.property(
        fc.array(load, { minLength: 1, maxLength: 9 }),
        limits,
        fc.integer({ min: 1, max: 5 }),
        (all, within, jobs) => {
          const packs = packIntoJobs(all, within, jobs);
          const best = bestLargest(all, within, jobs);
          expect(packs === undefined).toBe(best === Number.POSITIVE_INFINITY);
          if (packs === undefined) return;
          expect(packs.length).toBeLessThanOrEqual(jobs);
          expect(packs.flat()).toEqual(all.map((_, index) => index));
          for (const pack of packs) expect(limitExceeded(together(pack, all), within)).toBeUndefined();
          expect(Math.max(...packs.map((pack) => together(pack, all).bytes))).toBe(best);
        },
      ),
    );
  });
});

describe('limitExceeded()', () => {
  test.for([
    [{ lines: 11, bytes: 1, textLength: 0 }, '--max-lines 10'],
    [{ lines: 10, bytes: 101, textLength: 0 }, '--max-bytes 100'],
    [{ lines: 10, bytes: 100, textLength: 21 }, '--max-tokens 5'],
    [{ lines: 10, bytes: 100, textLength: 20 }, undefined],
  ] as const)('%j is above %s', ([held, limit]) => {
    expect(limitExceeded(held, { maxLines: 10, maxBytes: 100, maxTokens: 5 })).toBe(limit);
  });
});
