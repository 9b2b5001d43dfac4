import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecordOf } from '../../src/model/batch-record.ts';
import { cleanUp } from '../../src/upkeep/clean-up.ts';
import type { CleanupPlan, DoomedFile, DoomedJob } from '../../src/upkeep/plan-cleanup.ts';
import { verifyPlan } from '../../src/upkeep/verify-plan.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { RECORDS } from '../model/records.ts';

const EXPIRED: RecordOf<'expired' | 'cancelled'> = { ...RECORDS.expired, job: { name: 'batches/a' } };
const JOB: DoomedJob = {
  name: 'batches/a',
  displayName: 'bs1/k3v9q2ma/1/0123456789abcdef/a1',
  model: undefined,
  batch: 1,
  saved: undefined,
};
const OVER = jobSnapshot('batches/a', 'expired');

function planOf(files: readonly DoomedFile[], jobs: readonly DoomedJob[]): CleanupPlan {
  return { files, jobs, kept: [], others: { files: 0, jobs: 0 } };
}

function manyFiles(count: number): readonly DoomedFile[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `files/${index}`,
    batch: index + 1,
    sizeBytes: 1,
  }));
}

describe('cleanUp()', () => {
  test('saves that a job may be gone before the service is asked', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ok(OVER)), deleteJob: inTurn(ok(undefined)) },
      { 1: EXPIRED },
    );
    expect(await cleanUp(context, planOf([], [JOB]))).toEqual({ files: [], jobs: [JOB], failed: [] });
    expect(context.journal).toEqual([
      'getJob batches/a',
      'saved 1 expired',
      'deleteJob batches/a',
      'event job_deleted',
    ]);
    expect(context.store.recordOf(1)).toMatchObject({ job: { deletionAskedAt: expect.any(String) } });
  });

  test('keeps a job that has left results after all', async () => {
    const found = jobSnapshot('batches/a', 'succeeded');
    const context = createSampleContext({ getJob: inTurn(ok(found)) }, { 1: EXPIRED });
    expect(await cleanUp(context, planOf([], [JOB]))).toMatchObject({
      failed: [{ reason: 'NOT_COLLECTED' }],
    });
    expect(context.store.recordOf(1)).toEqual(EXPIRED);
  });

  test('keeps a job whose results on disk were changed after the plan was made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clean-up-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'batch_001.jsonl');
    const saved = {
      ...RECORDS.collected.saved,
      path,
      sizeBytes: 4,
      // Of "good".
      sha256: '770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c',
    };
    const plan = planOf([], [{ ...JOB, name: 'batches/abc', saved }]);
    await writeFile(path, 'good');
    expect((await verifyPlan(plan)).jobs).toHaveLength(1);
    await writeFile(path, 'evil');
    const context = createSampleContext({}, { 1: { ...RECORDS.collected, saved } });
    expect(await cleanUp(context, plan)).toMatchObject({ jobs: [], failed: [{ reason: 'RESULTS_CHANGED' }] });
    expect(await verifyPlan(plan)).toMatchObject({ jobs: [], kept: [{ batch: 1, reason: 'altered' }] });
  });

  test('goes on after a refusal, and names what it could not delete', async () => {
    const context = createSampleContext({
      deleteFile: (name) => Promise.resolve(name === 'files/1' ? failed('refused') : ok(undefined)),
    });
    const cleaned = await cleanUp(context, planOf(manyFiles(6), []));
    expect(cleaned.files).toHaveLength(5);
    expect(cleaned.failed).toMatchObject([{ name: 'files/1', batch: 2, reason: 'REFUSED' }]);
  });

  test.for([
    ['key_refused', 'E_KEY_REFUSED', 4],
    ['unavailable', 'E_UNREACHABLE', 8],
  ] as const)('stops when every further call would meet the same: %s', async ([kind, code, most]) => {
    const context = createSampleContext({ deleteFile: inTurn<never>(failed(kind)) });
    await expect(cleanUp(context, planOf(manyFiles(50), []))).rejects.toMatchObject({ code });
    const calls = context.journal.filter((line) => line.startsWith('deleteFile'));
    expect(calls.length).toBeLessThanOrEqual(most);
  });
});
