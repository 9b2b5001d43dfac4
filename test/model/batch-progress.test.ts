import { describe, expect, test } from 'vitest';
import { batchProgress, createBatchProgress } from '../../src/model/batch-progress.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { stateOf } from './moments.ts';
import { input, RECORDS, saved } from './records.ts';

const TEN = { ...input, lines: 10 };

function collected(answered: number, failed = 0): BatchRecord {
  return { ...RECORDS.collected, input: TEN, saved: { ...saved, lines: 10, answered, failed } };
}

describe('batchProgress()', () => {
  test('counts each batch once, and those with a job', () => {
    const state = stateOf({ 1: collected(10), 2: RECORDS.submitted, 3: RECORDS.failed, 9: RECORDS.expired });
    expect(batchProgress(state, [1, 2, 3, 4])).toMatchObject({
      total: 4,
      submitted: 2,
      counts: { notSubmitted: 1, pending: 1, succeeded: 1, downloaded: 1, failed: 1, expired: 0 },
    });
  });

  test('knows how many requests were planned once every file was read', () => {
    const known = stateOf({ 1: collected(9, 1), 2: { ...RECORDS.submitted, input: TEN } });
    expect(batchProgress(known, [1, 2]).requests).toEqual({ planned: 20, answered: 9, unanswered: 1 });
    expect(batchProgress(known, [1, 2, 3]).requests).toEqual({ answered: 9, unanswered: 1 });
  });

  test('counts rows that were sent again with the batch they are of', () => {
    const audit = { rows: [{ batch: 1, answered: 1 }] };
    const retry = {
      ...RECORDS.collected,
      rowsOf: [{ batch: 1, lines: '3' }],
      saved: { ...saved, audit },
    } as unknown as BatchRecord; // an audit has more facts, and they do not matter here
    const state = stateOf({ 1: collected(9, 1), 900_000_001: retry });
    expect(batchProgress(state, [1, 900_000_001]).requests).toEqual({
      planned: 10,
      answered: 10,
      unanswered: 0,
    });
  });
});

describe('createBatchProgress()', () => {
  test('counts anew when the state has changed, and only then', () => {
    let state = stateOf({ 1: RECORDS.submitted });
    const read = createBatchProgress(() => state, [1, 2]);
    const first = read();
    expect(first).toEqual(batchProgress(state, [1, 2]));
    expect(read()).toBe(first);
    state = stateOf({ 1: RECORDS.submitted, 2: RECORDS.submitted });
    expect(read()).toMatchObject({ submitted: 2 });
  });
});
