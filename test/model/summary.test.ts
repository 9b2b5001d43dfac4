import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { isSubmitted, type SubmissionState } from '../../src/model/submission-state.ts';
import {
  countSettled,
  countStatuses,
  countUnanswered,
  jobStateOf,
  summarize,
} from '../../src/model/summary.ts';
import { input, job, RECORDS, saved } from './records.ts';

function stateOf(batches: ReadonlyMap<number, BatchRecord>): SubmissionState {
  return { stateId: 'k3v9q2ma', createdAt: '', lastRun: undefined, batches };
}

describe('countStatuses()', () => {
  test('counts every batch in exactly one group', () => {
    const record = fc.constantFrom<BatchRecord>(...Object.values(RECORDS), {
      ...RECORDS.submitted,
      jobState: 'running',
    });
    const entries = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), record));
    fc.assert(
      fc.property(entries, fc.array(fc.integer({ min: 1, max: 60 })), (some, onDisk) => {
        const state = stateOf(new Map(some));
        const lines = summarize(state, onDisk);
        const { downloaded, ...groups } = countStatuses(state, lines);
        const numbers = [...new Set([...state.batches.keys(), ...onDisk])].sort((a, b) => a - b);
        expect(lines.map(({ batch }) => batch)).toEqual(numbers);
        expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBe(numbers.length);
        expect(downloaded).toBeLessThanOrEqual(groups.succeeded);
      }),
    );
  });
});

describe('countSettled()', () => {
  const RETRY = 900_000_001;
  const ofRows = { rowsOf: [{ batch: 1, lines: '7-10' }] };
  const cut: BatchRecord = {
    ...RECORDS.cancelled,
    input: { ...input, lines: 10 },
    saved: { ...saved, answered: 6 },
  };
  const settled = (records: readonly (readonly [number, BatchRecord])[]): number =>
    countSettled(stateOf(new Map(records)), [1, RETRY]);

  test('takes a cut batch for settled while the rest of its rows is sent again, or answered', () => {
    expect(settled([[1, cut]])).toBe(0);
    const retries: readonly [BatchRecord, number][] = [
      [{ ...RECORDS.submitted, ...ofRows }, 1],
      [{ ...RECORDS.pending, ...ofRows }, 1],
      // The retry itself is no failure of its own: what it left is its batch's.
      [{ ...RECORDS.expired, ...ofRows }, 1],
      [{ ...RECORDS.failed, ...ofRows }, 1],
      // It may be running where this key cannot see it.
      [{ ...RECORDS.failed, ...ofRows, reason: 'missing' }, 1],
    ];
    for (const [retry, count] of retries)
      expect([
        retry.status,
        settled([
          [1, cut],
          [RETRY, retry],
        ]),
      ]).toEqual([retry.status, count]);
    const few: BatchRecord = { ...RECORDS.submitted, rowsOf: [{ batch: 1, lines: '7-9' }] };
    expect(
      settled([
        [1, cut],
        [RETRY, few],
      ]),
    ).toBe(0);
  });
});

describe('countUnanswered()', () => {
  test('takes off what a retry answered, of the file that the batch was sent from last', () => {
    const own: BatchRecord = { ...RECORDS.collected, saved: { ...saved, answered: 6, failed: 4 } };
    const audit = {
      against: 'input',
      defects: {},
      usage: { prompt: 0, cached: 0, answer: 0, thoughts: 0, total: 0 },
      rows: [{ batch: 1, answered: 3 }],
    } as const;
    const retryOf = (inputSha256: string): BatchRecord => ({
      ...RECORDS.collected,
      rowsOf: [{ batch: 1, lines: '7-10', inputSha256 }],
      saved: { ...saved, audit },
    });
    const left = (retry: BatchRecord): number =>
      countUnanswered(
        stateOf(
          new Map([
            [1, own],
            [900_000_001, retry],
          ]),
        ),
        [1],
      ).count;
    expect(left(retryOf(input.sha256))).toBe(1);
    expect(left(retryOf('ef'.repeat(32)))).toBe(4);
  });
});

describe('jobStateOf()', () => {
  test('has the public spelling, and none without a job', () => {
    const spelled = Object.values(RECORDS).map((record) => [record.status, jobStateOf(record)]);
    expect(Object.fromEntries(spelled)).toEqual({
      pending: undefined,
      uploading: undefined,
      uploaded: undefined,
      creating: undefined,
      uncertain: undefined,
      submitted: 'JOB_STATE_PENDING',
      succeeded: 'JOB_STATE_SUCCEEDED',
      collected: 'JOB_STATE_SUCCEEDED',
      failed: undefined,
      expired: 'JOB_STATE_EXPIRED',
      cancelled: 'JOB_STATE_CANCELLED',
    });
    expect(jobStateOf({ ...RECORDS.failed, step: 'job', job })).toBe('JOB_STATE_FAILED');
    expect(jobStateOf({ ...RECORDS.submitted, jobState: 'unknown' })).toBe('JOB_STATE_UNSPECIFIED');
  });
});

test('isSubmitted() means that a job exists, however it ended', () => {
  const submitted = Object.values(RECORDS).filter(isSubmitted);
  expect(submitted.map(({ status }) => status)).toEqual([
    'submitted',
    'succeeded',
    'collected',
    'expired',
    'cancelled',
  ]);
});

test('summarize() says why a batch failed and what is on disk of it', () => {
  const records = new Map<number, BatchRecord>([
    [1, { ...RECORDS.failed, detail: 'line 412 is not valid JSON' }],
    [2, { ...RECORDS.expired, saved }],
  ]);
  expect(summarize(stateOf(records), [3])).toMatchObject([
    { batch: 1, detail: 'line 412 is not valid JSON', job: undefined, downloaded: false },
    { batch: 2, detail: undefined, job: job.name, downloaded: true },
    { batch: 3, status: 'pending', attempt: 1 },
  ]);
});
