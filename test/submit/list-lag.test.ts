import { describe, expect, test } from 'vitest';
import type { BatchService } from '../../src/model/service.ts';
import { createLagMeter } from '../../src/submit/list-lag.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';

const JOB = jobSnapshot('batches/new', 'pending');

function listing(...looks: readonly boolean[]): BatchService['listJobs'] {
  return inTurn(...looks.map((isThere) => ok({ jobs: isThere ? [JOB] : [], nextPageToken: undefined })));
}

function lagOf({ store }: SampleContext): number | undefined {
  return store.current().listLagMs;
}

describe('createLagMeter()', () => {
  test('looks until the first job is listed, and remembers how long that took', async () => {
    const context = createSampleContext({ listJobs: listing(false, false, true) });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    meter.created('batches/second');
    await context.clock.sleep(5000);
    await meter.stop();
    expect(context.journal).toEqual(['listJobs', 'listJobs', 'listJobs']);
    expect(lagOf(context)).toBe(200 + 500);
  });

  test('a job that is listed at once has no lag', async () => {
    const context = createSampleContext({ listJobs: listing(true) });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await meter.stop();
    expect(lagOf(context) ?? 0).toBe(0);
  });

  test('at the end of a run, so long has it been out of sight at least', async () => {
    const context = createSampleContext({ listJobs: listing(false) });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await context.clock.sleep(1000);
    await meter.stop();
    expect(lagOf(context)).toBe(700);
  });

  test('the end of a run waits for no listing', async () => {
    const context = createSampleContext({
      listJobs: (_token, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
        }),
    });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await context.clock.sleep(1000);
    await meter.stop();
    expect(lagOf(context)).toBeUndefined();
  });

  test('a process that was stopped meanwhile has measured something else', async () => {
    let looks = 0;
    const context = createSampleContext({
      listJobs: async () => {
        looks += 1;
        if (looks === 2) await context.clock.sleep(60_000);
        return ok({ jobs: looks < 3 ? [] : [JOB], nextPageToken: undefined });
      },
    });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await context.clock.sleep(120_000);
    await meter.stop();
    expect(lagOf(context)).toBeUndefined();
  });

  test('a run that is stopped by its user notes nothing', async () => {
    const context = createSampleContext({ listJobs: listing(false) });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await context.clock.sleep(100);
    context.stop.abort(new Error('stopped'));
    await meter.stop();
    expect(lagOf(context)).toBeUndefined();
  });

  test('a listing that fails says nothing', async () => {
    const context = createSampleContext({ listJobs: inTurn<never>(failed('unavailable')) });
    const meter = createLagMeter(context);
    meter.created('batches/new');
    await context.clock.sleep(1000);
    await meter.stop();
    expect(lagOf(context)).toBeUndefined();
  });

  test('a run without a create measures nothing', async () => {
    const context = createSampleContext({});
    await createLagMeter(context).stop();
    expect(context.journal).toEqual([]);
  });
});
