import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { JobSnapshot } from '../../src/model/job.ts';
import type { BatchService } from '../../src/model/service.ts';
import { refreshJobs, stopAfter } from '../../src/collect/refresh.ts';
import { START } from '../service/fake-clock.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';

const ALL = [1, 2, 3, 4, 5];

/** Five batches under way: more than are asked for one by one. */
function five(): Record<number, BatchRecord> {
  return Object.fromEntries(ALL.map((batch) => [batch, submitted(`batches/j${batch}`)]));
}

function listing(...jobs: readonly JobSnapshot[]): BatchService['listJobs'] {
  return inTurn(ok({ jobs, nextPageToken: undefined }));
}

const UNKNOWN = failed('not_found');

/** A batch whose job was not known when it was asked for last. */
function missing(job: string): BatchRecord {
  const { attempt, input, file, job: known } = submitted(job);
  const facts = { attempt, input, file, job: known };
  return { ...facts, status: 'failed', step: 'job', reason: 'missing', detail: 'gone', failedAt: START };
}

/** Answers for each job by its own name; the service knows no other. */
function answering(
  answers: Readonly<Record<string, Awaited<ReturnType<BatchService['getJob']>>>>,
): Pick<BatchService, 'getJob'> {
  return { getJob: (name) => Promise.resolve(answers[name] ?? UNKNOWN) };
}

function running(batch: number): JobSnapshot {
  return jobSnapshot(`batches/j${batch}`, 'running');
}

