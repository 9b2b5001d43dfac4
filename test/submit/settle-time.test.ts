import { describe, expect, test } from 'vitest';
import { reconcile } from '../../src/submit/reconcile.ts';
import { CREATING, UNCERTAIN } from '../service/sample-records.ts';
import { jobSnapshot, ok } from '../service/service-double.ts';
import { START } from '../service/fake-clock.ts';
import { GONE, MINE, pages } from './listings.ts';
import { createSampleSubmit, type SampleSubmit } from './sample-submit.ts';

describe('the settle time of a lost create', () => {
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
});
