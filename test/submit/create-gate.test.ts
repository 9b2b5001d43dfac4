import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { Result } from '../../src/model/service.ts';
import { type CreateGate, createGate, type GatedCreate } from '../../src/submit/create-gate.ts';
import { NO_QUOTA } from './sample-submit.ts';
import { createFakeClock, START, type FakeClock } from '../service/fake-clock.ts';
import { failed, ok } from '../service/service-double.ts';

const create = (batch: number): GatedCreate => ({ batch, tokens: 10 });
const LIMITED = failed('rate_limited', { reason: 'RESOURCE_EXHAUSTED' });
const signal = new AbortController().signal;

interface Bench {
  readonly gate: CreateGate;
  readonly clock: FakeClock;
  readonly events: readonly RunEvent[];
}

function openGate(maxWaitMs?: number): Bench {
  const clock = createFakeClock();
  const events: RunEvent[] = [];
  const policy = { maxRetries: 0, retryDelayMs: 100, rateLimitWaitMs: 1000 };
  return {
    gate: createGate({
      clock,
      policy,
      maxWaitMs,
      pauseMs: 0,
      quota: NO_QUOTA,
      emit: (event) => events.push(event),
    }),
    clock,
    events,
  };
}

/** A create that takes `ms`, then answers. */
function taking<T>(clock: FakeClock, ms: number, answer: Result<T>): () => Promise<Result<T>> {
  return async () => {
    await clock.sleep(ms);
    return answer;
  };
}

/** Sends `count` creates at once through the gate; notes when each left and how many were under way. */
async function sendMany(
  { gate, clock }: Bench,
  count: number,
): Promise<readonly { at: number; inFlight: number }[]> {
  const sent: { at: number; inFlight: number }[] = [];
  let inFlight = 0;
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      gate.through(create(index + 1), signal, async () => {
        inFlight += 1;
        sent.push({ at: clock.elapsed(), inFlight });
        await clock.sleep(10);
        inFlight -= 1;
        return ok('job');
      }),
    ),
  );
  return sent;
}

