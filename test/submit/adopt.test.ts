import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { displayNameFor } from '../../src/model/names.ts';
import type { JobPage } from '../../src/model/service.ts';
import { listAllJobs, ownJobs, planAdoption, takeOver, type Candidate } from '../../src/submit/adopt.ts';
import { createMemoryStore } from '../service/memory-store.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { DISPLAY_NAME, INPUT, submitted, UNCERTAIN } from '../service/sample-records.ts';
import { createServiceDouble, failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';

const signal = new AbortController().signal;

function candidate(batch: number, jobName: string, attempt = 1): Candidate {
  const unknown = { displayName: undefined, model: undefined, createdAt: undefined, inputFile: undefined };
  return { batch, jobName, attempt, ...unknown };
}

function plan(
  records: Readonly<Record<number, BatchRecord>>,
  candidates: readonly Candidate[],
  mayReplace = false,
): ReturnType<typeof planAdoption> {
  return planAdoption(createMemoryStore(records).current(), candidates, mayReplace);
}

describe('planAdoption()', () => {
  test('takes the one job that claims a batch, in the order of the batches', () => {
    const [ten, two] = [candidate(10, 'batches/j10'), candidate(2, 'batches/j2')];
    expect(plan({}, [ten, two])).toEqual({ take: [two, ten], known: [], ambiguous: [] });
  });

  test('has nothing to do for nothing', () => {
    expect(plan({ 1: submitted('batches/a') }, [])).toEqual({ take: [], known: [], ambiguous: [] });
  });

  test.for([true, false])('never guesses between several jobs, --replace %s', (mayReplace) => {
    const claims = [candidate(1, 'batches/a'), candidate(1, 'batches/b'), candidate(2, 'batches/c')];
    expect(plan({}, claims, mayReplace)).toEqual({
      take: [claims[2]],
      known: [],
      ambiguous: [{ batch: 1, jobs: ['batches/a', 'batches/b'], why: 'several jobs claim it' }],
    });
  });

  test('of several attempts the last one is the job', () => {
    const claims = [candidate(1, 'batches/b', 2), candidate(1, 'batches/c', 10), candidate(1, 'batches/a')];
    expect(plan({}, claims).take).toEqual([claims[1]]);
  });

  test('two jobs of the last attempt are ambiguous, and the earlier ones are no rivals', () => {
    const claims = [candidate(1, 'batches/a', 1), candidate(1, 'batches/b', 2), candidate(1, 'batches/c', 2)];
    expect(plan({}, claims)).toMatchObject({ take: [], ambiguous: [{ jobs: ['batches/b', 'batches/c'] }] });
  });

  test.for([true, false])('leaves a batch alone that has that very job, --replace %s', (mayReplace) => {
    const claims = [candidate(1, 'batches/a')];
    expect(plan({ 1: submitted('batches/a') }, claims, mayReplace)).toEqual({
      take: [],
      known: [1],
      ambiguous: [],
    });
  });

  test('another job than the one in the state is taken with --replace only', () => {
    const claims = [candidate(1, 'batches/b')];
    expect(plan({ 1: submitted('batches/a') }, claims)).toMatchObject({
      take: [],
      known: [],
      ambiguous: [{ batch: 1, jobs: ['batches/a', 'batches/b'], why: expect.stringContaining('--replace') }],
    });
    expect(plan({ 1: submitted('batches/a') }, claims, true)).toEqual({
      take: claims,
      known: [],
      ambiguous: [],
    });
  });

  test('takes the job of a batch whose create was lost', () => {
    const claims = [candidate(1, 'batches/a')];
    expect(plan({ 1: UNCERTAIN }, claims).take).toEqual(claims);
  });

  // Two batches with one job make the state file unreadable for good (refuseSharedJobs).
  test('never gives one job to two batches', () => {
    const { take, ambiguous } = plan({}, [candidate(1, 'batches/a'), candidate(2, 'batches/a')]);
    expect(take).toEqual([]);
    expect(ambiguous.map(({ batch }) => batch)).toEqual([1, 2]);
  });

  test('never takes the job that another batch has', () => {
    const { take, ambiguous } = plan({ 1: submitted('batches/a') }, [candidate(2, 'batches/a')], true);
    expect(take).toEqual([]);
    expect(ambiguous.map(({ batch }) => batch)).toEqual([2]);
  });

  test('never takes the job that an earlier attempt of another batch had', () => {
    const earlier = [{ attempt: 1, jobName: 'batches/a', ended: 'expired' }];
    const { take } = plan({ 1: { status: 'pending', attempt: 2, earlier } }, [candidate(2, 'batches/a')]);
    expect(take).toEqual([]);
  });
});

describe('ownJobs()', () => {
  test('finds its own by the mark in their names, and leaves everyone else alone', async () => {
    const parts = { stateId: 'aaaaaaaa', batch: 81, attempt: 2 };
    const mine = jobSnapshot('batches/mine', 'running', {
      displayName: displayNameFor(parts, INPUT, 'refinement_batch_{batch}'),
      model: 'models/m',
      createdAt: '2026-11-22T13:00:00Z',
      inputFile: 'files/in',
    });
    const others = [
      jobSnapshot('batches/nameless', 'running'),
      jobSnapshot('batches/theirs', 'running', { displayName: 'refinement_batch_081' }),
    ];
    const service = createServiceDouble({
      listJobs: inTurn<JobPage>(
        ok({ jobs: others, nextPageToken: 'second' }),
        ok({ jobs: [mine], nextPageToken: undefined }),
      ),
    });
    expect(ownJobs(await listAllJobs(service, signal))).toEqual([
      {
        batch: 81,
        jobName: 'batches/mine',
        attempt: 2,
        displayName: mine.displayName,
        model: 'models/m',
        createdAt: '2026-11-22T13:00:00Z',
        inputFile: 'files/in',
      },
    ]);
  });

  test.for([
    ['unavailable', 'E_UNREACHABLE'],
    ['key_refused', 'E_KEY_REFUSED'],
  ] as const)('throws when it cannot read the whole listing (%s)', async ([kind, code]) => {
    const service = createServiceDouble({
      listJobs: inTurn<JobPage>(ok({ jobs: [], nextPageToken: 'second' }), failed(kind)),
    });
    await expect(listAllJobs(service, signal)).rejects.toMatchObject({ code });
  });
});

describe('takeOver()', () => {
  test('records each job as the batch’s own, durably before anyone hears of it, and sends nothing', async () => {
    const context = createSampleContext({}, { 2: submitted('batches/old') });
    const full: Candidate = {
      batch: 1,
      jobName: 'batches/a',
      attempt: 3,
      displayName: DISPLAY_NAME,
      model: 'models/m',
      createdAt: '2026-11-22T13:00:00Z',
      inputFile: 'files/in',
    };
    await takeOver(context, [full, candidate(2, 'batches/b')], new Map([[1, INPUT]]), new Map());
    expect(context.store.recordOf(1)).toEqual({
      status: 'submitted',
      attempt: 3,
      earlier: undefined,
      input: INPUT,
      file: { name: 'files/in', uri: 'files/in' },
      job: {
        name: 'batches/a',
        displayName: DISPLAY_NAME,
        model: 'models/m',
        submittedAt: '2026-11-22T13:00:00Z',
        adopted: true,
      },
      jobState: 'unknown',
    });
    expect(context.store.recordOf(2)).toMatchObject({
      job: { name: 'batches/b', adopted: true },
      earlier: [{ jobName: 'batches/old', ended: 'replaced' }],
    });
    expect(context.events).toMatchObject([
      { event: 'batch_adopted', batch: 1, job: 'batches/a', displayName: DISPLAY_NAME },
      { event: 'batch_adopted', batch: 2, displayName: '' },
    ]);
    expect(context.journal.indexOf('saved 1 submitted')).toBeLessThan(
      context.journal.indexOf('event batch_adopted'),
    );
  });
});