describe('refreshJobs()', () => {
  test('asks for a few jobs one by one, without a listing', async () => {
    const context = createSampleContext(
      { getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))) },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    expect(await refreshJobs(context, [1, 2])).toEqual({ active: [1, 2], refused: [], failure: undefined });
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', jobState: 'running' });
  });

  test('asks nothing about jobs that ended, or batches without a job', async () => {
    const context = createSampleContext(
      {},
      { 1: succeeded('batches/j1'), 2: { status: 'pending', attempt: 1 } },
    );
    expect(await refreshJobs(context, [1, 2, 3])).toEqual({ active: [], refused: [], failure: undefined });
  });

  test('takes "still running" from the listing, and nothing more', async () => {
    const stale = { requests: 9, succeeded: 9, failed: 0, pending: 0 };
    const jobs = ALL.map((batch) => ({ ...running(batch), stats: stale }));
    const context = createSampleContext({ listJobs: listing(...jobs) }, five());
    expect((await refreshJobs(context, ALL)).active).toEqual(ALL);
    expect(context.journal.filter((step) => step.startsWith('getJob'))).toEqual([]);
    expect(JSON.stringify(context.store.recordOf(1))).not.toContain('"requests":9');
  });

  test('asks by name for a job that the listing shows as ended: its counts and results are not in the listing', async () => {
    const stats = { requests: 2, succeeded: 2, failed: 0, pending: 0 };
    const listed = jobSnapshot('batches/j3', 'succeeded', {
      results: undefined,
      stats: { ...stats, succeeded: 0 },
    });
    const context = createSampleContext(
      {
        listJobs: listing(running(1), running(2), listed, running(4), running(5)),
        getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'succeeded', { stats }))),
      },
      five(),
    );
    expect(await refreshJobs(context, ALL)).toMatchObject({ active: [1, 2, 4, 5], failure: undefined });
    expect(context.store.recordOf(3)).toMatchObject({
      status: 'succeeded',
      stats,
      results: { name: 'files/results-of-j3' },
    });
  });

  test('believes the answer by name, not the stale listing', async () => {
    const stale = jobSnapshot('batches/j3', 'failed');
    const context = createSampleContext(
      {
        listJobs: listing(running(1), running(2), stale, running(4), running(5)),
        getJob: inTurn(ok(running(3))),
      },
      five(),
    );
    expect((await refreshJobs(context, ALL)).active).toEqual(ALL);
    expect(context.store.recordOf(3)).toMatchObject({ status: 'submitted', jobState: 'running' });
  });

  test('a job that the listing does not show is asked for: absence is no evidence', async () => {
    const context = createSampleContext(
      { listJobs: listing(), getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))) },
      five(),
    );
    expect((await refreshJobs(context, ALL)).active).toEqual(ALL);
    expect(context.journal.filter((step) => step.startsWith('getJob'))).toHaveLength(5);
  });

  test('a listing that fails only costs single requests', async () => {
    const context = createSampleContext(
      {
        listJobs: inTurn<never>(failed('unavailable')),
        getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))),
      },
      five(),
    );
    expect(await refreshJobs(context, ALL)).toMatchObject({ active: ALL, failure: undefined });
  });

  test('reads no further pages than it needs, and stops at a page that repeats', async () => {
    const context = createSampleContext(
      {
        listJobs: inTurn(ok({ jobs: [running(1)], nextPageToken: 'same' })),
        getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))),
      },
      five(),
    );
    await refreshJobs(context, ALL);
    expect(context.journal.filter((step) => step.startsWith('listJobs'))).toHaveLength(2);
  });

  test('a job the service does not know is missing, which is said and kept apart from failed', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed('not_found')) },
      { 1: submitted('batches/j1') },
    );
    expect(await refreshJobs(context, [1])).toMatchObject({ active: [] });
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'failed',
      step: 'job',
      reason: 'missing',
      job: { name: 'batches/j1' },
    });
    expect(context.events).toMatchObject([{ event: 'error', batch: 1, reason: 'missing' }]);
  });

  test('a service that cannot be asked changes nothing, and is reported', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed('unavailable')) },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    expect(await refreshJobs(context, [1, 2])).toMatchObject({
      active: [1, 2],
      refused: [],
      failure: { kind: 'unavailable' },
    });
    expect([context.store.recordOf(1), context.store.recordOf(2)]).toEqual([
      submitted('batches/j1'),
      submitted('batches/j2'),
    ]);
    expect(context.events).toMatchObject([
      { event: 'warning', batch: 1, message: expect.stringContaining('batches/j1 could not be asked for') },
      { event: 'warning', batch: 2 },
    ]);
  });

  test('a state with an unknown spelling is watched further, never taken for dead', async () => {
    const strange = jobSnapshot('batches/j1', 'unknown', { rawState: 'BATCH_STATE_PAUSED' });
    const context = createSampleContext({ getJob: inTurn(ok(strange)) }, { 1: submitted('batches/j1') });
    expect((await refreshJobs(context, [1])).active).toEqual([1]);
  });

  test.for([
    {
      state: 'failed',
      error: { code: 3, message: 'The input is invalid.' },
      record: { status: 'failed', step: 'job', detail: 'The input is invalid.' },
    },
    { state: 'expired', error: undefined, record: { status: 'expired' } },
    { state: 'cancelled', error: undefined, record: { status: 'cancelled' } },
  ] as const)('a job that $state ends so', async ({ state, error, record }) => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/j1', state, { error }))) },
      { 1: submitted('batches/j1') },
    );
    expect(await refreshJobs(context, [1])).toEqual({ active: [], refused: [], failure: undefined });
    expect(context.store.recordOf(1)).toMatchObject(record);
  });

  test('says nothing when nothing changed, but remembers when it asked', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/j1', 'pending'))) },
      { 1: submitted('batches/j1') },
    );
    await refreshJobs(context, [1]);
    expect(context.journal).toEqual(['getJob batches/j1', 'saved 1 submitted']);
    expect(context.store.recordOf(1)).toMatchObject({ jobState: 'pending', asOf: START });
  });

  test('collects every answer before it records the first', async () => {
    const context = createSampleContext(
      { getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))) },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    await refreshJobs(context, [1, 2]);
    expect(context.journal).toEqual([
      'getJob batches/j1',
      'getJob batches/j2',
      'saved 1 submitted',
      'saved 2 submitted',
      'event job_state',
      'event job_state',
    ]);
  });

  test('a stop between two answers records neither', async () => {
    const context = createSampleContext(
      {
        getJob: (name) => {
          context.stop.abort(new Error('Ctrl-C'));
          return Promise.resolve(ok(jobSnapshot(name, 'succeeded')));
        },
      },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    await expect(refreshJobs(context, [1, 2])).rejects.toThrow('Ctrl-C');
    expect(context.journal).toEqual(['getJob batches/j1']);
  });

  test('notes for every active job when it was asked for, in each round', async () => {
    const context = createSampleContext(
      { getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'pending'))) },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    await refreshJobs(context, [1, 2]);
    await context.clock.sleep(5000);
    await refreshJobs(context, [1, 2]);
    const asOf = new Date(Date.parse(START) + 5000).toISOString();
    for (const batch of [1, 2]) expect(context.store.recordOf(batch)).toMatchObject({ asOf });
    expect(context.events).toEqual([]);
  });

  test.for([1, 2, 3])(
    'one job that is refused keeps no other from being collected (batch %i)',
    async (bad) => {
      const jobs = [1, 2, 3];
      const context = createSampleContext(
        answering(
          Object.fromEntries(
            jobs.map((batch) => [
              `batches/j${batch}`,
              batch === bad ? failed('refused') : ok(jobSnapshot(`batches/j${batch}`, 'succeeded')),
            ]),
          ),
        ),
        Object.fromEntries(jobs.map((batch) => [batch, submitted(`batches/j${batch}`)])),
      );
      expect(await refreshJobs(context, jobs)).toMatchObject({
        active: [bad],
        refused: [bad],
        failure: { kind: 'refused' },
      });
      for (const batch of jobs) {
        expect(context.store.recordOf(batch).status).toBe(batch === bad ? 'submitted' : 'succeeded');
      }
      expect(context.events.filter(({ event }) => event === 'warning')).toMatchObject([
        { batch: bad, message: expect.stringContaining(`batches/j${bad} could not be asked for`) },
      ]);
    },
  );

  test.for(['key_refused', 'no_quota', 'not_sent'] as const)(
    'asks for no further job after %s, and records what it has',
    async (kind) => {
      const context = createSampleContext(
        answering({
          'batches/j1': ok(jobSnapshot('batches/j1', 'succeeded')),
          'batches/j2': failed(kind),
        }),
        { 1: submitted('batches/j1'), 2: submitted('batches/j2'), 3: submitted('batches/j3') },
      );
      expect(await refreshJobs(context, [1, 2, 3])).toMatchObject({
        active: [2, 3],
        refused: [],
        failure: { kind },
      });
      expect(context.journal.filter((step) => step.startsWith('getJob'))).toHaveLength(2);
      expect(context.store.recordOf(1).status).toBe('succeeded');
    },
  );

  test.for([
    { state: 'running', status: 'submitted', active: [1] },
    { state: 'succeeded', status: 'succeeded', active: [] },
    { state: 'expired', status: 'expired', active: [] },
  ] as const)('a job that was missing and is $state comes back', async ({ state, status, active }) => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/j1', state))) },
      { 1: missing('batches/j1') },
    );
    expect(await refreshJobs(context, [1])).toEqual({ active, refused: [], failure: undefined });
    expect(context.store.recordOf(1)).toMatchObject({ status, attempt: 1, job: { name: 'batches/j1' } });
    expect(context.events).toMatchObject([{ event: 'job_state', batch: 1, state }]);
  });

  test('a job that is still missing is asked for again, and said to be so once only', async () => {
    const context = createSampleContext({ getJob: inTurn<never>(UNKNOWN) }, { 1: missing('batches/j1') });
    expect(await refreshJobs(context, [1])).toEqual({ active: [], refused: [], failure: undefined });
    expect(context.journal).toEqual(['getJob batches/j1']);
    expect(context.store.recordOf(1)).toEqual(missing('batches/j1'));
  });

  test('asks nothing about a failure without a job, or a job that failed', async () => {
    const broken = { step: 'job', reason: 'code_3', detail: 'bad', failedAt: START } as const;
    const { job } = submitted('batches/j2');
    const context = createSampleContext(
      {},
      {
        1: { status: 'failed', attempt: 1, ...broken, reason: 'missing' },
        2: { status: 'failed', attempt: 1, ...broken, job },
      },
    );
    expect(await refreshJobs(context, [1, 2])).toEqual({ active: [], refused: [], failure: undefined });
  });

  test.for([2, 3, 5])('concludes nothing when all of %i jobs are unknown', async (count) => {
    const batches = ALL.slice(0, count);
    const records = Object.fromEntries(batches.map((batch) => [batch, submitted(`batches/j${batch}`)]));
    const context = createSampleContext({ listJobs: listing(), getJob: inTurn<never>(UNKNOWN) }, records);
    const outcome = await refreshJobs(context, batches);
    expect(outcome).toMatchObject({
      active: batches,
      refused: [],
      failure: { kind: 'not_found', reason: 'JOBS_UNKNOWN' },
    });
    for (const batch of batches) expect(context.store.recordOf(batch)).toEqual(records[batch]);
    expect(context.events).toEqual([]);
    expect(stopAfter(outcome, true)).toMatchObject({ code: 'E_KEY_REFUSED' });
  });

  test('concludes that one is missing when the service knows another', async () => {
    const context = createSampleContext(answering({ 'batches/j2': ok(running(2)) }), {
      1: submitted('batches/j1'),
      2: submitted('batches/j2'),
    });
    expect(await refreshJobs(context, [1, 2])).toEqual({ active: [2], refused: [], failure: undefined });
    expect(context.store.recordOf(1)).toMatchObject({ status: 'failed', reason: 'missing' });
  });

  // The key is not in doubt: both were found missing before, beside jobs that it knew.
  test('jobs that are known to be missing do not put the key in doubt for ever', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(UNKNOWN) },
      { 1: missing('batches/j1'), 2: missing('batches/j2') },
    );
    expect(stopAfter(await refreshJobs(context, [1, 2]), true)).toBeUndefined();
  });

  test('a job that succeeded but does not say where its results are is still running', async () => {
    const context = createSampleContext(
      {
        getJob: inTurn(
          ok(jobSnapshot('batches/j1', 'succeeded', { results: undefined })),
          ok(jobSnapshot('batches/j1', 'succeeded', { results: undefined })),
          ok(jobSnapshot('batches/j1', 'succeeded')),
        ),
      },
      { 1: submitted('batches/j1') },
    );
    for (const round of [1, 2]) {
      expect((await refreshJobs(context, [1])).active, `round ${round}`).toEqual([1]);
      expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', jobState: 'unknown' });
    }
    expect(context.events.filter(({ event }) => event === 'warning')).toMatchObject([
      { batch: 1, message: expect.stringContaining('does not say yet where its results are') },
    ]);
    expect((await refreshJobs(context, [1])).active).toEqual([]);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'succeeded',
      results: { name: 'files/results-of-j1' },
    });
  });

  // Most jobs are seen running before they succeed, and for those nobody says why the wait goes on.
  test('says so too of a job that was seen running before', async () => {
    const context = createSampleContext(
      {
        getJob: inTurn(ok(running(1)), ok(jobSnapshot('batches/j1', 'succeeded', { results: undefined }))),
      },
      { 1: submitted('batches/j1') },
    );
    await refreshJobs(context, [1]);
    await refreshJobs(context, [1]);
    expect(context.events.filter(({ event }) => event === 'warning')).toHaveLength(1);
  });

  test('a save that fails during a refresh ends it, and leaves no rejection behind', async () => {
    const context = createSampleContext(
      { listJobs: listing(), getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'succeeded'))) },
      five(),
    );
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
    const apply = async (batch: number): Promise<never> => {
      // One after the other, as turns of the event loop: each but the first is after the refresh ended.
      for (let turn = 0; turn < batch; turn += 1) await setImmediate();
      throw new Error('disk full');
    };
    const broken = { ...context, store: { ...context.store, apply } };
    await expect(refreshJobs(broken, ALL)).rejects.toThrow('disk full');
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(unhandled).toEqual([]);
    expect(context.events).toEqual([]);
  });
});

