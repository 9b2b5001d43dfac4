import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Waiting } from '../../src/model/admission.ts';
import {
  chooseCreate,
  onAccepted,
  onLooked,
  onRefused,
  onSent,
  openControl,
  type QuotaControl,
} from '../../src/model/quota-control.ts';
import {
  isWithin,
  NO_CEILING,
  NOTHING_LEARNT,
  plus,
  type Ceiling,
  type Load,
} from '../../src/model/quota-ledger.ts';

const WAIT_MS = 180_000;
const one = (tokens: number): readonly Waiting[] => [{ tokens, overtaken: 0 }];
const own = (jobs: number, tokens: number): Load => ({ jobs, tokens });

interface Asked {
  readonly now: number;
  readonly own: Load;
  readonly others?: number;
  readonly known?: Ceiling;
  readonly inFlight?: number;
}

/** True when the create may be sent. */
function may(
  control: QuotaControl,
  tokens: number,
  { others = 0, known = NO_CEILING, inFlight = 0, ...asked }: Asked,
): boolean {
  return chooseCreate(control, one(tokens), { others, known, inFlight, ...asked }) !== undefined;
}

function refuse(
  control: QuotaControl,
  load: Load,
  now: number,
  isRate = false,
): ReturnType<typeof onRefused> {
  return onRefused(control, { load, tokens: 100, now, waitMs: WAIT_MS, isRate });
}

describe('a refused create', () => {
  const open = openControl(NOTHING_LEARNT, 0, WAIT_MS);

  test('with jobs under way: nothing passes before a look at them', () => {
    const { control, waitMs } = refuse(open, own(4, 400), 0);
    expect(waitMs).toBe(WAIT_MS);
    expect(may(control, 100, { now: 1, own: own(2, 200) })).toBe(false);
  });

  test('after the look: what takes the place of one that ended passes at once, the rest waits', () => {
    const control = onLooked(refuse(open, own(4, 400), 0).control, own(4, 400), 1);
    expect(may(control, 100, { now: 1, own: own(4, 400) })).toBe(false);
    expect(may(control, 100, { now: 1, own: own(3, 300) })).toBe(true);
    expect(may(control, 100, { now: WAIT_MS, own: own(4, 400) }), 'not without a look').toBe(false);
    const looked = onLooked(control, own(4, 400), WAIT_MS);
    expect(may(looked, 100, { now: WAIT_MS, own: own(4, 400) }), 'one is tried above it').toBe(true);
    const sent = onSent(looked, { index: 0, isBeyond: true });
    expect(may(sent, 100, { now: WAIT_MS, own: own(5, 500) }), 'and no second').toBe(false);
  });

  test('of jobs that had ended unnoticed the look tells: only what still ran is the limit', () => {
    const control = onLooked(refuse(open, own(9, 900), 0).control, own(4, 400), 1);
    expect(control.learnt.ceiling.tokens).toBe(400);
  });

  test('whose jobs had all ended teaches nothing, and one is tried', () => {
    const control = onLooked(refuse(open, own(9, 900), 0).control, own(0, 0), 1);
    expect(control.learnt).toEqual(NOTHING_LEARNT);
    expect(may(control, 100, { now: 1, own: own(0, 0) })).toBe(true);
    expect(may(control, 100, { now: 1, own: own(1, 100), inFlight: 1 })).toBe(false);
  });

  test('with none under way: nothing passes before the wait is over', () => {
    const { control } = refuse(open, own(0, 0), 0);
    expect(may(control, 100, { now: WAIT_MS - 1, own: own(0, 0) })).toBe(false);
    expect(may(control, 100, { now: WAIT_MS, own: own(0, 0) })).toBe(true);
  });

  test('that names a time: nothing passes before, whatever ends', () => {
    const control = onLooked(refuse(open, own(4, 400), 0, true).control, own(1, 100), 1);
    expect(control.learnt.ceiling).toEqual(NO_CEILING);
    expect(may(control, 100, { now: WAIT_MS - 1, own: own(1, 100) })).toBe(false);
  });

  test('though it took the place of one that ended: nothing passes before the wait is over', () => {
    let control = onLooked(refuse(open, own(4, 400), 0).control, own(4, 400), 1);
    control = onLooked(refuse(control, own(3, 300), 5).control, own(3, 300), 6);
    expect(control.learnt.ceiling.tokens).toBe(150);
    expect(may(control, 100, { now: 7, own: own(1, 50) })).toBe(false);
  });

  test('again and again above what was learnt: each wait is twice the one before, up to four hours', () => {
    let control = open;
    let now = 0;
    const waits: (number | undefined)[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const refusal = refuse(control, own(4, 400), now);
      control = onLooked(refusal.control, own(4, 400), now + 1);
      waits.push(refusal.waitMs);
      now = control.hold.until;
    }
    expect(waits.map((ms) => (ms ?? 0) / WAIT_MS)).toEqual([1, 2, 4, 8, 16, 32, 64, 80, 80, 80]);
  });

  test('above what was learnt and seen to run: two may be tried next, and waits are short again', () => {
    let control = onLooked(refuse(open, own(4, 400), 0).control, own(4, 400), 1);
    control = onLooked(control, own(5, 500), control.hold.until);
    expect(control).toMatchObject({ allowed: 2, refusals: 0, learnt: { ceiling: { tokens: 500 } } });
    control = onSent(control, { index: 0, isBeyond: true });
    expect(may(control, 100, { now: control.hold.until, own: own(6, 600), inFlight: 1 })).toBe(true);
  });

  test('when creates of ours had taken the quota a moment before: their ends make room', () => {
    let control = onAccepted(refuse(open, own(0, 0), 0).control, own(3, 300), 5);
    expect(may(control, 100, { now: 10, own: own(2, 200) }), 'not before a look').toBe(false);
    control = onLooked(control, own(3, 300), 11);
    expect(may(control, 100, { now: 12, own: own(3, 300) })).toBe(false);
    expect(may(control, 100, { now: 12, own: own(2, 200) })).toBe(true);
  });
});

