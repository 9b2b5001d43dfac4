import { describe, expect, test } from 'vitest';
import { createServiceClock } from '../../src/gemini/service-clock.ts';

const DATE = 'Sun, 22 Nov 2026 14:00:00 GMT';
const LATER = 'Mon, 23 Nov 2026 14:00:00 GMT';

function clockAt(monotonic: { ms: number }): ReturnType<typeof createServiceClock> {
  return createServiceClock(() => monotonic.ms);
}

describe('createServiceClock()', () => {
  test('knows nothing before the first date', () => {
    const clock = clockAt({ ms: 0 });
    expect(clock.now()).toBeUndefined();
    for (const header of [undefined, '', 'yesterday']) clock.note(header);
    expect(clock.now()).toBeUndefined();
  });

  test('goes on by itself between two answers', () => {
    const monotonic = { ms: 500 };
    const clock = clockAt(monotonic);
    clock.note(DATE);
    monotonic.ms += 7300;
    expect(clock.now()).toEqual(new Date('2026-11-22T14:00:07.300Z'));
  });

  test('does not jitter with the whole seconds of the header', () => {
    const monotonic = { ms: 0 };
    const clock = clockAt(monotonic);
    clock.note(DATE);
    monotonic.ms = 900;
    clock.note(DATE);
    expect(clock.now()).toEqual(new Date('2026-11-22T14:00:00.900Z'));
  });

  test('one answer with another date, as from a cache, moves nothing', () => {
    const clock = clockAt({ ms: 0 });
    clock.note(DATE);
    clock.note(LATER);
    clock.note(DATE);
    clock.note(LATER);
    expect(clock.now()).toEqual(new Date(Date.parse(DATE)));
  });

  test('two that agree do: the machine has slept', () => {
    const clock = clockAt({ ms: 0 });
    clock.note(DATE);
    clock.note(LATER);
    clock.note(LATER);
    expect(clock.now()).toEqual(new Date(Date.parse(LATER)));
  });
});
