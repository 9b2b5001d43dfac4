import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlannedBatch } from '../../src/model/plan.ts';
import type { BatchService } from '../../src/model/service.ts';
import { runAll, type RunAllOptions } from '../../src/run/run-all.ts';
import { writeBatches } from '../cli/batch-files.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';
import { submitted, UNCERTAIN } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';
import { OPTIONS as SUBMIT } from '../submit/sample-submit.ts';

const OPTIONS: RunAllOptions = {
  submit: SUBMIT,
  download: { outputDirectory: 'never-made', concurrency: 1, force: false },
  pollMs: 1000,
  timeoutMs: undefined,
};

const RUNNING = ok(jobSnapshot('batches/a', 'running'));
const ENDED = ok(jobSnapshot('batches/a', 'cancelled', { results: undefined }));
const FILE = { batch: 1, path: 'batches/1.jsonl', sizeBytes: 100 };
const SUBMITTED: readonly PlannedBatch[] = [
  { file: FILE, action: { kind: 'skip', why: 'submitted', job: 'batches/a' } },
];

/** One batch whose job is under way, and nothing to submit. */
function watching(...answers: readonly (typeof RUNNING | ReturnType<typeof failed>)[]): SampleContext {
  return createSampleContext({ getJob: inTurn(...answers) }, { 1: submitted('batches/a') });
}

describe('runAll()', () => {
  test('polls until no job is under way', async () => {
    const context = watching(RUNNING, RUNNING, ENDED);
    expect(await runAll(context, SUBMITTED, OPTIONS)).toEqual({
      submitted: [],
      downloaded: [],
      downloadFailed: [],
      active: [],
      stoppedBy: undefined,
    });
    expect(context.journal.filter((step) => step.startsWith('getJob'))).toHaveLength(3);
  });

  test('goes on polling when the service does not answer', async () => {
    const context = watching(failed('unavailable'), ENDED);
    expect(await runAll(context, SUBMITTED, OPTIONS)).toMatchObject({ active: [] });
  });

  test('gives up after three rounds in which the service refuses to speak of every job that is left', async () => {
    const context = watching(failed('refused'));
    expect(await runAll(context, SUBMITTED, OPTIONS)).toMatchObject({ active: [1], stoppedBy: undefined });
    expect(context.journal.filter((step) => step.startsWith('getJob'))).toHaveLength(3);
  });

  test('a round in which one of them is spoken of counts for all', async () => {
    const context = watching(failed('refused'), failed('refused'), RUNNING, failed('refused'), ENDED);
    expect(await runAll(context, SUBMITTED, OPTIONS)).toMatchObject({ active: [] });
  });

  test('ends after the timeout with the jobs that are under way', async () => {
    const context = watching(RUNNING);
    expect(await runAll(context, SUBMITTED, { ...OPTIONS, timeoutMs: 3500 })).toMatchObject({ active: [1] });
    expect(context.clock.elapsed()).toBeGreaterThanOrEqual(3500);
    expect(context.clock.elapsed()).toBeLessThan(6000);
  });

  test('looks at once when the last batch was submitted, however long the poll', async () => {
    const found = jobSnapshot('batches/found', 'running', { displayName: UNCERTAIN.intent.displayName });
    const calls: Partial<BatchService> = {
      checkModel: inTurn(ok(undefined)),
      listJobs: inTurn(ok({ jobs: [found], nextPageToken: undefined })),
      getJob: inTurn(ENDED),
    };
    const context = createSampleContext(calls, { 1: UNCERTAIN });
    const planned: readonly PlannedBatch[] = [{ file: FILE, action: { kind: 'look_up' } }];
    expect(await runAll(context, planned, { ...OPTIONS, pollMs: 3_600_000 })).toMatchObject({
      submitted: [1],
      active: [],
    });
    expect(context.clock.elapsed()).toBe(0);
  });

  test('collects what is ready when submitting gives up, and says why it did', async () => {
    const context = createSampleContext(
      { checkModel: inTurn<void>(failed('key_refused')), getJob: inTurn(ENDED) },
      { 1: submitted('batches/a'), 2: { status: 'pending', attempt: 1 } },
    );
    const planned: readonly PlannedBatch[] = [
      ...SUBMITTED,
      { file: { ...FILE, batch: 2 }, action: { kind: 'upload_and_create' } },
    ];
    expect(await runAll(context, planned, OPTIONS)).toMatchObject({ stoppedBy: { code: 'E_KEY_REFUSED' } });
    expect(context.store.recordOf(1)).toMatchObject({ status: 'cancelled' });
  });

  test('does not wait for quota any longer when the results cannot be saved', async () => {
    const folder = await temporaryFolder();
    await writeBatches(folder, [2]);
    const uploaded = {
      name: 'files/mine',
      uri: 'https://host/files/mine',
      sizeBytes: 1,
      sha256: undefined,
      active: true,
    };
    let hasAskedForQuota = false;
    const context = createSampleContext(
      {
        checkModel: inTurn(ok(undefined)),
        listJobs: inTurn(ok({ jobs: [], nextPageToken: undefined })),
        uploadFile: inTurn(ok(uploaded)),
        createJob: () => {
          hasAskedForQuota = true;
          return Promise.resolve(failed('rate_limited'));
        },
        getJob: () => Promise.resolve(hasAskedForQuota ? failed('key_refused') : RUNNING),
      },
      { 1: submitted('batches/a'), 2: { status: 'pending', attempt: 1 } },
    );
    const path = join(folder, 'batch_002.jsonl');
    const planned: readonly PlannedBatch[] = [
      ...SUBMITTED,
      { file: { batch: 2, path, sizeBytes: 1 }, action: { kind: 'upload_and_create' } },
    ];
    const submit = { ...SUBMIT, stagingDirectory: join(folder, 'staged') };
    const outcome = await runAll(context, planned, { ...OPTIONS, submit, pollMs: 60_000 });
    expect(outcome).toMatchObject({ submitted: [], active: [1], stoppedBy: { code: 'E_KEY_REFUSED' } });
    expect(hasAskedForQuota).toBe(true);
    expect(context.store.recordOf(2)).toMatchObject({ status: 'uploaded' });
  });

  test('ends at once when the run is stopped, and says by what', async () => {
    const context = watching(RUNNING);
    const running = runAll(context, SUBMITTED, { ...OPTIONS, pollMs: 3_600_000 });
    context.stop.abort(new Error('Ctrl-C'));
    expect(await running).toMatchObject({ stoppedBy: { message: 'Ctrl-C' } });
    expect(context.clock.elapsed()).toBe(0);
  });
});