describe('createGate()', () => {
  test('lets every create through at once while it is open', async () => {
    const bench = openGate();
    const sent = await sendMany(bench, 4);
    expect(sent.map(({ at }) => at)).toEqual([0, 0, 0, 0]);
    expect(bench.events).toEqual([]);
  });

  test('a 429 met by one holds all the others until the wait is over', async () => {
    const bench = openGate();
    await bench.gate.through(create(1), signal, () => Promise.resolve(LIMITED));
    const sent = await sendMany(bench, 3);
    expect(Math.min(...sent.map(({ at }) => at))).toBe(1000);
  });

  test('goes on with one create after a wait, then two, then four', async () => {
    const bench = openGate();
    await bench.gate.through(create(1), signal, () => Promise.resolve(LIMITED));
    const sent = await sendMany(bench, 7);
    const moments = [1000, 1010, 1020].map((moment) => sent.filter(({ at }) => at === moment).length);
    expect(moments).toEqual([1, 2, 4]);
    expect(Math.max(...sent.map(({ inFlight }) => inFlight))).toBe(4);
  });

  test('several 429s of creates that were under way together are one wait', async () => {
    const { gate, clock, events } = openGate();
    await Promise.all([10, 20, 30].map((ms) => gate.through(create(ms), signal, taking(clock, ms, LIMITED))));
    expect(events).toMatchObject([{ event: 'rate_limited', wait: 1, waitMs: 1000, batch: 10 }]);
    await gate.through(create(4), signal, () => Promise.resolve(ok('job')));
    expect(clock.elapsed(), 'the first 429 counts').toBe(1010);
  });

  test.for([
    { retryAfterMs: 1990, end: 1010, waits: [1000], what: 'hardly longer' },
    { retryAfterMs: 1991, end: 2011, waits: [1000, 1991], what: 'clearly longer' },
    { retryAfterMs: 9000, end: 9020, waits: [1000, 9000], what: 'much longer' },
  ])(
    'a 429 during a hold that asks for $retryAfterMs ms, $what, ends the hold at $end',
    async ({ retryAfterMs, end, waits }) => {
      const { gate, clock, events } = openGate();
      const longer = failed('rate_limited', { retryAfterMs, retryAfterSource: 'retry_info' });
      await Promise.all([
        gate.through(create(1), signal, taking(clock, 10, LIMITED)),
        gate.through(create(2), signal, taking(clock, 20, longer)),
      ]);
      expect(events).toMatchObject(waits.map((waitMs, index) => ({ batch: index + 1, waitMs, wait: 1 })));
      expect(events.at(-1)).toMatchObject({ resumesAt: new Date(Date.parse(START) + end).toISOString() });
      await gate.through(create(3), signal, () => Promise.resolve(ok('job')));
      expect(clock.elapsed()).toBe(end);
    },
  );

  test('a success during a hold neither ends it nor resets the longest wait', async () => {
    const { gate, clock } = openGate(1500);
    await Promise.all([
      gate.through(create(1), signal, taking(clock, 10, LIMITED)),
      gate.through(create(2), signal, taking(clock, 20, ok('job'))),
    ]);
    await gate.through(create(3), signal, () => Promise.resolve(LIMITED));
    expect(clock.elapsed(), 'the hold lasted').toBe(1010);
    const next = gate.through(create(4), signal, () => Promise.resolve(ok('job')));
    await expect(next, 'hungry since the first 429').rejects.toMatchObject({ code: 'E_QUOTA_WAIT' });
  });

  test('numbers the waits and says when each ends', async () => {
    const { gate, events } = openGate();
    for (const batch of [1, 2]) await gate.through(create(batch), signal, () => Promise.resolve(LIMITED));
    expect(events).toMatchObject([
      { wait: 1, resumesAt: '2026-11-22T14:00:01.000Z', source: 'configured', reason: 'RESOURCE_EXHAUSTED' },
      { wait: 2, resumesAt: '2026-11-22T14:00:02.000Z' },
    ]);
  });

  test.for([
    { retryAfterMs: 7000, waitMs: 7000, source: 'retry_info' },
    { retryAfterMs: 10, waitMs: 1000, source: 'configured' },
  ])('asked for $retryAfterMs ms it waits $waitMs ($source)', async ({ retryAfterMs, waitMs, source }) => {
    const { gate, clock, events } = openGate();
    const answer = failed('rate_limited', { retryAfterMs, retryAfterSource: 'retry_info' });
    await gate.through(create(1), signal, () => Promise.resolve(answer));
    await gate.through(create(1), signal, () => Promise.resolve(ok('job')));
    expect(events).toMatchObject([{ waitMs, source }]);
    expect(clock.elapsed()).toBe(waitMs);
  });

  test('is not closed by any other failure', async () => {
    const { gate, clock, events } = openGate();
    for (const kind of ['refused', 'unknown_outcome', 'no_quota'] as const) {
      expect(await gate.through(create(1), signal, () => Promise.resolve(failed(kind)))).toMatchObject({
        failure: { kind },
      });
    }
    expect([clock.elapsed(), events]).toEqual([0, []]);
  });

  test('gives up when the next wait would exceed the longest one allowed', async () => {
    const { gate, clock } = openGate(2500);
    const again = (): Promise<Result<string>> =>
      gate.through(create(1), signal, () => Promise.resolve(LIMITED));
    await again();
    await again();
    await again();
    await expect(again()).rejects.toMatchObject({ code: 'E_QUOTA_WAIT' });
    expect(clock.elapsed()).toBe(2000);
  });

  test('counts the longest wait anew after each accepted create', async () => {
    const { gate } = openGate(1500);
    for (let round = 0; round < 4; round += 1) {
      await gate.through(create(1), signal, () => Promise.resolve(LIMITED));
      await gate.through(create(1), signal, () => Promise.resolve(ok('job')));
    }
  });

  test('does not give up early when a create that was under way succeeds after the 429', async () => {
    const { gate, clock } = openGate(60_000);
    await Promise.all([
      gate.through(create(1), signal, taking(clock, 10, LIMITED)),
      gate.through(create(2), signal, taking(clock, 20, ok('job'))),
    ]);
    await expect(gate.through(create(3), signal, () => Promise.resolve(ok('job')))).resolves.toEqual(
      ok('job'),
    );
  });

  test('still goes on with one create when others that were under way succeed after the 429', async () => {
    const bench = openGate();
    const { gate, clock } = bench;
    await Promise.all([
      gate.through(create(1), signal, taking(clock, 10, LIMITED)),
      ...[20, 30, 40].map((ms) => gate.through(create(ms), signal, taking(clock, ms, ok('job')))),
    ]);
    const sent = await sendMany(bench, 4);
    expect(sent.filter(({ at }) => at === sent[0]?.at)).toHaveLength(1);
  });

  test('goes on after every wait, also when its last moment passes between two looks at the clock', async () => {
    const clock = createFakeClock();
    let looks = 0;
    const running = { ...clock, monotonicMs: () => clock.monotonicMs() + (looks += 1) * 0.07 };
    const policy = { maxRetries: 0, retryDelayMs: 100, rateLimitWaitMs: 1 };
    const gate = createGate({
      clock: running,
      policy,
      maxWaitMs: undefined,
      pauseMs: 0,
      quota: NO_QUOTA,
      emit: () => undefined,
    });
    for (let round = 0; round < 200; round += 1)
      await gate.through(create(round), signal, () => Promise.resolve(round % 2 === 0 ? LIMITED : ok('job')));
    expect(clock.elapsed()).toBeGreaterThan(0);
  });

  test('ends a hold at once when the run is stopped', async () => {
    const { gate, clock } = openGate();
    const stop = new AbortController();
    await gate.through(create(1), signal, () => Promise.resolve(LIMITED));
    const waiting = gate.through(create(2), stop.signal, () => Promise.resolve(ok('job')));
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    expect(clock.elapsed()).toBe(0);
  });

  test('opens again after a create that threw', async () => {
    const { gate } = openGate();
    await gate.through(create(1), signal, () => Promise.resolve(LIMITED));
    await expect(gate.through(create(1), signal, () => Promise.reject(new Error('a bug')))).rejects.toThrow(
      'a bug',
    );
    expect(await gate.through(create(1), signal, () => Promise.resolve(ok('job')))).toEqual(ok('job'));
  });

  test('tells what creates wait for, for as long as they do', async () => {
    const told: unknown[] = [];
    let jobs = 1;
    const clock = createFakeClock();
    const gate = createGate({
      clock,
      policy: { maxRetries: 0, retryDelayMs: 100, rateLimitWaitMs: 1000 },
      maxWaitMs: undefined,
      pauseMs: 0,
      emit: () => undefined,
      quota: {
        ...NO_QUOTA,
        load: () => ({ jobs, tokens: jobs * 70 }),
        ceiling: () => ({ jobs: 1, tokens: Number.POSITIVE_INFINITY }),
        onBlocked: () => told.push('blocked'),
        onFree: () => told.push('free'),
      },
    });
    const waiting = gate.through(create(1), signal, () => Promise.resolve(ok('job')));
    expect(told).toEqual(['blocked']);
    expect(gate.progress()).toEqual({ underWay: 0, inUse: { jobs: 1, tokens: 70, mostJobs: 1 } });
    gate.looked();
    expect(told, 'told again for who did not listen').toEqual(['blocked', 'blocked']);
    jobs = 0;
    gate.looked();
    expect(gate.progress(), 'the create counts').toMatchObject({ underWay: 1, inUse: { jobs: 1 } });
    await waiting;
    expect(told.slice(2)).toEqual(['free', 'free']);
  });
});
