import { describe, expect, test } from 'vitest';
import { statusDocument, type StatusWish } from '../../src/cli/commands/status-view.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { ago, NOW, stateOf } from '../model/moments.ts';
import { RECORDS } from '../model/records.ts';

const WISH: StatusWish = { now: NOW, list: false, onlyFailed: false, next: 'batch-submit watch' };
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
        "  Pending             3     oldest 26 h",
        "  Running             1",
        "  Succeeded           1     0 downloaded",
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
    expect(lines).toContain('  Pending             1');
  });
});
