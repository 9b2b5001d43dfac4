import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { JobSnapshot } from '../../src/model/job.ts';
import type { BatchService } from '../../src/model/service.ts';
import { refreshJobs } from '../../src/collect/refresh.ts';
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

function running(batch: number): JobSnapshot {
  return jobSnapshot(`batches/j${batch}`, 'running');
}

describe('refreshJobs()', () => {
  test('asks for a few jobs one by one, without a listing', async () => {
    const context = createSampleContext(
      { getJob: (name) => Promise.resolve(ok(jobSnapshot(name, 'running'))) },
      { 1: submitted('batches/j1'), 2: submitted('batches/j2') },
    );
    expect(await refreshJobs(context, [1, 2])).toEqual({ ended: [], active: [1, 2], failure: undefined });
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', jobState: 'running' });
  });

  test('asks nothing about jobs that ended, or batches without a job', async () => {
    const context = createSampleContext(
      {},
      { 1: succeeded('batches/j1'), 2: { status: 'pending', attempt: 1 } },
    );
    expect(await refreshJobs(context, [1, 2, 3])).toEqual({ ended: [], active: [], failure: undefined });
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
    expect(await refreshJobs(context, ALL)).toMatchObject({ ended: [3], active: [1, 2, 4, 5] });
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
      failure: { kind: 'unavailable' },
    });
    expect(context.journal.filter((step) => step.startsWith('getJob'))).toHaveLength(1);
    expect(context.store.recordOf(1).status).toBe('submitted');
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
    expect(await refreshJobs(context, [1])).toMatchObject({ ended: [1], active: [] });
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
});
