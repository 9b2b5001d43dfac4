import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../src/config/resolve.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { RememberedQuota, SubmissionState } from '../../src/model/submission-state.ts';
import { checkJobs } from '../../src/upkeep/check-jobs.ts';
import { INPUT, submitted } from '../service/sample-records.ts';
import { jobSnapshot } from '../service/service-double.ts';

function settingsWith(flags: Readonly<Record<string, string>> = {}) {
  return resolveSettings({ flags, environment: {}, envFile: {}, configFile: {} }).settings;
}

function withTokens(job: string, estimatedTokens: number): BatchRecord {
  return { ...submitted(job), input: { ...INPUT, estimatedTokens } };
}

function stateOf(
  records: Readonly<Record<number, BatchRecord>>,
  quotas: readonly RememberedQuota[] = [],
): SubmissionState {
  const batches = new Map(Object.entries(records).map(([batch, record]) => [Number(batch), record]));
  return { stateId: 'k3v9q2ma', createdAt: '', lastRun: undefined, batches, quotas };
}

describe('checkJobs()', () => {
  const state = stateOf({ 1: withTokens('batches/a', 5000), 2: withTokens('batches/b', 7000) });
  const jobs = [
    jobSnapshot('batches/a', 'running'),
    jobSnapshot('batches/b', 'succeeded'),
    jobSnapshot('batches/other', 'pending'),
  ];

  test('counts what is under way, by whom, and the tokens of jobs that have not ended', () => {
    expect(checkJobs(jobs, state, settingsWith(), undefined)).toMatchObject({
      verdict: 'ok',
      fact: '2 of 100 under way, 1 of this state and 1 of others; 5.0 k tokens by this state',
    });
  });

  test('warns when the limit that the user names is reached', () => {
    const check = checkJobs(jobs, state, settingsWith({ 'max-active-jobs': '2' }), undefined);
    expect(check).toMatchObject({ verdict: 'warning' });
    expect(check.fact).toContain('2 of 2 under way');
  });

  test('goes by what was learnt for this model and key, and by no other', () => {
    const learnt: RememberedQuota = {
      model: 'gemini-2.5-flash',
      key: 'abcdefabcdef',
      learntAt: '',
      mostTokens: 5000,
      heldJobs: 1,
      heldTokens: 5000,
    };
    const taught = { ...state, quotas: [learnt] };
    expect(checkJobs(jobs, taught, settingsWith(), 'abcdefabcdef')).toMatchObject({ verdict: 'warning' });
    expect(checkJobs(jobs, taught, settingsWith(), '000000000000')).toMatchObject({ verdict: 'ok' });
  });
});
