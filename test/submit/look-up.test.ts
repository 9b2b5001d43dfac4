import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { reconcile } from '../../src/submit/reconcile.ts';
import { submitted, UNCERTAIN } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { GONE, MINE, pages } from './listings.ts';
import { createSampleSubmit, KEY } from './sample-submit.ts';

describe('what a listing proves about a lost create', () => {
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

    test('one that was deleted by our own wish need not be shown, and the next newest must', async () => {
      const newest = submitted('batches/gone');
      const gone: BatchRecord = {
        ...newest,
        job: { ...newest.job, submittedAt: '2026-11-22T13:30:00.000Z', deletionAskedAt: 'since then' },
      };
      const records = { 1: UNCERTAIN, 2: known('2026-11-22T13:00:00.000Z'), 3: gone };
      const listJobs = pages([jobSnapshot('batches/known', 'running')]);
      const believed = createSampleSubmit({ ...GONE, listJobs }, records, { settleMs: 0 });
      expect(await reconcile(believed, [1])).toEqual([1]);
      const empty = createSampleSubmit({ listJobs: pages([]) }, records, { settleMs: 0 });
      expect(await reconcile(empty, [1])).toEqual([]);
      expect(empty.events).toMatchObject([
        { event: 'warning', message: expect.stringContaining('does not show batches/known') },
      ]);
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
});
