import { describe, expect, test } from 'vitest';
import type { BatchRecord, SubmittedJob } from '../../src/model/batch-record.ts';
import { judgeAbsence } from '../../src/collect/lost-results.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { failed, inTurn } from '../service/service-double.ts';
import { RECORDS } from '../model/records.ts';

const KEY = '0123456789ab';
const DELETED: SubmittedJob = { name: 'batches/abc', key: KEY, deletionAskedAt: '2026-11-22T14:00:00.000Z' };

function recordWith(job: SubmittedJob): BatchRecord {
  const saved = { ...RECORDS.collected.saved, path: '/nonexistent/batch_001.jsonl' };
  return { ...RECORDS.collected, job, saved };
}

describe('judgeAbsence() of results whose job the service does not know', () => {
  test.for([
    ['a job that we deleted', DELETED, KEY, 'lost'],
    ['a job that we did not delete', { ...DELETED, deletionAskedAt: undefined }, KEY, 'unclear'],
    ['a job that we deleted under another key', DELETED, 'ffffffffffff', 'unclear'],
  ] as const)('%s', async ([, job, key, kind]) => {
    const sample = createSampleContext(
      { getJob: inTurn<never>(failed('not_found')) },
      { 1: recordWith(job) },
    );
    expect(await judgeAbsence({ ...sample, key }, 1, 'batches/abc')).toEqual({ kind });
    expect(sample.store.recordOf(1).status).toBe(kind === 'lost' ? 'succeeded' : 'collected');
  });

  test('an outage says nothing about a job that we deleted', async () => {
    const sample = createSampleContext(
      { getJob: inTurn<never>(failed('unavailable')) },
      { 1: recordWith(DELETED) },
    );
    expect(await judgeAbsence({ ...sample, key: KEY }, 1, 'batches/abc')).toEqual({ kind: 'unclear' });
  });
});
