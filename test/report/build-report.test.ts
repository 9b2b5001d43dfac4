import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/report/build-report.ts';
import { reportHtml } from '../../src/report/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { BUILT_IN_PRICES } from '../../src/model/prices.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { START } from '../service/fake-clock.ts';
import { createMemoryStore } from '../service/memory-store.ts';
import { submitted, succeeded, UNCERTAIN } from '../service/sample-records.ts';

const NOW = new Date(START);
const SAVED = {
  path: 'r/1.jsonl',
  sizeBytes: 9,
  sha256: 'ab'.repeat(32),
  lines: 2,
  answered: 1,
  failed: 1,
  savedAt: START,
};

function reportOn(
  records: Readonly<Record<number, BatchRecord>>,
  input: readonly number[] = [],
): ReturnType<typeof buildReport> {
  return buildReport(createMemoryStore(records).current(), input, { now: NOW, prices: BUILT_IN_PRICES });
}

/** Batch 1 of one run, and of a later run the retry of its second row, with a third run between the two. */
const RETRIED: Readonly<Record<number, BatchRecord>> = {
  1: collectedBy('r-1', '2026-11-22T10:00:00.000Z', '2026-11-22T10:30:00.000Z'),
  2: collectedBy('r-3', '2026-11-22T12:00:00.000Z', '2026-11-22T12:30:00.000Z'),
  900_000_001: {
    ...collectedBy('r-2', '2026-11-22T11:00:00.000Z', '2026-11-22T11:45:00.000Z'),
    rowsOf: [
      { batch: 1, lines: '2' },
      { batch: 2, lines: '1-2' },
    ],
  },
};

function collectedBy(run: string, submittedAt: string, endedAt: string): BatchRecord {
  const job = { name: `batches/${run}`, run, submittedAt };
  return { ...succeeded(job.name), status: 'collected', job, endedAt, saved: SAVED };
}

describe('buildReport()', () => {
  test('is zeros for nothing', () => {
    expect(reportOn({})).toMatchObject({
      batch_range: '',
      statistics: { total: 0, submitted: 0, remaining: 0, percentage: 0, failed: 0 },
      last_run: null,
    });
  });

  test('counts a batch as submitted once it has a job, however that job ended', () => {
    const report = reportOn(
      {
        1: submitted('batches/a'),
        2: succeeded('batches/b'),
        3: { ...succeeded('batches/c'), status: 'expired' },
        4: UNCERTAIN,
      },
      [1, 2, 3, 4, 5, 6],
    );
    expect(report.statistics).toEqual({ total: 6, submitted: 3, remaining: 3, percentage: 50, failed: 0 });
    expect(Object.keys(report.submitted_jobs)).toEqual(['1', '2', '3']);
    expect(report.uncertain_batches).toEqual([4]);
    expect(report.batch_range).toBe('1-6');
  });

  test('rounds the percentage to two decimals', () => {
    expect(reportOn({ 1: submitted('batches/a') }, [1, 2, 3]).statistics.percentage).toBe(33.33);
  });

  test('balances: planned = answered + failed + missing + pending', () => {
    const { requests } = reportOn({
      1: { ...succeeded('batches/a'), status: 'collected', saved: SAVED },
      2: {
        ...succeeded('batches/b'),
        status: 'collected',
        saved: { ...SAVED, lines: 1, answered: 1, failed: 0, missing: 1 },
      },
      3: submitted('batches/c'),
    });
    expect(requests).toEqual({ planned: 6, answered: 2, failed: 1, missing: 1, pending: 2 });
    expect(requests.answered + requests.failed + requests.missing + requests.pending).toBe(requests.planned);
  });

  test('forgets no job of an earlier attempt', () => {
    const earlier = [{ attempt: 1, jobName: 'batches/first', ended: 'expired' }];
    expect(reportOn({ 7: { ...submitted('batches/second'), attempt: 2, earlier } }).earlier_attempts).toEqual(
      [{ batch: 7, attempt: 1, job: 'batches/first', ended: 'expired' }],
    );
  });

  test('a wave of a retry says what it sent again, and plans nothing anew', () => {
    const { waves, requests, row_retries } = reportOn(RETRIED);
    expect(waves[1]).toMatchObject({
      run: 'r-2',
      last_ended_at: '2026-11-22T11:45:00.000Z',
      planned: 0,
      sent_again: 3,
      sent_again_answered: 1,
    });
    expect(waves[0]).toMatchObject({ planned: 2, sent_again: 0, sent_again_answered: 0 });
    expect(row_retries[0]).toMatchObject({ rows: 3, answered: 1 });
    expect(waves.reduce((sum, { planned }) => sum + planned, 0)).toBe(requests.planned);
  });

  test('every page shows the wave of a retry alike', () => {
    const report = reportOn(RETRIED);
    expect(reportMarkdown(report)).toMatch(/^\| 2 \| 900000001 \|[^|]+\| 45 min \| – \| 3, 1 answered \|/m);
    expect(reportHtml(report)).toMatch(
      />900000001<[\s\S]{1,300}>45 min<[\s\S]{1,60}>–<[\s\S]{1,300}>3, 1 answered</,
    );
  });

  test('the chart calls a wave what the table calls it', () => {
    const third = {
      ...RETRIED,
      3: collectedBy('r-3', '2026-11-22T12:01:00.000Z', '2026-11-22T12:30:00.000Z'),
    };
    const page = reportHtml(reportOn(third));
    expect(page.match(/class="wave"[^>]*>([^<]+)</g)).toHaveLength(2);
    expect(page).toMatch(/class="wave"[^>]*>Wave 3</);
  });
});
