import { describe, expect, test } from 'vitest';
import type { JobSnapshot } from '../../src/model/job.ts';
import { displayNameFor } from '../../src/model/names.ts';
import type { JobPage } from '../../src/model/service.ts';
import { refuseForeignJobs, survey, takeUnknownJob, type UnknownJobs } from '../../src/submit/survey.ts';
import { INPUT, submitted, UNCERTAIN } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { createSampleSubmit, KEY, type SampleSubmit } from './sample-submit.ts';

const MINE = 'k3v9q2ma';

function job(name: string, stateId: string, more: Partial<JobSnapshot> = {}, attempt = 1): JobSnapshot {
  const displayName = displayNameFor({ stateId, batch: 1, attempt }, INPUT, undefined);
  return jobSnapshot(name, 'running', { displayName, model: 'gemini-2.5-flash', ...more });
}

function listing(...pages: readonly (readonly JobSnapshot[])[]): ReturnType<typeof inTurn<JobPage>> {
  return inTurn<JobPage>(
    ...pages.map((jobs, index) =>
      ok({ jobs, nextPageToken: index < pages.length - 1 ? `page ${index + 1}` : undefined }),
    ),
  );
}

async function surveyed(context: SampleSubmit): Promise<SampleSubmit> {
  const unknownJobs: UnknownJobs = await survey(context);
  return { ...context, unknownJobs };
}

describe('survey()', () => {
  test('a listing that cannot be read stops the run before anything is paid', async () => {
    const context = createSampleSubmit({ listJobs: inTurn<never>(failed('unavailable')) });
    await expect(survey(context)).rejects.toMatchObject({ code: 'E_UNREACHABLE' });
  });

  test('reads all pages, because any state may know less than it should', async () => {
    const known = { 1: UNCERTAIN, 2: submitted('batches/known') };
    const context = createSampleSubmit({ listJobs: listing([], [], []) }, known);
    await survey(context);
    expect(context.journal).toEqual(['listJobs', 'listJobs page 1', 'listJobs page 2']);
  });

  test('records a second job for a batch that has one', async () => {
    const twice = job('batches/twice', MINE, {}, 2);
    const context = createSampleSubmit({ listJobs: listing([twice]) }, { 1: submitted('batches/known') });
    await survey(context);
    expect(context.store.recordOf(1)).toMatchObject({
      job: { name: 'batches/known' },
      duplicates: ['batches/twice'],
    });
    expect(context.events).toEqual([
      { event: 'duplicate_jobs', batch: 1, kept: 'batches/known', others: ['batches/twice'] },
    ]);
  });

  test.for([
    { what: 'it is known', one: job('batches/known', MINE) },
    { what: 'it is dead', one: job('batches/dead', MINE, { state: 'failed' }) },
    { what: 'it is another state’s', one: job('batches/theirs', 'aaaaaaaa') },
    { what: 'it is another tool’s', one: jobSnapshot('batches/x', 'running', { displayName: 'batch_001' }) },
  ])('a job is no duplicate when $what', async ({ one }) => {
    const context = createSampleSubmit({ listJobs: listing([one]) }, { 1: submitted('batches/known') });
    await survey(context);
    expect(context.store.recordOf(1).duplicates).toBeUndefined();
  });
});

describe('refuseForeignJobs()', () => {
  const FILES = [{ batch: 1, path: 'batches/1.jsonl', sizeBytes: 100 }];

  test('asks about no file for which there is no foreign job', async () => {
    const context = createSampleSubmit({ listJobs: listing([job('batches/late', MINE)]) });
    await refuseForeignJobs(context, await survey(context), FILES);
  });

  test('--fresh asks about none, and is remembered', async () => {
    const context = createSampleSubmit(
      { listJobs: listing([job('batches/theirs', 'aaaaaaaa')]) },
      {},
      { fresh: true },
    );
    await refuseForeignJobs(context, await survey(context), FILES);
    expect(context.store.current().ignoredStates).toEqual(['aaaaaaaa']);
    const next = { ...context, options: { ...context.options, fresh: false } };
    expect((await survey(next)).size).toBe(0);
  });
});

describe('takeUnknownJob()', () => {
  test('a job of this state that turns up after its attempt was given up is taken, not paid again', async () => {
    const context = createSampleSubmit(
      { listJobs: listing([job('batches/late', MINE, { inputFile: 'files/in', createdAt: 'then' })]) },
      { 1: { status: 'pending', attempt: 2 } },
    );
    expect(await takeUnknownJob(await surveyed(context), 1, INPUT)).toBe(true);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'submitted',
      attempt: 2,
      input: INPUT,
      file: { name: 'files/in' },
      job: { name: 'batches/late', adopted: true, submittedAt: 'then', key: KEY },
    });
    expect(context.events).toMatchObject([{ event: 'batch_adopted', job: 'batches/late' }]);
  });

  test('of two the older one is kept and the other one recorded', async () => {
    const first = job('batches/first', MINE, { createdAt: '2026-11-22T10:00:00Z' });
    const second = job('batches/second', MINE, { createdAt: '2026-11-22T11:00:00Z' }, 2);
    const context = createSampleSubmit({ listJobs: listing([second, first]) });
    await takeUnknownJob(await surveyed(context), 1, INPUT);
    expect(context.store.recordOf(1)).toMatchObject({
      job: { name: 'batches/first' },
      duplicates: ['batches/second'],
    });
  });

  test('a job of a state that is gone stops the run: adopt it, or pay again on purpose', async () => {
    const theirs = job('batches/theirs', 'aaaaaaaa');
    const context = createSampleSubmit({ listJobs: listing([theirs]) });
    await expect(takeUnknownJob(await surveyed(context), 1, INPUT)).rejects.toMatchObject({
      code: 'E_OTHER_INPUT',
      message: expect.stringContaining('batches/theirs'),
      hint: expect.stringContaining('batch-submit adopt'),
    });
  });

  test('--fresh pays again', async () => {
    const theirs = job('batches/theirs', 'aaaaaaaa');
    const context = createSampleSubmit({ listJobs: listing([theirs]) }, {}, { fresh: true });
    expect(await takeUnknownJob(await surveyed(context), 1, INPUT)).toBe(false);
  });

  test.for([
    { what: 'other content', one: job('batches/x', 'aaaaaaaa'), input: { ...INPUT, sha256: 'b'.repeat(64) } },
    { what: 'another model', one: job('batches/x', 'aaaaaaaa', { model: 'models/other' }), input: INPUT },
    { what: 'nothing to show for it', one: job('batches/x', 'aaaaaaaa', { state: 'expired' }), input: INPUT },
  ])('a job with $what is none of ours', async ({ one, input }) => {
    const context = createSampleSubmit({ listJobs: listing([one]) });
    expect(await takeUnknownJob(await surveyed(context), 1, input)).toBe(false);
  });
});
