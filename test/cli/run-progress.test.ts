import { describe, expect, test } from 'vitest';
import { createRunProgress, type RunProgress } from '../../src/cli/output/run-progress.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';

const START_MS = Date.parse('2026-11-22T14:00:00.000Z');
const IN_USE = { jobs: 40, tokens: 3_000_000 };

function open(): RunProgress & { readonly clock: HandClock; readonly wait: () => string | undefined } {
  const clock = createHandClock(START_MS);
  const progress = createRunProgress(clock);
  return { ...progress, clock, wait: () => progress.read().wait };
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
  test('counts from where the batches stood before the run', () => {
    const run = open();
    const counts = { total: 9, submittedBefore: 3, downloadedBefore: 2 };
    const command = { command: 'run', version: '1.0.0', state: 'state.json', planned: 6 };
    run.event({ event: 'run_started', ...command, ...counts });
    run.event({ event: 'batch_created', batch: 4, job: 'batches/a', displayName: 'a' });
    run.event({ event: 'batch_adopted', batch: 5, job: 'batches/b', displayName: 'b' });
    run.event({ event: 'error', batch: 6, step: 'input', reason: 'broken', message: 'line 1' });
    run.event({ event: 'error', step: 'run', reason: 'broken', message: 'no batch of its own' });
    expect(run.read()).toEqual({
      total: 9,
      submitted: 5,
      failed: 1,
      downloaded: 2,
      wait: undefined,
      uploads: undefined,
    });
  });

  test('a wait counts down, and ends by itself', () => {
    const run = open();
    rateLimited(run);
    expect(run.wait()).toBe('waiting 3m');
    run.clock.pass(18_300);
    expect(run.wait()).toBe('waiting 2m 42s');
    run.clock.pass(161_700);
    expect(run.wait()).toBeUndefined();
  });

  test('says when the end of a job would do as well', () => {
    const run = open();
    rateLimited(run, true);
    expect(run.wait()).toBe('waiting 3m or for a job to end');
  });

  test('says what creates wait for, until they do not', () => {
    const run = open();
    run.sink.waitsForJobs(IN_USE);
    expect(run.wait()).toBe('waiting for a job to end (40 jobs, 3.0 M tokens under way)');
    run.sink.waitsForJobs({ jobs: 1, tokens: 75_000 });
    expect(run.wait()).toBe('waiting for a job to end (1 job, 75.0 k tokens under way)');
    run.sink.waitsForJobs(undefined);
    expect(run.wait()).toBeUndefined();
  });

  test('a wait for the service comes before one for jobs', () => {
    const run = open();
    run.sink.waitsForJobs(IN_USE);
    rateLimited(run);
    expect(run.wait()).toBe('waiting 3m');
    run.clock.pass(180_000);
    expect(run.wait()).toMatch(/^waiting for a job to end/);
  });
});
