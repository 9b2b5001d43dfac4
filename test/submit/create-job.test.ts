import { describe, expect, test } from 'vitest';
import type { CreateRequest } from '../../src/model/service.ts';
import { createJob } from '../../src/submit/create-job.ts';
import { START } from '../service/fake-clock.ts';
import { DISPLAY_NAME, FILE, UPLOADED } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { createSampleSubmit } from './sample-submit.ts';

const CREATED = ok(jobSnapshot('batches/new', 'pending'));
const start = { 1: UPLOADED };

describe('createJob()', () => {
  test('saves the intent before the request leaves, and the name before anyone hears of it', async () => {
    const context = createSampleSubmit({ createJob: inTurn(CREATED) }, start);
    await createJob(context, 1, UPLOADED);
    expect(context.journal).toEqual([
      'saved 1 creating',
      'event create_intended',
      'createJob',
      'saved 1 submitted',
      'event batch_created',
    ]);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'submitted',
      job: { name: 'batches/new', displayName: DISPLAY_NAME },
    });
  });

  test('sends nothing when the run was stopped while the intent was saved, and takes the intent back', async () => {
    const context = createSampleSubmit({}, start);
    const store: typeof context.store = {
      ...context.store,
      async apply(batch, event) {
        const record = await context.store.apply(batch, event);
        if (event.type === 'create_intended') context.stop.abort(new Error('Ctrl-C'));
        return record;
      },
    };
    await expect(createJob({ ...context, store }, 1, UPLOADED)).rejects.toThrow('Ctrl-C');
    expect(context.store.recordOf(1)).toMatchObject(UPLOADED);
    expect(context.journal).toEqual(['saved 1 creating', 'saved 1 uploaded']);
  });

  test('asks for the uploaded file and model under a name that finds the job again', async () => {
    const requests: CreateRequest[] = [];
    const context = createSampleSubmit(
      {
        createJob: (request) => {
          requests.push(request);
          return Promise.resolve(CREATED);
        },
      },
      start,
      { displayName: 'refinement_batch_{batch}' },
    );
    await createJob(context, 1, UPLOADED);
    expect(requests).toEqual([
      {
        model: 'gemini-2.5-flash',
        displayName: `refinement_batch_001 [${DISPLAY_NAME}]`,
        fileName: 'files/mine',
      },
    ]);
  });

  test.for(['unknown_outcome', 'unavailable'] as const)(
    'after %s it is uncertain and never sent again',
    async (kind) => {
      const context = createSampleSubmit({ createJob: inTurn(failed(kind), CREATED) }, start);
      expect(await createJob(context, 1, UPLOADED)).toMatchObject({
        ok: false,
        failure: { kind: 'unknown_outcome' },
      });
      expect(context.journal.filter((step) => step === 'createJob')).toHaveLength(1);
      expect(context.store.recordOf(1)).toMatchObject({ status: 'uncertain', since: START });
      expect(context.events.map(({ event }) => event)).toContain('batch_uncertain');
    },
  );

  test('a request that never left is sent again within the budget', async () => {
    const context = createSampleSubmit(
      { createJob: inTurn(failed('not_sent'), failed('not_sent'), CREATED) },
      start,
    );
    expect(await createJob(context, 1, UPLOADED)).toEqual(CREATED);
    expect(context.clock.slept).toEqual([100, 200]);
    expect(context.events.filter(({ event }) => event === 'retry_wait')).toMatchObject([
      { retry: 1 },
      { retry: 2 },
    ]);
  });

  test('and beyond the budget it is given up, uploaded and not uncertain', async () => {
    const context = createSampleSubmit({ createJob: inTurn(failed('not_sent')) }, start);
    expect(await createJob(context, 1, UPLOADED)).toMatchObject({ failure: { kind: 'not_sent' } });
    expect(context.journal.filter((step) => step === 'createJob')).toHaveLength(3);
    expect(context.store.recordOf(1)).toEqual(expect.objectContaining({ status: 'uploaded' }));
  });

  test('a rate limit is waited for at the gate, however often, from no budget', async () => {
    const limited = failed('rate_limited');
    const context = createSampleSubmit(
      { createJob: inTurn(limited, limited, limited, limited, CREATED) },
      start,
    );
    expect(await createJob(context, 1, UPLOADED)).toEqual(CREATED);
    expect(context.clock.elapsed()).toBe(4000);
    expect(context.events.map(({ event }) => event)).not.toContain('retry_wait');
  });

  test('each try has its own intent on disk', async () => {
    const context = createSampleSubmit({ createJob: inTurn(failed('rate_limited'), CREATED) }, start);
    await createJob(context, 1, UPLOADED);
    expect(context.journal.filter((step) => step.startsWith('saved') || step === 'createJob')).toEqual([
      'saved 1 creating',
      'createJob',
      'saved 1 uploaded',
      'saved 1 creating',
      'createJob',
      'saved 1 submitted',
    ]);
  });

  test.for(['refused', 'no_quota', 'model_unknown', 'key_refused', 'not_found'] as const)(
    '%s is definite: no job, uploaded again',
    async (kind) => {
      const context = createSampleSubmit({ createJob: inTurn(failed(kind)) }, start);
      expect(await createJob(context, 1, UPLOADED)).toMatchObject({ failure: { kind } });
      expect(context.store.recordOf(1).status).toBe('uploaded');
    },
  );

  test.for([
    { what: 'has expired', file: { ...FILE, expiresAt: '2026-11-22T13:00:00.000Z' } },
    { what: 'is about to expire', file: { ...FILE, expiresAt: '2026-11-22T14:10:00.000Z' } },
    { what: 'has no name', file: { uri: 'https://host/files/older' } },
  ])('a file that $what is not handed to a job: nothing is sent', async ({ file }) => {
    const record = { ...UPLOADED, file };
    const context = createSampleSubmit({}, { 1: record });
    expect(await createJob(context, 1, record)).toMatchObject({
      failure: { kind: 'not_found', reason: 'FILE_EXPIRED' },
    });
    expect(context.journal).toEqual([]);
  });

  test('sends nothing once the run is stopped', async () => {
    const context = createSampleSubmit({}, start);
    context.stop.abort(new Error('Ctrl-C'));
    await expect(createJob(context, 1, UPLOADED)).rejects.toThrow('Ctrl-C');
    expect(context.journal).toEqual([]);
  });

  test('an interrupt during the request does not throw its answer away', async () => {
    const context = createSampleSubmit(
      {
        createJob: () => {
          context.stop.abort(new Error('Ctrl-C'));
          return Promise.resolve(CREATED);
        },
      },
      start,
    );
    await createJob(context, 1, UPLOADED).catch(() => undefined);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', job: { name: 'batches/new' } });
  });
});
