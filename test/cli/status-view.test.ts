import { describe, expect, test } from 'vitest';
import { statusDocument, type StatusWish } from '../../src/cli/commands/status-view.ts';
import type { BatchRecord, InputFacts } from '../../src/model/batch-record.ts';
import { quotaInState } from '../../src/model/quota-in-use.ts';
import { ago, NOW, stateOf } from '../model/moments.ts';
import { RECORDS } from '../model/records.ts';

const WISH: StatusWish = {
  now: NOW,
  list: false,
  onlyFailed: false,
  next: 'batch-submit watch',
  columns: 80,
  quota: undefined,
};
const FILE = { name: 'files/a', uri: 'https://example/files/a' };
const { submitted, succeeded } = RECORDS;

function waiting(hours: number): BatchRecord {
  const job = { name: 'batches/a', submittedAt: ago(hours) };
  return { ...submitted, file: FILE, job, asOf: ago(0.1) };
}

describe('statusDocument()', () => {
  test('says how long jobs have been pending, and what comes to an end first', () => {
    const state = stateOf({
      1: { ...succeeded, endedAt: ago(42.5) },
      2: { ...waiting(40), jobState: 'running' } as BatchRecord,
      3: waiting(26.5),
      4: waiting(26.2),
      5: waiting(2),
    });
    expect(statusDocument(state, [1, 2, 3, 4, 5, 6], WISH).lines).toMatchInlineSnapshot(`
      [
        "6 batches · job states as of 6m ago (--refresh to ask)",
        "",
        "  Not submitted       1     6",
        "  Pending             3     3-5   oldest 26 h",
        "  Running             1     2",
        "  Succeeded           1     1   0 downloaded",
        "",
        "Nearest deadline: results of batch 1 may be gone in 5 h",
        "",
        "Next: batch-submit watch",
      ]
    `);
  });

  test('the same in JSON, in numbers', () => {
    const state = stateOf({ 1: { ...succeeded, endedAt: ago(42.501) }, 3: waiting(26.5), 4: waiting(26.2) });
    expect(statusDocument(state, [1, 3, 4], WISH).json).toMatchObject({
      oldestPendingHours: 26.5,
      deadlines: [
        { what: 'results', at: ago(42.501 - 48), hoursLeft: 5.5, batches: [1] },
        { what: 'job', at: ago(26.5 - 48), hoursLeft: 21.5, batches: [3, 4] },
      ],
    });
  });

  test('speaks of the chosen batches only', () => {
    const state = stateOf({ 3: waiting(26.5), 5: waiting(2.5) });
    expect(statusDocument(state, [5], WISH).json).toMatchObject({
      oldestPendingHours: 2.5,
      deadlines: [{ what: 'job', hoursLeft: 45.5, batches: [5] }],
    });
  });

  test('says nothing of time when nothing is under way', () => {
    const { lines, json } = statusDocument(stateOf({ 1: RECORDS.collected }), [1, 2], WISH);
    expect(json).toMatchObject({ oldestPendingHours: null, deadlines: [] });
    expect(lines.join('\n')).not.toMatch(/oldest|deadline/i);
  });

  test('a job of unknown age has none', () => {
    const { lines, json } = statusDocument(stateOf({ 1: { ...submitted, file: FILE } }), [1], WISH);
    expect(json).toMatchObject({ oldestPendingHours: null, deadlines: [] });
    expect(lines).toContain('  Pending             1     1');
  });

  test('names the batches of every group by ranges, as many as the line takes', () => {
    const recordAt = (batch: number): BatchRecord => {
      if (batch > 1000) return waiting(2);
      if (batch > 550) return { ...waiting(3), jobState: 'running' } as BatchRecord;
      return batch % 10 === 5 ? RECORDS.failed : RECORDS.collected;
    };
    const numbers = Array.from({ length: 2000 }, (_, index) => index + 1);
    const submittedOnes = numbers.slice(0, 1200).map((batch) => [batch, recordAt(batch)] as const);
    const state = stateOf(Object.fromEntries(submittedOnes));
    const { lines } = statusDocument(state, numbers, WISH);
    expect(lines).toMatchInlineSnapshot(`
      [
        "2000 batches · job states as of 6m ago (--refresh to ask)",
        "",
        "  Not submitted     800     1201-2000",
        "  Pending           200     1001-1200   oldest 2 h",
        "  Running           450     551-1000",
        "  Succeeded         495     56 ranges, see --list   495 downloaded",
        "  Failed             55     5, 15, 25, 35, 45, … and 50 more ranges, see --list",
        "  Answered          495     requests",
        "",
        "Nearest deadline: jobs of batches 551-1000 expire in 45 h",
        "",
        "Next: batch-submit watch",
      ]
    `);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const [, , , , , wide] = statusDocument(state, numbers, { ...WISH, columns: 120 }).lines;
    expect(wide).toMatchInlineSnapshot(
      `"  Succeeded         495     1-4, 6-14, 16-24, 26-34, 36-44, 46-54, … and 50 more ranges, see --list   495 downloaded"`,
    );
  });

  test('says what is in use of the quota, and how many requests are answered', () => {
    const lines10 = { ...RECORDS.collected.input, lines: 10 } as InputFacts;
    const saved = { ...RECORDS.collected.saved, lines: 10, answered: 9, failed: 1 };
    const state = stateOf({
      1: { ...RECORDS.collected, input: lines10, saved },
      2: { ...waiting(1), input: lines10 } as BatchRecord,
    });
    const quota = { jobs: 1, tokens: 2_900_000, mostJobs: 100, mostTokens: 3_000_000 };
    const { lines, json } = statusDocument(state, [1, 2], { ...WISH, quota });
    expect(lines).toEqual(
      expect.arrayContaining([
        '  Answered            9     of 20 requests',
        '  No good answer      1     requests',
        '  Quota in use        1     of 100 jobs, 2.9 of 3.0 M tokens',
      ]),
    );
    expect(json).toMatchObject({ quota, requests: { planned: 20, answered: 9, unanswered: 1 } });
    const unread = statusDocument(state, [1, 2, 3], WISH);
    expect(unread.json).toMatchObject({ quota: null, requests: { planned: null, answered: 9 } });
    expect(unread.lines).toContain('  Answered            9     requests');
  });
});

describe('quotaInState()', () => {
  const KNOWN = { jobs: 100, tokens: Number.POSITIVE_INFINITY };
  const learnt = (model: string, mostTokens: number, learntAt: string) => ({
    model,
    mostTokens,
    learntAt,
    heldJobs: 0,
    heldTokens: 0,
  });

  test('takes the limit that was learnt last of the model', () => {
    const state = {
      ...stateOf({ 1: waiting(1) }),
      quotas: [learnt('m', 500, ago(2)), learnt('m', 700, ago(1)), learnt('other', 900, ago(0))],
    };
    expect(quotaInState(state, 'm', KNOWN)).toMatchObject({ jobs: 1, mostJobs: 100, mostTokens: 700 });
    expect(quotaInState(state, 'm', { jobs: 40, tokens: 600 })).toMatchObject({
      mostJobs: 40,
      mostTokens: 600,
    });
  });

  test('says nothing when no job is under way', () => {
    expect(quotaInState(stateOf({ 1: RECORDS.collected }), 'm', KNOWN)).toBeUndefined();
  });
});
