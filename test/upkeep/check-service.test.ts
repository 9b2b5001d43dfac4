import { describe, expect, test } from 'vitest';
import type { RecordOf } from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';
import { judgeAccess } from '../../src/upkeep/check-access.ts';
import { checkClock } from '../../src/upkeep/check-clock.ts';
import { checkDuplicateJobs, checkResults, checkUnknownJobs } from '../../src/upkeep/check-own-jobs.ts';
import { checkStorage } from '../../src/upkeep/check-storage.ts';
import { askWithin } from '../../src/upkeep/question.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, jobSnapshot, ok } from '../service/service-double.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';

const STATE_ID = 'k3v9q2ma';
const HASH = '9f86d081884c7d65';

function stateOf(records: Readonly<Record<number, BatchRecord>>): SubmissionState {
  const batches = new Map(Object.entries(records).map(([batch, record]) => [Number(batch), record]));
  return { stateId: STATE_ID, createdAt: '', lastRun: undefined, batches };
}

const named = (stateId: string, batch: number) => ({ displayName: `bs1/${stateId}/${batch}/${HASH}/a1` });

describe('judgeAccess()', () => {
  test('names the three things that a good answer proves', () => {
    const checks = judgeAccess(ok(undefined), 'gemini-x', 12);
    expect(checks.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'network ok',
      'key_accepted ok',
      'model ok',
    ]);
  });

  test.for([
    ['key_refused', 'key_accepted', 'E_KEY_REFUSED'],
    ['model_unknown', 'model', 'E_MODEL_UNKNOWN'],
    ['no_quota', 'model', 'E_NO_QUOTA'],
    ['unavailable', 'network', 'E_UNREACHABLE'],
    ['not_sent', 'network', 'E_UNREACHABLE'],
    ['untrusted', 'network', 'E_UNREACHABLE'],
  ] as const satisfies readonly (readonly [FailureKind, string, string])[])(
    'finds the fault of %s in %s',
    ([kind, check, code]) => {
      const checks = judgeAccess(failed(kind), 'gemini-x', 12);
      expect(checks).toHaveLength(3);
      expect(checks.filter(({ verdict }) => verdict === 'problem')).toMatchObject([{ check, code }]);
    },
  );

  test('takes a rate limit for no fault of the key', () => {
    const verdicts = judgeAccess(failed('rate_limited'), 'gemini-x', 12).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['ok', 'ok', 'warning']);
  });
});

test.for([
  [0, 'ok', 'agrees'],
  [-30_000, 'ok', '30s behind'],
  [90_000, 'warning', '1m 30s ahead of'],
  [-3 * 86_400_000, 'problem', '3 d behind'],
] as const)('checkClock() says of %i ms: %s', ([offMs, verdict, words]) => {
  const there = new Date('2026-03-01T12:00:00Z');
  const check = checkClock(new Date(there.getTime() + offMs), there);
  expect(check.verdict).toBe(verdict);
  expect(check.fact).toContain(words);
});

describe('checkUnknownJobs()', () => {
  const known = stateOf({ 1: submitted('batches/a') });

  test('finds jobs of this state that are not in it', () => {
    const jobs = [
      jobSnapshot('batches/a', 'running', named(STATE_ID, 1)),
      jobSnapshot('batches/b', 'running', named(STATE_ID, 2)),
      jobSnapshot('batches/c', 'running', named('otherone', 3)),
      jobSnapshot('batches/d', 'failed', named(STATE_ID, 4)),
      jobSnapshot('batches/e', 'running', { displayName: 'somebody else' }),
    ];
    expect(checkUnknownJobs(jobs, known)).toMatchObject({
      verdict: 'warning',
      fact: '1 of this state are not in it (batch 2)',
    });
    expect(checkUnknownJobs(jobs.slice(2), known)).toMatchObject({
      verdict: 'ok',
      fact: 'none of this state, 1 of other states',
    });
  });

  test('takes marks of other states beside an empty one for a state that may be lost', () => {
    const jobs = [jobSnapshot('batches/c', 'running', named('otherone', 3))];
    expect(checkUnknownJobs(jobs, stateOf({}))).toMatchObject({ verdict: 'warning' });
    expect(checkUnknownJobs([], stateOf({}))).toMatchObject({ verdict: 'ok' });
  });
});

test('checkDuplicateJobs() names the batches', () => {
  const twice: RecordOf<'submitted'> = { ...submitted('batches/a'), duplicates: ['batches/b'] };
  expect(checkDuplicateJobs(stateOf({ 1: twice, 2: submitted('batches/c') }).batches)).toMatchObject({
    verdict: 'warning',
    fact: 'batch 1 has two jobs, and both are paid for',
  });
});

test('checkResults() finds what has ended, by the state or by the listing, and is not here', () => {
  const state = stateOf({
    1: succeeded('batches/a'),
    2: submitted('batches/b'),
    3: submitted('batches/c'),
  });
  const jobs = [jobSnapshot('batches/b', 'succeeded'), jobSnapshot('batches/c', 'running')];
  expect(checkResults(jobs, state)).toMatchObject({
    verdict: 'warning',
    fact: '2 jobs have ended and not been collected (1-2)',
  });
  expect(checkResults(jobs, stateOf({ 3: submitted('batches/c') }))).toMatchObject({ verdict: 'ok' });
});

test('checkStorage() counts what is ours by its name, and warns near the end of the room', () => {
  const file = (name: string, sizeBytes: number) => ({
    name,
    uri: name,
    sizeBytes,
    sha256: undefined,
    active: true,
  });
  const own = file(`files/bs1-${STATE_ID}-00001-9f86d081884c-a1`, 1_000_000);
  const other = file('files/somebody', 2_000_000);
  expect(checkStorage([own, other], stateOf({}))).toMatchObject({
    verdict: 'ok',
    fact: '3.0 MB of 20 GiB used by 2 files; 1 of them, 1.0 MB, of this state',
  });
  expect(checkStorage([own, file('files/big', 18e9)], stateOf({}))).toMatchObject({ verdict: 'warning' });
});

describe('askWithin()', () => {
  const never = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });

  test('gives up a question that nobody answers', async () => {
    expect(await askWithin(20, new AbortController().signal, never)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', message: 'no complete answer within 20ms' },
    });
  });

  test('ends at once when the user stops it, with their reason', async () => {
    const stop = new AbortController();
    const asked = askWithin(60_000, stop.signal, never);
    stop.abort(new Error('Ctrl-C'));
    await expect(asked).rejects.toThrow('Ctrl-C');
  });
});
