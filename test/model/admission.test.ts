import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitNext, type Waiting } from '../../src/model/admission.ts';
import { isWithin, plus, type Load } from '../../src/model/quota-ledger.ts';

const waiting = (tokens: number): Waiting => ({ tokens, overtaken: 0 });

describe('admitNext()', () => {
  test('takes the first that fits', () => {
    const queue = [waiting(50), waiting(30), waiting(20)];
    expect(admitNext(queue, { jobs: 1, tokens: 70 }, { jobs: 9, tokens: 100 })).toBe(1);
    expect(queue.map(({ overtaken }) => overtaken)).toEqual([30, 0, 0]);
  });

  test('lets nobody past any more, once four times as much went past', () => {
    const queue = [{ tokens: 50, overtaken: 199 }, waiting(1)];
    const [load, ceiling] = [
      { jobs: 1, tokens: 90 },
      { jobs: 9, tokens: 100 },
    ];
    expect(admitNext(queue, load, ceiling)).toBe(1);
    expect(admitNext(queue, load, ceiling)).toBeUndefined();
  });

  test('does not wait for one that can never fit', () => {
    const queue = [{ tokens: 500, overtaken: 99_999 }, waiting(1)];
    expect(admitNext(queue, { jobs: 1, tokens: 90 }, { jobs: 9, tokens: 100 })).toBe(1);
  });

  test('admits nobody from an empty queue, or beyond the number of jobs', () => {
    expect(admitNext([], { jobs: 0, tokens: 0 }, { jobs: 9, tokens: 100 })).toBeUndefined();
    expect(admitNext([waiting(1)], { jobs: 9, tokens: 9 }, { jobs: 9, tokens: 100 })).toBeUndefined();
  });
});

interface Arrival {
  readonly at: number;
  readonly tokens: number;
  readonly lasts: number;
}

/** Arrivals and ends of jobs under a known limit, one moment after the other. */
function simulate(arrivals: readonly Arrival[], ceiling: Load, look: (moment: Moment) => void): number {
  const queue: (Waiting & Arrival)[] = [];
  const running: { readonly tokens: number; readonly endsAt: number }[] = [];
  let finished = 0;
  for (let now = 0; finished < arrivals.length; now += 1) {
    for (const [index, job] of running.entries())
      if (job.endsAt <= now) running[index] = { ...job, endsAt: -1 };
    finished += running.filter(({ endsAt }) => endsAt === -1).length;
    running.splice(0, running.length, ...running.filter(({ endsAt }) => endsAt !== -1));
    for (const { at, tokens, lasts } of arrivals)
      if (at === now) queue.push({ at, tokens, lasts, overtaken: 0 });
    const loadNow = (): Load => ({
      jobs: running.length,
      tokens: running.reduce((sum, { tokens }) => sum + tokens, 0),
    });
    for (let index = admitNext(queue, loadNow(), ceiling); index !== undefined;) {
      const [sent] = queue.splice(index, 1);
      if (sent !== undefined) running.push({ tokens: sent.tokens, endsAt: now + sent.lasts });
      index = admitNext(queue, loadNow(), ceiling);
    }
    look({ queue, load: loadNow() });
    if (now > 100_000) throw new Error('it never ends');
  }
  return finished;
}

interface Moment {
  readonly queue: readonly Waiting[];
  readonly load: Load;
}

const arrivals = fc.array(
  fc.record({
    at: fc.nat({ max: 60 }),
    tokens: fc.integer({ min: 1, max: 100 }),
    lasts: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 60 },
);
const ceilings = fc.record({
  jobs: fc.integer({ min: 1, max: 12 }),
  tokens: fc.integer({ min: 100, max: 400 }),
});

describe('under generated arrivals and a known limit', () => {
  test('what is under way never exceeds the limit, and everything is sent in the end', () => {
    fc.assert(
      fc.property(arrivals, ceilings, (all, ceiling) => {
        const sent = simulate(all, ceiling, ({ load }) => expect(isWithin(load, ceiling)).toBe(true));
        expect(sent).toBe(all.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing lies idle while something fits, but to make room for one that was overtaken enough', () => {
    fc.assert(
      fc.property(arrivals, ceilings, (all, ceiling) => {
        simulate(all, ceiling, ({ queue, load }) => {
          const reserved = queue.findIndex(({ tokens, overtaken }) => overtaken >= 4 * tokens);
          const mayGo = reserved === -1 ? queue : queue.slice(0, reserved + 1);
          for (const { tokens } of mayGo) expect(isWithin(plus(load, tokens), ceiling)).toBe(false);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('a big one is overtaken by no more than four times its size and one more', () => {
    fc.assert(
      fc.property(arrivals, ceilings, (all, ceiling) => {
        simulate(all, ceiling, ({ queue }) => {
          for (const { tokens, overtaken } of queue) expect(overtaken).toBeLessThan(4 * tokens + 100);
        });
      }),
      { numRuns: 1000 },
    );
  });
});
