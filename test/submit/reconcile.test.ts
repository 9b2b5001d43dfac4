import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { JobSnapshot } from '../../src/model/job.ts';
import type { BatchService } from '../../src/model/service.ts';
import { reconcile } from '../../src/submit/reconcile.ts';
import { CREATING, DISPLAY_NAME, submitted, UNCERTAIN } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { START } from '../service/fake-clock.ts';
import { createSampleSubmit, KEY, type SampleSubmit } from './sample-submit.ts';

const MINE: Partial<JobSnapshot> = {
  displayName: DISPLAY_NAME,
  inputFile: 'files/mine',
  model: 'models/gemini-2.5-flash',
};

function pages(...jobs: readonly (readonly JobSnapshot[])[]): BatchService['listJobs'] {
  return inTurn(...jobs.map((found) => ok({ jobs: found, nextPageToken: undefined })));
}

/** A file that is there until it is deleted. */
const GONE: Partial<BatchService> = { deleteFile: inTurn(ok(undefined)), getFile: inTurn(ok(undefined)) };

describe('reconcile()', () => {
  test('adopts the job that carries the name, input and model', async () => {
    const job = jobSnapshot('batches/found', 'running', { ...MINE, createdAt: '2026-11-22T13:59:00Z' });
    const context = createSampleSubmit(
      { listJobs: pages([jobSnapshot('batches/other', 'running'), job]) },
      { 1: UNCERTAIN },
    );
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'submitted',
      job: { name: 'batches/found', adopted: true, submittedAt: '2026-11-22T13:59:00Z' },
    });
    expect(context.events).toMatchObject([{ event: 'batch_adopted', batch: 1, job: 'batches/found' }]);
    expect(context.clock.slept).toEqual([]);
  });

  test.for([
    { what: 'another name and no input', more: { displayName: `${DISPLAY_NAME}x`, inputFile: undefined } },
    { what: 'neither name nor input', more: { displayName: undefined, inputFile: undefined } },
    { what: 'another input', more: { inputFile: 'files/other' } },
    { what: 'another model', more: { model: 'models/gemini-2.5-pro' } },
  ])('never adopts a job with $what', async ({ more }) => {
    const job = jobSnapshot('batches/other', 'running', { ...MINE, ...more });
    const context = createSampleSubmit({ ...GONE, listJobs: pages([job]) }, { 1: UNCERTAIN });
    expect(await reconcile(context, [1])).toEqual([1]);
    expect(context.store.recordOf(1).status).toBe('pending');
  });

  test.for([
    { what: 'under a name that somebody changed', more: { displayName: 'my own name' } },
    { what: 'in a listing without names', more: { displayName: undefined } },
    {
      what: 'under a name whose template the service wrote in its own way',
      more: { displayName: `e\u0301dition [${DISPLAY_NAME}]`, inputFile: undefined },
    },
  ])('is found by its input file or its mark $what', async ({ more }) => {
    const job = jobSnapshot('batches/found', 'running', { ...MINE, ...more });
    const context = createSampleSubmit({ listJobs: pages([job]) }, { 1: UNCERTAIN });
    await reconcile(context, [1]);
    expect(context.store.recordOf(1)).toMatchObject({ job: { name: 'batches/found' } });
  });

  test('of several it keeps the oldest that is alive, and names the others', async () => {
    const dead = jobSnapshot('batches/dead', 'failed', { ...MINE, createdAt: '2026-11-22T13:00:00Z' });
    const older = jobSnapshot('batches/older', 'running', { ...MINE, createdAt: '2026-11-22T13:10:00Z' });
    const newer = jobSnapshot('batches/newer', 'pending', { ...MINE, createdAt: '2026-11-22T13:20:00Z' });
    const context = createSampleSubmit({ listJobs: pages([newer, older, dead]) }, { 1: UNCERTAIN });
    await reconcile(context, [1]);
    // The dead one is named, but nobody has to decide on it.
    expect(context.store.recordOf(1)).toMatchObject({
      job: { name: 'batches/older' },
      duplicates: ['batches/newer'],
    });
    expect(context.events).toMatchObject([
      { event: 'batch_adopted' },
      { event: 'duplicate_jobs', kept: 'batches/older', others: ['batches/newer', 'batches/dead'] },
    ]);
  });

  test('looks through every page', async () => {
    const job = jobSnapshot('batches/found', 'pending', MINE);
    const tokens: (string | undefined)[] = [];
    const context = createSampleSubmit(
      {
        listJobs: (token) => {
          tokens.push(token);
          return Promise.resolve(
            token === 'two'
              ? ok({ jobs: [job], nextPageToken: undefined })
              : ok({ jobs: [], nextPageToken: 'two' }),
          );
        },
      },
      { 1: UNCERTAIN },
    );
    await reconcile(context, [1]);
    expect(tokens).toEqual([undefined, 'two']);
    expect(context.store.recordOf(1).status).toBe('submitted');
  });

  test('looks again and again until the settle time is over, then deletes the input, waits as long again, looks once more and lets go', async () => {
    const context = createSampleSubmit(
      { ...GONE, listJobs: pages([]) },
      { 1: UNCERTAIN },
      { settleMs: 3000 },
    );
    expect(await reconcile(context, [1])).toEqual([1]);
    expect(context.clock.elapsed()).toBe(3000 + 3000);
    expect(context.clock.slept.at(-1), 'after the input was deleted').toBe(3000);
    expect(context.journal).toEqual([
      'listJobs',
      'listJobs',
      'listJobs',
      'listJobs',
      'deleteFile files/mine',
      'getFile files/mine',
      'listJobs',
      'saved 1 pending',
      'event batch_fenced',
    ]);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'pending', attempt: 2 });
  });

  test('adopts a job that shows up late', async () => {
    const job = jobSnapshot('batches/late', 'pending', MINE);
    const context = createSampleSubmit({ listJobs: pages([], [], [job]) }, { 1: UNCERTAIN });
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.store.recordOf(1)).toMatchObject({ job: { name: 'batches/late' } });
  });

  test('adopts a job that shows up only after its input was deleted', async () => {
    const job = jobSnapshot('batches/late', 'pending', MINE);
    const context = createSampleSubmit(
      { ...GONE, listJobs: pages([], [job]) },
      { 1: UNCERTAIN },
      { settleMs: 0 },
    );
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', job: { name: 'batches/late' } });
  });

  test('counts the settle time of an interrupted create from now, because nobody knows when its process died', async () => {
    const old = { ...CREATING, intent: { ...CREATING.intent, sentAt: '2026-11-20T14:00:00.000Z' } };
    const context = createSampleSubmit({ ...GONE, listJobs: pages([]) }, { 1: old }, { settleMs: 3000 });
    await reconcile(context, [1]);
    expect(context.journal[0]).toBe('saved 1 uncertain');
    expect(context.clock.elapsed()).toBe(3000 + 3000);
  });

  describe('for one that was uncertain before', () => {
    const old = {
      ...UNCERTAIN,
      since: '2026-11-22T13:59:51.000Z',
      serviceSince: '2026-11-22T13:59:51.000Z',
    };

    test('the time between two runs counts by the service’s clock, less what that may be wrong by', async () => {
      const now = (): Date => new Date(Date.parse(START) + context.clock.monotonicMs());
      const context: SampleSubmit = createSampleSubmit(
        { ...GONE, now, listJobs: pages([]) },
        { 1: old },
        { settleMs: 6000 },
      );
      await reconcile(context, [1]);
      expect(context.clock.elapsed()).toBe(6000 + 5000 - 9000 + 6000);
    });

    test.for([
      { what: 'the clock here', now: () => undefined, record: old },
      { what: 'a doubt of unknown service time', now: () => new Date(START), record: UNCERTAIN },
    ])('$what does not count for it', async ({ now, record }) => {
      const context = createSampleSubmit(
        { ...GONE, now, listJobs: pages([]) },
        { 1: record },
        { settleMs: 6000 },
      );
      await reconcile(context, [1]);
      expect(context.clock.elapsed()).toBe(6000 + 6000);
    });
  });

  test.for([86_400_000, -86_400_000])('setting the wall clock by %d ms changes nothing', async (ms) => {
    let looks = 0;
    const context = createSampleSubmit(
      {
        ...GONE,
        listJobs: () => {
          looks += 1;
          if (looks === 2) context.clock.turn(ms);
          return Promise.resolve(ok({ jobs: [], nextPageToken: undefined }));
        },
      },
      { 1: UNCERTAIN },
      { settleMs: 3000 },
    );
    await reconcile(context, [1]);
    expect(context.clock.elapsed()).toBe(3000 + 3000);
  });

  test('where listings were seen to lag, the settle time is four times the lag', async () => {
    const context = createSampleSubmit(
      { ...GONE, listJobs: pages([]) },
      { 1: UNCERTAIN },
      { settleMs: 3000 },
    );
    await context.store.noteListLag(2000);
    await reconcile(context, [1]);
    expect(context.clock.elapsed()).toBe(8000 + 8000);
  });

  test('a job that shows up late tells how long listings lag', async () => {
    const late = jobSnapshot('batches/late', 'running', MINE);
    const context = createSampleSubmit(
      { listJobs: pages([], [], [late]) },
      { 1: UNCERTAIN },
      { settleMs: 3000 },
    );
    await reconcile(context, [1]);
    expect(context.store.current().listLagMs).toBe(500);
  });

  describe('after a change of the API key', () => {
    const OTHER_KEY = 'ffffffffffff';
    const lost = { ...UNCERTAIN, intent: { ...UNCERTAIN.intent, key: OTHER_KEY } };
    const known = submitted('batches/known');
    const madeWithOther = {
      ...known,
      job: { ...known.job, submittedAt: '2026-11-22T13:00:00.000Z', key: OTHER_KEY },
    };

    test('a listing under the new key proves nothing about a create with the old one', async () => {
      const context = createSampleSubmit({ listJobs: pages([]) }, { 1: lost }, { settleMs: 0 });
      expect(await reconcile(context, [1])).toEqual([]);
      expect(context.store.recordOf(1)).toEqual(lost);
      expect(context.events).toMatchObject([
        { event: 'warning', message: expect.stringContaining('--accept-new-key') },
      ]);
    });

    test('what is found is found all the same', async () => {
      const found = jobSnapshot('batches/found', 'running', MINE);
      const context = createSampleSubmit({ listJobs: pages([found]) }, { 1: lost });
      await reconcile(context, [1]);
      expect(context.store.recordOf(1)).toMatchObject({ job: { name: 'batches/found', key: OTHER_KEY } });
    });

    test.for([
      { what: 'the listing shows a job of the old key', records: { 2: madeWithOther }, accept: false },
      { what: 'the user says so', records: {}, accept: true },
    ])('it is believed when $what', async ({ records, accept }) => {
      const context = createSampleSubmit(
        { ...GONE, listJobs: pages([jobSnapshot('batches/known', 'running')]) },
        { 1: lost, ...records },
        { settleMs: 0, acceptNewKey: accept },
      );
      expect(await reconcile(context, [1])).toEqual([1]);
    });

    test('a job of the old key is no canary for creates with the new one', async () => {
      const mine = { ...UNCERTAIN, intent: { ...UNCERTAIN.intent, key: KEY } };
      const context = createSampleSubmit(
        { ...GONE, listJobs: pages([]) },
        { 1: mine, 2: madeWithOther },
        { settleMs: 0 },
      );
      expect(await reconcile(context, [1])).toEqual([1]);
    });
  });

  test('a look that took longer than the settle time counts from when it began', async () => {
    let looks = 0;
    const context = createSampleSubmit(
      {
        ...GONE,
        listJobs: async () => {
          looks += 1;
          if (looks === 1) await context.clock.sleep(60_000);
          return ok({ jobs: [], nextPageToken: undefined });
        },
      },
      { 1: UNCERTAIN },
      { settleMs: 3000 },
    );
    expect(await reconcile(context, [1])).toEqual([1]);
    const deleted = context.journal.indexOf('deleteFile files/mine');
    expect(context.journal.slice(0, deleted)).toEqual(['listJobs', 'listJobs']);
  });

  test('waits once for all that are deleted together', async () => {
    const context = createSampleSubmit(
      { ...GONE, listJobs: pages([]) },
      { 1: UNCERTAIN, 2: { ...UNCERTAIN, file: { ...UNCERTAIN.file, name: 'files/two' } } },
      { settleMs: 3000 },
    );
    expect(await reconcile(context, [1, 2])).toEqual([1, 2]);
    expect(context.clock.elapsed()).toBe(3000 + 3000);
  });

  describe('with a job that a listing worth believing must show', () => {
    const known = (submittedAt: string | undefined): BatchRecord => {
      const record = submitted('batches/known');
      return { ...record, job: { ...record.job, submittedAt } };
    };
    const RECORDS = { 1: UNCERTAIN, 2: known('2026-11-22T13:00:00.000Z') };

    test('a listing without it decides nothing: still uncertain, nothing deleted', async () => {
      const context = createSampleSubmit({ listJobs: pages([]) }, RECORDS, { settleMs: 3000 });
      expect(await reconcile(context, [1])).toEqual([]);
      expect(context.store.recordOf(1)).toEqual(UNCERTAIN);
      expect(context.events).toMatchObject([
        { event: 'warning', message: expect.stringContaining('does not show batches/known') },
      ]);
    });

    test('a listing with it lets the batch go', async () => {
      const listJobs = pages([jobSnapshot('batches/known', 'running')]);
      const context = createSampleSubmit({ ...GONE, listJobs }, RECORDS, { settleMs: 3000 });
      expect(await reconcile(context, [1])).toEqual([1]);
    });

    test('it counts for the look after the input was deleted too', async () => {
      const listJobs = pages([jobSnapshot('batches/known', 'running')], []);
      const context = createSampleSubmit({ ...GONE, listJobs }, RECORDS, { settleMs: 0 });
      expect(await reconcile(context, [1])).toEqual([]);
      expect(context.store.recordOf(1)).toEqual(UNCERTAIN);
      expect(context.journal).toContain('deleteFile files/mine');
    });

    test('a job of unknown age is asked for, and then must be shown', async () => {
      const old = jobSnapshot('batches/known', 'running', { createdAt: '2026-11-01T00:00:00Z' });
      const context = createSampleSubmit(
        { getJob: inTurn(ok(old)), listJobs: pages([]) },
        { 1: UNCERTAIN, 2: known(undefined) },
        { settleMs: 0 },
      );
      expect(await reconcile(context, [1])).toEqual([]);
      expect(context.store.recordOf(1).status).toBe('uncertain');
    });

    test('where no key is recorded and no job is known any more, the key may be another one', async () => {
      const context = createSampleSubmit(
        { getJob: inTurn<never>(failed('not_found')), listJobs: pages([]) },
        { 1: UNCERTAIN, 2: known('2026-11-01T00:00:00.000Z') },
        { settleMs: 0 },
      );
      expect(await reconcile(context, [1])).toEqual([]);
    });

    test('one that is too young to be listed proves nothing', async () => {
      const submittedAt = '2026-11-22T13:59:58.000Z';
      const youngJob = jobSnapshot('batches/known', 'running', { createdAt: submittedAt });
      // Resubmit waits for nothing, so that the young job does not grow old meanwhile.
      const context = createSampleSubmit(
        { ...GONE, getJob: inTurn(ok(youngJob)), listJobs: pages([]) },
        { 1: UNCERTAIN, 2: known(submittedAt) },
        { settleMs: 3000, onAmbiguous: 'resubmit' },
      );
      expect(await reconcile(context, [1])).toEqual([1]);
    });
  });

  test('quarantine: one look, nothing deleted, nothing let go', async () => {
    const context = createSampleSubmit(
      { listJobs: pages([]) },
      { 1: UNCERTAIN },
      { onAmbiguous: 'quarantine' },
    );
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.journal).toEqual(['listJobs']);
    expect(context.store.recordOf(1).status).toBe('uncertain');
  });

  test('quarantine still adopts what is found', async () => {
    const job = jobSnapshot('batches/found', 'running', MINE);
    const context = createSampleSubmit(
      { listJobs: pages([job]) },
      { 1: UNCERTAIN },
      { onAmbiguous: 'quarantine' },
    );
    await reconcile(context, [1]);
    expect(context.store.recordOf(1).status).toBe('submitted');
  });

  test('resubmit: looks first, deletes the input, and waits for nothing', async () => {
    const context = createSampleSubmit(
      { ...GONE, listJobs: pages([]) },
      { 1: UNCERTAIN },
      { onAmbiguous: 'resubmit' },
    );
    expect(await reconcile(context, [1])).toEqual([1]);
    expect(context.clock.elapsed()).toBe(0);
    expect(context.journal[0]).toBe('listJobs');
    expect(context.journal).toContain('deleteFile files/mine');
  });

  test.for([
    { what: 'cannot be read', listJobs: inTurn<never>(failed('unavailable')) },
    { what: 'repeats a page', listJobs: inTurn(ok({ jobs: [], nextPageToken: 'again' })) },
  ])('a listing that $what decides nothing: still uncertain, nothing deleted', async ({ listJobs }) => {
    const context = createSampleSubmit({ listJobs }, { 1: UNCERTAIN }, { settleMs: 0 });
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.store.recordOf(1).status).toBe('uncertain');
    expect(context.events).toMatchObject([{ event: 'warning' }]);
  });

  test.for<{ readonly what: string; readonly calls: Partial<BatchService> }>([
    { what: 'cannot be deleted', calls: { deleteFile: inTurn<void>(failed('unavailable')) } },
    {
      what: 'is still there after it was deleted',
      calls: {
        deleteFile: inTurn(ok(undefined)),
        getFile: inTurn(ok({ name: 'files/mine', uri: 'u', sizeBytes: 1, sha256: undefined, active: true })),
      },
    },
  ])('an input that $what keeps the batch uncertain', async ({ calls }) => {
    const context = createSampleSubmit({ ...calls, listJobs: pages([]) }, { 1: UNCERTAIN }, { settleMs: 0 });
    expect(await reconcile(context, [1])).toEqual([]);
    expect(context.store.recordOf(1).status).toBe('uncertain');
    expect(context.events).toMatchObject([{ event: 'warning', batch: 1 }]);
  });

  test('looks up many with one listing', async () => {
    const name = (batch: number): string => `bs1/k3v9q2ma/${batch}/9f86d081884c7d65/a1`;
    const records = Object.fromEntries(
      [1, 2, 3].map((batch) => [
        batch,
        {
          ...UNCERTAIN,
          file: { ...UNCERTAIN.file, name: `files/in${batch}` },
          intent: { ...UNCERTAIN.intent, displayName: name(batch) },
        },
      ]),
    );
    const jobs = [1, 2, 3].map((batch) =>
      jobSnapshot(`batches/j${batch}`, 'pending', {
        ...MINE,
        displayName: name(batch),
        inputFile: `files/in${batch}`,
      }),
    );
    const context = createSampleSubmit({ listJobs: pages(jobs) }, records);
    await reconcile(context, [1, 2, 3]);
    expect(context.journal.filter((step) => step === 'listJobs')).toHaveLength(1);
    expect(context.store.recordOf(3)).toMatchObject({ job: { name: 'batches/j3' } });
  });

  test('stops between two looks when the run is stopped', async () => {
    const context = createSampleSubmit({ listJobs: pages([]) }, { 1: UNCERTAIN }, { settleMs: 60_000 });
    const looking = reconcile(context, [1]);
    setImmediate(() => context.stop.abort(new Error('Ctrl-C')));
    await expect(looking).rejects.toThrow('Ctrl-C');
    expect(context.store.recordOf(1).status).toBe('uncertain');
  });
});
