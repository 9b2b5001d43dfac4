import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { JobSnapshot } from '../../src/model/job.ts';
import type { RemoteFile } from '../../src/model/service.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';
import { planCleanup, type CleanupWish } from '../../src/upkeep/plan-cleanup.ts';
import { jobSnapshot } from '../service/service-double.ts';
import { RECORDS } from '../model/records.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-23T00:00:00Z');
const BOTH: CleanupWish = {
  files: true,
  jobs: true,
  olderThanMs: undefined,
  settleMs: 600_000,
  key: undefined,
};

function hoursAgo(hours: number): string {
  return new Date(NOW - hours * HOUR_MS).toISOString();
}

function collected(batch: number): BatchRecord {
  return { ...RECORDS.collected, attempt: 1, job: { name: `batches/j${batch}` } };
}

function jobOf(batch: number, hours: number, stateId = 'k3v9q2ma'): JobSnapshot {
  return jobSnapshot(`batches/j${batch}`, 'succeeded', {
    displayName: `mine [bs1/${stateId}/${batch}/9f86d081884c7d65/a1]`,
    createdAt: hoursAgo(hours),
    endedAt: hoursAgo(hours - 0.5),
  });
}

function fileOf(batch: number, hours: number, stateId = 'k3v9q2ma'): RemoteFile {
  const name = `files/bs1-${stateId}-0000${batch}-9f86d081884c-a1`;
  const uploadedAt = hoursAgo(hours);
  return { name, uri: name, sizeBytes: 10 * batch, sha256: undefined, active: true, uploadedAt };
}

function stateOf(records: Readonly<Record<number, BatchRecord>>): SubmissionState {
  const batches = new Map(Object.entries(records).map(([batch, record]) => [Number(batch), record]));
  return { stateId: 'k3v9q2ma', createdAt: '', lastRun: undefined, batches };
}

const THREE = stateOf({ 1: collected(1), 2: collected(2), 3: collected(3) });
const REMAINS = {
  jobs: [jobOf(3, 2), jobOf(2, 20), jobOf(1, 40)],
  files: [fileOf(3, 2), fileOf(2, 20), fileOf(1, 40)],
  nowMs: NOW,
};

describe('planCleanup()', () => {
  test('takes all that is collected, but for the newest job', () => {
    const plan = planCleanup(THREE, REMAINS, BOTH);
    expect(plan.files.map(({ batch }) => batch)).toEqual([1, 2, 3]);
    expect(plan.jobs.map(({ batch }) => batch)).toEqual([1, 2]);
    expect(plan.kept).toEqual([{ kind: 'job', name: 'batches/j3', batch: 3, reason: 'canary' }]);
  });

  test('looks at files only, or at jobs only', () => {
    expect(planCleanup(THREE, REMAINS, { ...BOTH, jobs: false })).toMatchObject({ jobs: [], kept: [] });
    expect(planCleanup(THREE, REMAINS, { ...BOTH, files: false }).files).toEqual([]);
  });

  test('leaves what is younger, and what does not tell its age', () => {
    const unknownAge = { ...fileOf(1, 40), uploadedAt: undefined };
    const remains = { ...REMAINS, files: [fileOf(3, 2), fileOf(2, 20), unknownAge] };
    const plan = planCleanup(THREE, remains, { ...BOTH, olderThanMs: 12 * HOUR_MS });
    expect(plan.files.map(({ batch }) => batch)).toEqual([2]);
    expect(plan.jobs.map(({ batch }) => batch)).toEqual([1]);
    expect(plan.kept.map(({ kind, batch, reason }) => `${kind} ${batch} ${reason}`)).toEqual([
      'file 1 young',
      'job 2 canary',
      'file 3 young',
      'job 3 young',
    ]);
  });

  test('keeps every job while the outcome of a create is open', () => {
    const state = stateOf({ 1: collected(1), 2: collected(2), 3: collected(3), 4: RECORDS.uncertain });
    const plan = planCleanup(state, REMAINS, BOTH);
    expect(plan.jobs).toEqual([]);
    expect(new Set(plan.kept.map(({ reason }) => reason))).toEqual(new Set(['open_create']));
    expect(plan.files).toHaveLength(3);
  });

  test('does not even judge what has no mark of this state', () => {
    const remains = {
      ...REMAINS,
      jobs: [jobOf(1, 40, 'otherone'), jobSnapshot('batches/j2', 'succeeded', { displayName: 'batch 2' })],
      files: [fileOf(1, 40, 'otherone'), { ...fileOf(2, 40), name: 'files/batch-results-of-somebody' }],
    };
    expect(planCleanup(THREE, remains, BOTH)).toEqual({
      files: [],
      jobs: [],
      kept: [],
      others: { files: 2, jobs: 2 },
    });
  });
});
