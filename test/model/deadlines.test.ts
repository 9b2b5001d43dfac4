import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { describeDeadlines, groupDeadlines } from '../../src/model/deadline-groups.ts';
import { deadlinesOf, isUncollected } from '../../src/model/deadlines.ts';
import { pendingJobs } from '../../src/model/pending-age.ts';
import { ago, NOW, stateOf } from './moments.ts';
import { RECORDS, saved } from './records.ts';

const FILE = { name: 'files/a', uri: 'https://example/files/a', uploadedAt: ago(40), expiresAt: ago(-8) };
const JOB = { name: 'batches/a', submittedAt: ago(30) };
const RESULTS = { kind: 'file', name: 'files/r' } as const;
const { uploaded, creating, uncertain, submitted, succeeded, collected, failed, expired } = RECORDS;

const INPUT_IN_8 = { what: 'input', at: ago(-8), hoursLeft: 8, lifeHours: 48 };
const JOB_IN_18 = { what: 'job', at: ago(-18), hoursLeft: 18, lifeHours: 48, hasJob: true };
const RESULTS_IN_3 = { what: 'results', at: ago(-3), hoursLeft: 3, lifeHours: 48, hasJob: true };

interface Case {
  readonly name: string;
  readonly record: BatchRecord;
  readonly expected: readonly object[];
}

const CASES: readonly Case[] = [
  { name: 'pending', record: RECORDS.pending, expected: [] },
  { name: 'uploading', record: RECORDS.uploading, expected: [] },
  { name: 'uploaded', record: { ...uploaded, file: FILE }, expected: [{ ...INPUT_IN_8, hasJob: false }] },
  { name: 'creating', record: { ...creating, file: FILE }, expected: [{ ...INPUT_IN_8, hasJob: false }] },
  { name: 'uncertain', record: { ...uncertain, file: FILE }, expected: [{ ...INPUT_IN_8, hasJob: false }] },
  {
    name: 'a pending job',
    record: { ...submitted, file: FILE, job: JOB },
    expected: [{ ...INPUT_IN_8, hasJob: true }, JOB_IN_18],
  },
  {
    name: 'a job of which nobody knows whether it runs',
    record: { ...submitted, file: FILE, job: JOB, jobState: 'unknown' },
    expected: [{ ...INPUT_IN_8, hasJob: true }, JOB_IN_18],
  },
  {
    name: 'a running job, which has read its input',
    record: { ...submitted, file: FILE, job: JOB, jobState: 'running' },
    expected: [JOB_IN_18],
  },
  {
    name: 'a running job of unknown age',
    record: { ...submitted, job: { name: 'batches/a' }, jobState: 'running' },
    expected: [],
  },
  { name: 'succeeded', record: { ...succeeded, endedAt: ago(45) }, expected: [RESULTS_IN_3] },
  {
    name: 'succeeded, and known to be lost',
    record: { ...succeeded, endedAt: ago(45), lostSince: ago(1) },
    expected: [],
  },
  { name: 'collected', record: { ...collected, endedAt: ago(45) }, expected: [] },
  {
    name: 'expired with partial results',
    record: { ...expired, endedAt: ago(45), results: RESULTS },
    expected: [RESULTS_IN_3],
  },
  {
    name: 'cancelled with partial results that are saved',
    record: { ...expired, status: 'cancelled', endedAt: ago(45), results: RESULTS, saved },
    expected: [],
  },
  { name: 'expired with nothing', record: { ...expired, endedAt: ago(45) }, expected: [] },
  {
    name: 'failed with partial results',
    record: { ...failed, step: 'job', failedAt: ago(45), job: JOB, results: RESULTS },
    expected: [RESULTS_IN_3],
  },
  { name: 'failed before there was a job', record: { ...failed, failedAt: ago(45) }, expected: [] },
];

