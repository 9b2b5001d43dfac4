import { describe, expect, test } from 'vitest';
import {
  afterRefusal,
  isWithin,
  lowest,
  NO_CEILING,
  NOTHING_LEARNT,
  plus,
  raisedBy,
} from '../../src/model/quota-ledger.ts';

const NO_JOBS = Number.POSITIVE_INFINITY;

describe('what a 429 teaches', () => {
  test('nothing, while no job of ours is under way', () => {
    expect(afterRefusal(NOTHING_LEARNT, { jobs: 0, tokens: 0 }, 50)).toEqual({
      learnt: NOTHING_LEARNT,
      lesson: 'nothing',
    });
  });

  test('the tokens that are under way, when more were never held', () => {
    expect(afterRefusal(NOTHING_LEARNT, { jobs: 4, tokens: 400 }, 100)).toEqual({
      learnt: { ceiling: { jobs: NO_JOBS, tokens: 400 }, held: { jobs: 4, tokens: 400 } },
      lesson: 'limit',
    });
  });

  test('the number of jobs, when as many tokens were held before and only the number is new', () => {
    const learnt = { ceiling: NO_CEILING, held: { jobs: 4, tokens: 1000 } };
    expect(afterRefusal(learnt, { jobs: 7, tokens: 70 }, 10)).toEqual({
      learnt: { ceiling: { jobs: 7, tokens: NO_JOBS }, held: { jobs: 7, tokens: 1000 } },
      lesson: 'limit',
    });
  });

  test('half of what is under way, when as much was accepted before', () => {
    const learnt = { ceiling: { jobs: NO_JOBS, tokens: 900 }, held: { jobs: 9, tokens: 900 } };
    expect(afterRefusal(learnt, { jobs: 4, tokens: 400 }, 100)).toEqual({
      learnt: { ceiling: { jobs: NO_JOBS, tokens: 200 }, held: { jobs: 4, tokens: 400 } },
      lesson: 'less',
    });
  });

  test('more seen under way than the ceiling raises it; less leaves it', () => {
    const learnt = { ceiling: { jobs: NO_JOBS, tokens: 400 }, held: { jobs: 4, tokens: 400 } };
    expect(raisedBy(learnt, { jobs: 5, tokens: 500 })).toEqual({
      ceiling: { jobs: NO_JOBS, tokens: 500 },
      held: { jobs: 5, tokens: 500 },
    });
    expect(raisedBy(learnt, { jobs: 3, tokens: 300 })).toEqual(learnt);
  });
});

test('both measures count, and the lower limit of each', () => {
  const ceiling = lowest({ jobs: 2, tokens: 900 }, { jobs: 5, tokens: 100 });
  expect(ceiling).toEqual({ jobs: 2, tokens: 100 });
  expect(isWithin(plus({ jobs: 1, tokens: 60 }, 40), ceiling)).toBe(true);
  expect(isWithin(plus({ jobs: 1, tokens: 60 }, 41), ceiling)).toBe(false);
  expect(isWithin(plus({ jobs: 2, tokens: 0 }, 1), ceiling)).toBe(false);
});