test('what an earlier run learnt holds from the start, and is doubted after a wait', () => {
  const learnt = { ceiling: { ...NO_CEILING, tokens: 400 }, held: own(4, 400) };
  const control = openControl(learnt, 0, WAIT_MS);
  expect(may(control, 100, { now: 0, own: own(4, 400) })).toBe(false);
  expect(may(control, 100, { now: 0, own: own(3, 300) })).toBe(true);
  const looked = onLooked(control, own(4, 400), WAIT_MS);
  expect(may(looked, 100, { now: WAIT_MS, own: own(4, 400) })).toBe(true);
});

test('jobs of others take up places; with none of ours under way one is tried all the same', () => {
  const control = openControl(NOTHING_LEARNT, 0, WAIT_MS);
  const known = { jobs: 10, tokens: 1000 };
  expect(may(control, 1, { now: 0, own: own(1, 1), others: 9, known })).toBe(false);
  expect(may(control, 1, { now: 0, own: own(1, 1), others: 8, known })).toBe(true);
  expect(may(control, 1, { now: 0, own: own(0, 0), others: 10, known })).toBe(true);
});

interface World {
  readonly refused: number;
  readonly most: Load;
  readonly endedAt: number;
}

const SECOND = 1000;

/** A service with a limit that nobody names, and creates that are sent one at a time, second by second. */
function live(sizes: readonly number[], limit: Ceiling, lastsMs: number, known = NO_CEILING): World {
  let control = openControl(NOTHING_LEARNT, 0, WAIT_MS);
  const queue = sizes.map((tokens) => ({ tokens, overtaken: 0 }));
  let running: { readonly tokens: number; readonly endsAt: number }[] = [];
  let most = own(0, 0);
  let refused = 0;
  let now = 0;
  const loadNow = (): Load =>
    own(
      running.length,
      running.reduce((sum, { tokens }) => sum + tokens, 0),
    );
  for (; queue.length + running.length > 0; now += SECOND) {
    if (now > 1e9) throw new Error('it never ends');
    running = running.filter(({ endsAt }) => endsAt > now);
    control = onLooked(control, loadNow(), now);
    for (;;) {
      const standing = { now, own: loadNow(), others: 0, known, inFlight: 0 };
      const choice = chooseCreate(control, queue, standing);
      const chosen = choice === undefined ? undefined : queue[choice.index];
      if (choice === undefined || chosen === undefined) break;
      control = onSent(control, choice);
      const after = plus(loadNow(), chosen.tokens);
      if (isWithin(after, limit)) {
        queue.splice(choice.index, 1);
        running.push({ tokens: chosen.tokens, endsAt: now + lastsMs });
        control = onAccepted(control, after, now);
        most = own(Math.max(most.jobs, after.jobs), Math.max(most.tokens, after.tokens));
      } else {
        refused += 1;
        const { tokens } = chosen;
        ({ control } = onRefused(control, { load: loadNow(), tokens, now, waitMs: WAIT_MS, isRate: false }));
      }
    }
  }
  return { refused, most, endedAt: now };
}

const JOB_MS = 600 * SECOND;

describe('a whole run', () => {
  const equal = Array.from({ length: 204 }, () => 75_000);
  const limit = { jobs: 100, tokens: 3_000_000 };
  const bound = Math.ceil(204 / 40) * JOB_MS;

  test('under a limit that was named meets no 429 and takes no longer than it must', () => {
    expect(live(equal, limit, JOB_MS, limit)).toMatchObject({ refused: 0, endedAt: bound + SECOND });
  });

  test('under a limit that is learnt takes no longer either, and asks in vain a few times', () => {
    const { refused, endedAt } = live(equal, limit, JOB_MS);
    expect(endedAt).toBe(bound + SECOND);
    // One teaches it; the others are tries at 3, 9, 21 and 45 minutes.
    expect(refused).toBe(5);
  });

  test('under any limit ends, above no limit, in a time that is never far from what it must be', () => {
    const runs = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 80 }),
      jobs: fc.integer({ min: 1, max: 20 }),
      tokens: fc.integer({ min: 100, max: 500 }),
    });
    fc.assert(
      fc.property(runs, ({ sizes, ...hidden }) => {
        const { most, endedAt } = live(sizes, hidden, JOB_MS);
        expect(isWithin(most, hidden)).toBe(true);
        const total = sizes.reduce((sum, tokens) => sum + tokens, 0);
        const waves = Math.max(Math.ceil(sizes.length / hidden.jobs), Math.ceil(total / hidden.tokens));
        // Sizes that do not add up leave gaps, and limits that fooled it cost a wait.
        expect(endedAt).toBeLessThanOrEqual((4 * waves + 4) * JOB_MS);
      }),
      { numRuns: 500 },
    );
  });
});
