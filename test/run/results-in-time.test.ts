import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createVirtualClock, startEmulator, type VirtualClock } from '../../src/emulator/index.ts';
import { createGeminiService } from '../../src/gemini/gemini-service.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { PlannedBatch } from '../../src/model/plan.ts';
import { runAll } from '../../src/run/run-all.ts';
import { batchText, writeBatches } from '../cli/batch-files.ts';
import { requestsTo } from '../cli/service-record.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';
import { OPTIONS as SUBMIT } from '../submit/sample-submit.ts';

const HOUR_MS = 3_600_000;
const POLL_MS = HOUR_MS;
const BATCHES: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);

/**
 * The service's time goes on by one poll with each poll, and stands still while requests are under way,
 * so that days pass in a moment and the same way on every machine.
 */
function createPolledClock(time: VirtualClock): Clock {
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => new Date(time.now()),
    monotonicMs: () => time.now(),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (ms === POLL_MS) {
        time.advance(ms);
        for (const sleeper of sleepers) if (sleeper.at <= time.now()) sleeper.wake();
        return await setImmediate();
      }
      await new Promise<void>((resolve) => {
        const sleeper = { at: time.now() + ms, wake: () => (sleepers.delete(sleeper), resolve()) };
        sleepers.add(sleeper);
      });
    },
  };
}

test('no result is lost while submission waits for quota for days longer than results live', async () => {
  const folder = await temporaryFolder();
  const time = createVirtualClock(Date.now());
  const emulator = await startEmulator({
    clock: time,
    quotaJobs: 2,
    jobTimeMs: { min: 12 * HOUR_MS, max: 24 * HOUR_MS },
    resultTtlMs: 48 * HOUR_MS,
  });
  onTestFinished(() => emulator.close());
  await writeBatches(folder, BATCHES);
  const planned = BATCHES.map((batch): PlannedBatch => {
    const path = join(folder, `batch_${String(batch).padStart(3, '0')}.jsonl`);
    return {
      file: { batch, path, sizeBytes: Buffer.byteLength(batchText(batch)) },
      action: { kind: 'upload_and_create' },
    };
  });
  const context = {
    ...createSampleContext({}),
    clock: createPolledClock(time),
    service: createGeminiService({ apiKey: 'AIzaSy-made-up', baseUrl: emulator.url }),
  };
  const startedMs = time.now();
  const outcome = await runAll(context, planned, {
    submit: {
      ...SUBMIT,
      stagingDirectory: join(folder, 'staged'),
      policy: { ...SUBMIT.policy, rateLimitWaitMs: HOUR_MS / 2 },
    },
    download: { outputDirectory: join(folder, 'results'), concurrency: 4, force: false },
    pollMs: POLL_MS,
    timeoutMs: undefined,
  });
  expect(outcome).toMatchObject({ downloadFailed: [], active: [], stoppedBy: undefined });
  expect(outcome.submitted).toHaveLength(BATCHES.length);
  expect([...outcome.downloaded].sort((a, b) => a - b)).toEqual(BATCHES);
  for (const batch of BATCHES)
    expect(context.store.recordOf(batch)).toMatchObject({
      status: 'collected',
      saved: { answered: 2, failed: 0 },
    });
  expect(requestsTo(emulator, 'download')).toHaveLength(BATCHES.length);
  expect(time.now() - startedMs, 'as long as the test is about').toBeGreaterThan(2 * 48 * HOUR_MS);
});
