import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { prepareRetry } from '../../src/run/retry.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { START } from '../service/fake-clock.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';

const DOWNLOAD = { outputDirectory: 'never-made', concurrency: 1, force: false };
const EXPIRED: BatchRecord = { ...succeeded('batches/e'), status: 'expired', results: undefined };
const REFUSED: BatchRecord = {
  status: 'failed',
  attempt: 1,
  step: 'create',
  reason: 'INVALID_ARGUMENT',
  detail: 'bad',
  failedAt: START,
};
const MISSING: BatchRecord = { ...REFUSED, step: 'job', reason: 'missing' };

describe('prepareRetry()', () => {
  test('makes failed and expired batches ready for another attempt, and remembers the ended job', async () => {
    const context = createSampleContext({}, { 1: REFUSED, 2: EXPIRED, 3: succeeded('batches/s') });
    expect(await prepareRetry(context, [1, 2, 3], ['failed', 'expired', 'cancelled'], DOWNLOAD)).toEqual([
      1, 2,
    ]);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'pending', attempt: 2 });
    expect(context.store.recordOf(2)).toMatchObject({
      status: 'pending',
      attempt: 2,
      earlier: [{ jobName: 'batches/e', ended: 'expired' }],
    });
    expect(context.store.recordOf(3)).toMatchObject({ status: 'succeeded' });
    expect(context.events).toMatchObject([
      { event: 'batch_requeued', batch: 1, was: 'failed', attempt: 2 },
      { event: 'batch_requeued', batch: 2, was: 'expired' },
    ]);
  });

  test('asks about a job first, and never makes a second one beside a live one', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/a', 'running'))) },
      { 1: submitted('batches/a') },
    );
    expect(await prepareRetry(context, [1], ['failed', 'expired', 'cancelled', 'missing'], DOWNLOAD)).toEqual(
      [],
    );
    expect(context.journal[0]).toBe('getJob batches/a');
  });

  test('takes a job that turns out to have failed', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/a', 'failed', { results: undefined }))) },
      { 1: submitted('batches/a') },
    );
    expect(await prepareRetry(context, [1], ['failed'], DOWNLOAD)).toEqual([1]);
  });

  test('does not touch a job that cannot be asked about', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed('unavailable')) },
      { 1: submitted('batches/a') },
    );
    expect(await prepareRetry(context, [1], ['failed', 'missing'], DOWNLOAD)).toEqual([]);
  });

  test('takes only the kinds that are named; a missing job may still run under another key', async () => {
    const records = { 1: REFUSED, 2: EXPIRED, 3: MISSING };
    const expired = createSampleContext({}, records);
    expect(await prepareRetry(expired, [1, 2, 3], ['expired'], DOWNLOAD)).toEqual([2]);
    const missing = createSampleContext({}, records);
    expect(await prepareRetry(missing, [1, 2, 3], ['missing'], DOWNLOAD)).toEqual([3]);
  });
});
