import { describe, expect, test } from 'vitest';
import { createRunProgress, type RunProgress } from '../../src/cli/output/run-progress.ts';
import { waitText } from '../../src/cli/output/wait-text.ts';
import { batchProgress } from '../../src/model/batch-progress.ts';
import { stateOf } from '../model/moments.ts';
import { RECORDS } from '../model/records.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';

const START_MS = Date.parse('2026-11-22T14:00:00.000Z');

function open(): RunProgress & { readonly clock: HandClock; readonly wait: () => string | undefined } {
  const clock = createHandClock(START_MS);
  const progress = createRunProgress(clock);
  const wait = (): string | undefined =>
    waitText(progress.read().wait, clock.now().getTime())?.replace(/\d\d:\d\d:\d\d/, '<clock>');
  return { ...progress, clock, wait };
}

function rateLimited(run: RunProgress, orWhenAJobEnds?: true): void {
  run.event({
    event: 'rate_limited',
    step: 'create',
    reason: 'RESOURCE_EXHAUSTED',
    message: 'quota',
    wait: 1,
    waitMs: 180_000,
    resumesAt: '2026-11-22T14:03:00.000Z',
    source: 'configured',
    ...(orWhenAJobEnds === undefined ? {} : { orWhenAJobEnds }),
  });
}

describe('createRunProgress()', () => {
  test('asks for counts and creates whenever it is read', () => {
    const run = open();
    expect(run.read()).toMatchObject({ batches: undefined, creates: undefined });
    let state = stateOf({ 4: RECORDS.submitted });
    let underWay = 1;
    run.sink.batchesFrom(() => batchProgress(state, [4, 5]));
    run.sink.createsFrom(() => ({ underWay, inUse: { jobs: 1, tokens: 70 } }));
    expect(run.read()).toMatchObject({ batches: { total: 2, submitted: 1 }, creates: { underWay: 1 } });
    state = stateOf({ 4: RECORDS.submitted, 5: RECORDS.collected });
    underWay = 0;
    expect(run.read()).toMatchObject({ batches: { total: 2, submitted: 2 }, creates: { underWay: 0 } });
    run.sink.createsFrom(undefined);
    expect(run.read().creates).toBeUndefined();
  });

  test('a wait counts down to the clock time it ends, and ends by itself', () => {
    const run = open();
    rateLimited(run);
    expect(run.wait()).toBe('waiting 3m, resumes <clock>');
    run.clock.pass(18_300);
    expect(run.wait()).toBe('waiting 2m 42s, resumes <clock>');
    run.clock.pass(161_700);
    expect(run.wait()).toBeUndefined();
  });

  test('the clock time is the local one', () => {
    const { wait } = { wait: { heldUntil: START_MS, orWhenAJobEnds: false, forJobs: false } };
    const local = new Date(START_MS).toTimeString().slice(0, 8);
    expect(waitText(wait, START_MS - 1000)).toBe(`waiting 1s, resumes ${local}`);
  });

  test('says when the end of a job would do as well', () => {
    const run = open();
    rateLimited(run, true);
    expect(run.wait()).toBe('waiting 3m, resumes <clock> or when a job ends');
  });

  test('says that creates wait for jobs, until they do not', () => {
    const run = open();
    run.sink.waitsForJobs(true);
    expect(run.wait()).toBe('waiting for a job to end');
    run.sink.waitsForJobs(false);
    expect(run.wait()).toBeUndefined();
  });

  test('a wait for the service comes before one for jobs', () => {
    const run = open();
    run.sink.waitsForJobs(true);
    rateLimited(run);
    expect(run.wait()).toMatch(/^waiting 3m/);
    run.clock.pass(180_000);
    expect(run.wait()).toBe('waiting for a job to end');
  });
});
