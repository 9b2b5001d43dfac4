import { describe, expect, test } from 'vitest';
import type { BatchRecord, BatchStatus } from '../../src/model/batch-record.ts';
import { FILE_MARGIN_MS, isFileUsable, planSubmit } from '../../src/model/plan.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';
import { file, job, RECORDS } from './records.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const later = (ms: number): string => new Date(NOW.getTime() + ms).toISOString();

function stateOf(...records: readonly BatchRecord[]): SubmissionState {
  return {
    stateId: 'k3v9q2ma',
    createdAt: NOW.toISOString(),
    lastRun: undefined,
    batches: new Map(records.map((record, index) => [index + 1, record])),
  };
}

function files(count: number): { batch: number; path: string; sizeBytes: number }[] {
  return Array.from({ length: count }, (_, index) => ({
    batch: index + 1,
    path: `b${index + 1}`,
    sizeBytes: 1,
  }));
}

function kindsFor(...records: readonly BatchRecord[]): string[] {
  return planSubmit(files(records.length), stateOf(...records), NOW, undefined).map(
    ({ action }) => action.kind,
  );
}

describe('planSubmit()', () => {
  const expected: Readonly<Record<BatchStatus, string>> = {
    pending: 'upload_and_create',
    uploading: 'upload_and_create',
    uploaded: 'create',
    creating: 'look_up',
    uncertain: 'look_up',
    submitted: 'skip',
    succeeded: 'skip',
    collected: 'skip',
    failed: 'skip',
    expired: 'skip',
    cancelled: 'skip',
  };

  test.for(Object.entries(expected))('%s: %s', ([status, kind]) => {
    const record = RECORDS[status as BatchStatus];
    const usable =
      record.status === 'uploaded'
        ? { ...record, file: { ...file, expiresAt: later(2 * FILE_MARGIN_MS) } }
        : record;
    expect(kindsFor(usable)).toEqual([kind]);
  });

  test('takes a batch that is not in the state, and one whose input was refused', () => {
    const refused: BatchRecord = { ...RECORDS.failed, step: 'input', input: undefined, file: undefined };
    expect(kindsFor(refused)).toEqual(['upload_and_create']);
    expect(planSubmit(files(1), stateOf(), NOW, undefined)).toMatchObject([
      { action: { kind: 'upload_and_create' } },
    ]);
  });

  test('leaves a failed batch of rows alone, as a retry chooses its rows anew', () => {
    for (const step of ['input', 'upload', 'create', 'job'] as const) {
      const record: BatchRecord = { ...RECORDS.failed, step, rowsOf: [{ batch: 1, lines: '1' }] };
      expect(kindsFor(record)).toEqual(['skip']);
    }
  });

  test('uploads again what the service has dropped or is about to', () => {
    const dropped: BatchRecord = { ...RECORDS.uploaded, file: { ...file, expiresAt: later(FILE_MARGIN_MS) } };
    expect(kindsFor(dropped)).toEqual(['upload_and_create']);
  });

  test('names the job of what it skips', () => {
    const [planned] = planSubmit(files(1), stateOf(RECORDS.expired), NOW, undefined);
    expect(planned?.action).toEqual({ kind: 'skip', why: 'submitted', job: job.name });
  });

  test('counts only work against the limit', () => {
    const state = stateOf(
      RECORDS.submitted,
      RECORDS.pending,
      RECORDS.submitted,
      RECORDS.pending,
      RECORDS.pending,
    );
    const numbers = (limit: number): number[] =>
      planSubmit(files(5), state, NOW, limit).map(({ file: { batch } }) => batch);
    expect([numbers(0), numbers(1), numbers(2), numbers(9)]).toEqual([
      [1, 3],
      [1, 2, 3],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
    ]);
  });
});

test('isFileUsable() trusts a file without an end, and no unreadable time', () => {
  expect(isFileUsable(undefined, NOW)).toBe(true);
  expect(isFileUsable('someday', NOW)).toBe(false);
  expect(isFileUsable(later(FILE_MARGIN_MS + 1), NOW)).toBe(true);
});