describe('stopAfter()', () => {
  const after = (kind: FailureKind, mayWait: boolean): unknown =>
    stopAfter({ active: [1], refused: [], failure: failed(kind).failure }, mayWait)?.code;

  test('nothing ends a command when everything was answered, or one job was refused', () => {
    expect(stopAfter({ active: [1], refused: [], failure: undefined }, false)).toBeUndefined();
    expect(after('refused', false)).toBeUndefined();
  });

  test.for(['unavailable', 'not_sent'] as const)('%s ends only what may not wait', (kind) => {
    expect([after(kind, true), after(kind, false)]).toEqual([undefined, 'E_UNREACHABLE']);
  });

  test.for([
    ['key_refused', 'E_KEY_REFUSED'],
    ['not_found', 'E_KEY_REFUSED'],
    ['no_quota', 'E_NO_QUOTA'],
  ] as const)('%s ends every command with %s', ([kind, code]) => {
    expect([after(kind, true), after(kind, false)]).toEqual([code, code]);
  });

  // The last failure alone is kept, so a job refused after an outage hides the outage.
  test('an outage is not hidden by a refusal after it', async () => {
    const context = createSampleContext(
      answering({ 'batches/j1': failed('unavailable'), 'batches/j2': failed('refused') }),
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    expect(stopAfter(await refreshJobs(context, [1, 2]), false)).toMatchObject({ code: 'E_UNREACHABLE' });
  });
});
