import { describe, expect, test } from 'vitest';
import type { BatchService } from '../../src/model/service.ts';
import { reconcile } from '../../src/submit/reconcile.ts';
import { DISPLAY_NAME, UNCERTAIN } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { GONE, MINE, pages } from './listings.ts';
import { createSampleSubmit } from './sample-submit.ts';

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