describe('deadlinesOf()', () => {
  test.for(CASES)('$name', ({ record, expected }) => {
    expect(deadlinesOf(stateOf({ 7: record }), NOW)).toEqual(
      expected.map((deadline) => ({ batch: 7, ...deadline })),
    );
  });

  test('counts 48 hours from an upload that does not say when it expires', () => {
    const file = { ...FILE, expiresAt: undefined };
    expect(deadlinesOf(stateOf({ 1: { ...uploaded, file } }), NOW)).toMatchObject([INPUT_IN_8]);
  });

  test('an upload of unknown age has a deadline without a life, or none', () => {
    const file = { ...FILE, uploadedAt: undefined };
    expect(deadlinesOf(stateOf({ 1: { ...uploaded, file } }), NOW)).toMatchObject([
      { hoursLeft: 8, lifeHours: undefined },
    ]);
    const unknown = { ...file, expiresAt: undefined };
    expect(deadlinesOf(stateOf({ 1: { ...uploaded, file: unknown } }), NOW)).toEqual([]);
  });

  test('is negative once a deadline has passed', () => {
    const late = deadlinesOf(stateOf({ 1: { ...succeeded, endedAt: ago(50) } }), NOW);
    expect(late).toMatchObject([{ hoursLeft: -2 }]);
  });

  test('goes through the batches in the order of their numbers', () => {
    const record = { ...succeeded, endedAt: ago(1) };
    const deadlines = deadlinesOf(stateOf({ 10: record, 9: record, 100: record }), NOW);
    expect(deadlines.map(({ batch }) => batch)).toEqual([9, 10, 100]);
  });

  test('agrees with isUncollected() about every status', () => {
    for (const { record } of CASES) {
      const hasResults = deadlinesOf(stateOf({ 1: record }), NOW).some(({ what }) => what === 'results');
      expect(hasResults, record.status).toBe(isUncollected(record));
    }
  });
});

describe('pendingJobs()', () => {
  test('the oldest first; running ones and those of unknown age are left out', () => {
    const waiting = (hours: number): BatchRecord => ({
      ...submitted,
      job: { name: 'batches/a', submittedAt: ago(hours) },
    });
    const state = stateOf({
      1: waiting(3),
      2: waiting(26),
      3: { ...submitted, job: JOB, jobState: 'running' },
      4: submitted,
      5: waiting(26),
    });
    expect(pendingJobs(state, NOW)).toEqual([
      { batch: 2, hours: 26 },
      { batch: 5, hours: 26 },
      { batch: 1, hours: 3 },
    ]);
  });

  test('a job that is younger than now by another clock is new', () => {
    const job = { name: 'batches/a', submittedAt: ago(-1) };
    expect(pendingJobs(stateOf({ 1: { ...submitted, job } }), NOW)).toEqual([{ batch: 1, hours: 0 }]);
  });
});

describe('groupDeadlines()', () => {
  test('folds those of one kind in the same hour, the nearest first', () => {
    const at = (hours: number): BatchRecord => ({ ...uploaded, file: { ...FILE, expiresAt: ago(-hours) } });
    const state = stateOf({
      1: at(9.1),
      3: at(5.9),
      4: at(5.2),
      5: { ...succeeded, endedAt: ago(42.5) },
    });
    const groups = groupDeadlines(deadlinesOf(state, NOW));
    expect(groups).toMatchObject([
      { what: 'input', at: ago(-5.2), batches: [3, 4] },
      { what: 'results', at: ago(-5.5), batches: [5] },
      { what: 'input', at: ago(-9.1), batches: [1] },
    ]);
    expect(groups.map((group) => describeDeadlines(group))).toEqual([
      'inputs of batches 3-4 expire in 5 h',
      'results of batch 5 may be gone in 5 h',
      'input of batch 1 expires in 9 h',
    ]);
  });

  test.for([
    { what: 'input', hoursLeft: 0.2, batches: [1], says: 'input of batch 1 expires in 12 min' },
    { what: 'input', hoursLeft: -1, batches: [1], says: 'input of batch 1 has expired' },
    { what: 'input', hoursLeft: -1, batches: [1, 2], says: 'inputs of batches 1-2 have expired' },
    { what: 'job', hoursLeft: 18.9, batches: [1], says: 'job of batch 1 expires in 18 h' },
    { what: 'job', hoursLeft: 1, batches: [1, 3], says: 'jobs of batches 1, 3 expire in 1 h' },
    { what: 'job', hoursLeft: -1, batches: [1, 3], says: 'jobs of batches 1, 3 are older than a job may be' },
    { what: 'results', hoursLeft: -1, batches: [1, 3], says: 'results of batches 1, 3 may be gone by now' },
  ] as const)('says: $says', ({ says, ...group }) => {
    expect(describeDeadlines({ ...group, at: ago(0) })).toBe(says);
  });
});
