import { describe, expect, test } from 'vitest';
import type { BatchRecord, EarlierAttempt } from '../../src/model/batch-record.ts';
import { chooseCanary } from '../../src/upkeep/choose-canary.ts';
import { judgeJob } from '../../src/upkeep/judge-job.ts';
import { jobSnapshot } from '../service/service-double.ts';
import { job, RECORDS, saved } from '../model/records.ts';

const KEY = '0123456789ab';
const ended = jobSnapshot(job.name, 'succeeded');
const results = { kind: 'file', name: 'files/left' } as const;

function reasonOf(record: BatchRecord | undefined, snapshot = ended): string {
  const judgement = judgeJob(snapshot, record, KEY);
  return judgement.kind === 'keep' ? judgement.reason : 'delete';
}

describe('judgeJob()', () => {
  test.for([
    ['no record', undefined, 'unknown'],
    ['submitted', RECORDS.submitted, 'not_collected'],
    ['succeeded', RECORDS.succeeded, 'not_collected'],
    ['collected', RECORDS.collected, 'delete'],
    ['collected with lines missing', withSaved({ missing: 1 }), 'short'],
    ['collected with a torn end', withSaved({ isTorn: true }), 'short'],
    ['collected, made with this key', withKey(KEY), 'delete'],
    ['collected, made with another key', withKey('ffffffffffff'), 'other_key'],
    ['collected, and a second job', { ...RECORDS.collected, duplicates: ['batches/twice'] }, 'twice'],
    ['expired without results', RECORDS.expired, 'delete'],
    ['expired with results to fetch', { ...RECORDS.expired, results }, 'not_collected'],
    ['expired with results here', { ...RECORDS.expired, results, saved }, 'delete'],
    ['a failed job', { ...RECORDS.failed, step: 'job', job }, 'delete'],
    ['a job nobody knew', { ...RECORDS.failed, step: 'job', reason: 'missing', job }, 'not_ended'],
    ['another job', { ...RECORDS.collected, job: { name: 'batches/other' } }, 'unknown'],
  ] as const satisfies readonly (readonly [string, BatchRecord | undefined, string])[])(
    'of a batch with %s',
    ([, record, expected]) => {
      expect(reasonOf(record)).toBe(expected);
    },
  );

  test('what must be on disk is what was saved', () => {
    expect(judgeJob(ended, RECORDS.collected, KEY)).toEqual({ kind: 'delete', saved, isCanary: true });
    expect(judgeJob(ended, RECORDS.expired, KEY)).toEqual({
      kind: 'delete',
      saved: undefined,
      isCanary: false,
    });
  });

  test.for(['pending', 'running', 'unknown'] as const)(
    'one that is %s stays, whatever the state says',
    (state) => {
      expect(reasonOf(RECORDS.collected, jobSnapshot(job.name, state))).toBe('not_ended');
    },
  );

  test.for([
    [{ ended: 'expired' }, 'delete'],
    [{ ended: 'failed', saved }, 'delete'],
    [{ ended: 'cancelled', results }, 'not_collected'],
    [{ ended: 'lost', lost: saved }, 'not_collected'],
    [{ ended: 'replaced' }, 'not_collected'],
    [{ ended: 'duplicate' }, 'not_collected'],
  ] as const satisfies readonly (readonly [Partial<EarlierAttempt> & { ended: string }, string])[])(
    'of an earlier attempt: %j',
    ([facts, expected]) => {
      const earlier = [{ attempt: 1, jobName: job.name, ...facts }];
      expect(reasonOf({ ...RECORDS.pending, earlier })).toBe(expected);
    },
  );
});

function withSaved(more: Partial<typeof saved>): BatchRecord {
  return { ...RECORDS.collected, saved: { ...saved, ...more } };
}

function withKey(key: string): BatchRecord {
  return { ...RECORDS.collected, job: { ...job, key } };
}

describe('chooseCanary()', () => {
  const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
  const jobs = [30, 10, 50].map((minute) => ({ name: `batches/${minute}`, createdAt: at(minute) }));
  const now = Date.parse(at(55));

  test.for([
    [10, 'batches/30'],
    [1, 'batches/50'],
    // None is old enough yet, and the oldest will be first.
    [50, 'batches/10'],
  ] as const)('with a settle time of %i minutes', ([minutes, name]) => {
    expect(chooseCanary(jobs, now, minutes * 60_000)).toBe(name);
  });

  test('needs none where there is none', () => {
    expect(chooseCanary([], now, 0)).toBeUndefined();
  });
});
