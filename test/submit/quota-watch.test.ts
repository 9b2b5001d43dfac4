import { describe, expect, test } from 'vitest';
import { createQuotaWatch } from '../../src/submit/quota-watch.ts';
import { createFakeClock } from '../service/fake-clock.ts';

const signal = new AbortController().signal;

function unexpected(error: unknown): never {
  throw error;
}

describe('createQuotaWatch()', () => {
  test('looks at once, then every so often, for as long as creates wait', async () => {
    const clock = createFakeClock();
    const looks: number[] = [];
    const watch = createQuotaWatch({
      clock,
      look: () => Promise.resolve(void looks.push(clock.elapsed())),
      isBlocked: () => looks.length < 3,
      pollMs: 1000,
      signal,
      onError: unexpected,
    });
    watch.start();
    watch.start();
    await clock.sleep(5000);
    expect(looks).toEqual([0, 1000, 2000]);
  });

  test('begins anew when creates wait again, and not sooner after the last look', async () => {
    const clock = createFakeClock();
    const looks: number[] = [];
    let blocked = true;
    const watch = createQuotaWatch({
      clock,
      look: () => {
        looks.push(clock.elapsed());
        blocked = false;
        return Promise.resolve();
      },
      isBlocked: () => blocked,
      pollMs: 1000,
      signal,
      onError: unexpected,
    });
    watch.start();
    await clock.sleep(10);
    blocked = true;
    watch.start();
    await clock.sleep(5000);
    expect(looks).toEqual([0, 1000]);
  });

  test('is over at once when it is stopped', async () => {
    const clock = createFakeClock();
    const watch = createQuotaWatch({
      clock,
      look: () => Promise.resolve(),
      isBlocked: () => true,
      pollMs: 60_000,
      signal,
      onError: unexpected,
    });
    watch.start();
    await Promise.resolve();
    await watch.stop();
    expect(clock.elapsed()).toBe(0);
  });

  test('tells of a look that failed, and ends', async () => {
    const clock = createFakeClock();
    const told: unknown[] = [];
    const watch = createQuotaWatch({
      clock,
      look: () => Promise.reject(new Error('a refused key')),
      isBlocked: () => true,
      pollMs: 1000,
      signal,
      onError: (error) => told.push(error),
    });
    watch.start();
    await clock.sleep(5000);
    expect(told).toEqual([new Error('a refused key')]);
  });
});
