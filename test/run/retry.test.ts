import { describe, expect, test } from 'vitest';
import type { BatchRecord, RecordOf } from '../../src/model/batch-record.ts';
import type { RunContext } from '../../src/model/run-context.ts';
import { prepareRetry, type RetryWish } from '../../src/run/retry.ts';
import type { RetryStatus } from '../../src/submit/requeue.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { START } from '../service/fake-clock.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

/** Everything of these kinds. */
function wish(...statuses: readonly RetryStatus[]): RetryWish {
  return {
    statuses,
    rows: undefined,
    forget: [],
    limit: undefined,
    download: DOWNLOAD,
    stagingDirectory: '/nonexistent',
  };
}

/** The numbers of the batches that were made ready. */
async function numbersReady(
  context: RunContext,
  batches: readonly number[],
  wanted: RetryWish,
): Promise<readonly number[]> {
  const files = batches.map((batch) => ({ batch, path: `b${batch}.jsonl`, sizeBytes: 9 }));
  const { files: ready } = await prepareRetry(context, batches, files, wanted);
  return ready.map(({ batch }) => batch);
}

const DOWNLOAD = { outputDirectory: 'never-made', concurrency: 1, force: false };
const EXPIRED: BatchRecord = { ...succeeded('batches/e'), status: 'expired', results: undefined };
const PARTIAL: BatchRecord = { ...succeeded('batches/e'), status: 'expired' };
const REFUSED: RecordOf<'failed'> = {
  status: 'failed',
  attempt: 1,
  step: 'create',
  reason: 'INVALID_ARGUMENT',
  detail: 'bad',
  failedAt: START,
};
const MISSING: RecordOf<'failed'> = { ...REFUSED, step: 'job', reason: 'missing' };

describe('prepareRetry()', () => {
  test('makes failed and expired batches ready for another attempt, and remembers the ended job', async () => {
    const context = createSampleContext({}, { 1: REFUSED, 2: EXPIRED, 3: succeeded('batches/s') });
    expect(await numbersReady(context, [1, 2, 3], wish('failed', 'expired', 'cancelled'))).toEqual([1, 2]);
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
    expect(await numbersReady(context, [1], wish('failed', 'expired', 'cancelled', 'missing'))).toEqual([]);
    expect(context.journal[0]).toBe('getJob batches/a');
  });

  test('takes a job that turns out to have failed', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/a', 'failed', { results: undefined }))) },
      { 1: submitted('batches/a') },
    );
    expect(await numbersReady(context, [1], wish('failed'))).toEqual([1]);
  });

  test.for([
    ['unavailable', 'E_UNREACHABLE'],
    ['not_sent', 'E_UNREACHABLE'],
    ['key_refused', 'E_KEY_REFUSED'],
  ] as const)('throws when the service cannot be asked (%s), and touches nothing', async ([kind, code]) => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed(kind)) },
      { 1: submitted('batches/a'), 2: REFUSED },
    );
    await expect(numbersReady(context, [1, 2], wish('failed', 'missing'))).rejects.toMatchObject({ code });
    expect(context.store.recordOf(1)).toEqual(submitted('batches/a'));
    expect(context.store.recordOf(2)).toEqual(REFUSED);
  });

  test('a job that is refused is not touched, and keeps no other from being tried again', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed('refused')) },
      { 1: submitted('batches/a'), 2: REFUSED },
    );
    expect(await numbersReady(context, [1, 2], wish('failed', 'missing'))).toEqual([2]);
    expect(context.store.recordOf(1).status).toBe('submitted');
  });

  test('takes only the kinds that are named; a missing job may still run under another key', async () => {
    const records = { 1: REFUSED, 2: EXPIRED, 3: MISSING };
    const expired = createSampleContext({}, records);
    expect(await numbersReady(expired, [1, 2, 3], wish('expired'))).toEqual([2]);
    const missing = createSampleContext({}, records);
    expect(await numbersReady(missing, [1, 2, 3], wish('missing'))).toEqual([3]);
  });

  test('takes no more than the limit, the first ones', async () => {
    const context = createSampleContext({}, { 1: REFUSED, 2: EXPIRED, 3: REFUSED });
    const some = { ...wish('failed'), limit: 1 };
    expect(await numbersReady(context, [1, 2, 3], some)).toEqual([1]);
    expect(context.store.recordOf(3)).toEqual(REFUSED);
  });

  test('does not submit a missing job again that turns out to be alive', async () => {
    const job = { name: 'batches/a' };
    const context = createSampleContext(
      { getJob: inTurn(ok(jobSnapshot('batches/a', 'running'))) },
      { 1: { ...MISSING, job } },
    );
    expect(await numbersReady(context, [1], wish('missing'))).toEqual([]);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', job });
  });

  // They were found missing before, beside jobs that the key knew; naming them is what retry asks for.
  test('takes several missing jobs that are still missing', async () => {
    const context = createSampleContext(
      { getJob: inTurn<never>(failed('not_found')) },
      { 1: { ...MISSING, job: { name: 'batches/a' } }, 2: { ...MISSING, job: { name: 'batches/b' } } },
    );
    expect(await numbersReady(context, [1, 2], wish('missing'))).toEqual([1, 2]);
  });

  test.for(['refused', 'unavailable'] as const)(
    'leaves a batch alone whose partial results cannot be saved now (%s), and takes the others',
    async (kind) => {
      const context = createSampleContext(
        { downloadResult: inTurn<never>(failed(kind)) },
        { 1: PARTIAL, 2: EXPIRED },
      );
      const download = { ...DOWNLOAD, outputDirectory: await temporaryFolder() };
      expect(await numbersReady(context, [1, 2], { ...wish('expired'), download })).toEqual([2]);
      expect(context.store.recordOf(1)).toEqual(PARTIAL);
    },
  );

  test('takes a batch whose partial results are gone, and remembers where they were', async () => {
    const context = createSampleContext(
      { downloadResult: inTurn<never>(failed('not_found')) },
      { 1: PARTIAL },
    );
    const download = { ...DOWNLOAD, outputDirectory: await temporaryFolder() };
    expect(await numbersReady(context, [1], { ...wish('expired'), download })).toEqual([1]);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'pending',
      attempt: 2,
      earlier: [{ jobName: 'batches/e', results: { kind: 'file', name: 'files/results-of-e' } }],
    });
  });
});
