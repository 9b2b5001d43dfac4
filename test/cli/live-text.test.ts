import { describe, expect, test } from 'vitest';
import { heartbeat } from '../../src/cli/output/heartbeat.ts';
import { liveText, type LiveTextOptions } from '../../src/cli/output/live-text.ts';
import type { CreateProgress, Progress, UploadProgress } from '../../src/model/progress.ts';
import { NO_WAIT } from '../../src/model/progress.ts';
import { NO_STATUS_COUNTS } from '../../src/model/summary.ts';

const [MB, GB] = [1e6, 1e9];
const NOW_MS = new Date(2026, 10, 22, 14, 4, 51).getTime();

const BATCHES = {
  total: 204,
  submitted: 41,
  counts: { ...NO_STATUS_COUNTS, notSubmitted: 163, pending: 12, running: 21, succeeded: 7, failed: 1 },
  requests: { answered: 0, unanswered: 0 },
};
const PROGRESS: Progress = { batches: BATCHES, wait: NO_WAIT };
const CREATES: CreateProgress = {
  underWay: 2,
  inUse: { jobs: 40, tokens: 2_900_000, mostJobs: 100, mostTokens: 3_000_000 },
};
const COLLECTED: Progress = {
  ...PROGRESS,
  batches: {
    ...BATCHES,
    counts: { ...BATCHES.counts, downloaded: 7 },
    requests: { planned: 20_400, answered: 698, unanswered: 2 },
  },
};
const HELD = { heldUntil: NOW_MS + 161_000, orWhenAJobEnds: true, forJobs: true };
const transfer = (sentBytes: number, totalBytes: number, bytesPerSecond?: number, leftMs?: number) => ({
  sentBytes,
  totalBytes,
  bytesPerSecond,
  leftMs,
});
const UPLOADS: UploadProgress = {
  ...transfer(1.2 * GB, 2.5 * GB, 18.04 * MB, 71_300),
  files: new Map([
    [41, transfer(212 * MB, 350 * MB, 9.1 * MB, 15_000)],
    [42, transfer(840_000, 350 * MB)],
    [43, transfer(30.5 * MB, 350 * MB, 0)],
    [44, transfer(350 * MB, 350 * MB, 9.1 * MB)],
  ]),
};
const EVERYTHING: Progress = { ...COLLECTED, creates: CREATES, wait: HELD, uploads: UPLOADS };

const WIDE: LiveTextOptions = { glyphs: true, columns: 119, rows: 23, now: NOW_MS, ending: 'Ctrl-C is safe' };
const NARROW = { ...WIDE, columns: 79 };

function linesOf(progress: Progress, options: LiveTextOptions): readonly string[] {
  return liveText(progress, options).split('\n');
}

describe('liveText()', () => {
  test('shows the bar, and the jobs by state once there are any', () => {
    expect(linesOf(PROGRESS, WIDE)).toEqual([
      '  ━━━━────────────────  41/204 submitted · Ctrl-C is safe',
      '  jobs     12 pending · 21 running · 7 succeeded · 1 failed',
      '  results  0 of 204 saved',
    ]);
    const none = { ...BATCHES, submitted: 0, counts: { ...NO_STATUS_COUNTS, notSubmitted: 204 } };
    expect(linesOf({ ...PROGRESS, batches: none }, WIDE)).toEqual([
      '  ────────────────────  0/204 submitted · Ctrl-C is safe',
    ]);
  });

  test('shows all there is in six lines of 120 columns', () => {
    expect(linesOf(EVERYTHING, WIDE)).toEqual([
      '  ━━━━────────────────  41/204 submitted · waiting 2m 41s, resumes 14:07:32 or when a job ends · Ctrl-C is safe',
      '  quota    40 of 100 jobs · 2.9 of 3.0 M tokens · 2 creates under way',
      '  jobs     12 pending · 21 running · 7 succeeded · 1 failed',
      '  results  7 of 204 saved · 698 of 20400 requests answered · 2 without a good answer',
      '  upload   1.2 of 2.5 GB · 18.0 MB/s · 1m 12s left',
      '    041    212 of 350 MB · 9.1 MB/s · 15s left',
    ]);
  });

  test('and of 80', () => {
    expect(linesOf(EVERYTHING, NARROW)).toEqual([
      '  ━━━━────────────────  41/204 submitted',
      '           waiting 2m 41s, resumes 14:07:32 or when a job ends · Ctrl-C is safe',
      '  quota    40 of 100 jobs · 2.9 of 3.0 M tokens · 2 creates under way',
      '  jobs     12 pending · 21 running · 7 succeeded · 1 failed',
      '  results  7 of 204 saved · 698 of 20400 requests answered',
      '  upload   1.2 of 2.5 GB · 18.0 MB/s · 1m 12s left',
    ]);
  });

  test('shows what is in use alone where no limit is known', () => {
    const creates = { underWay: 0, inUse: { jobs: 1, tokens: 75_000 } };
    expect(linesOf({ ...PROGRESS, creates }, WIDE)).toContain('  quota    1 job · 75.0 k tokens');
  });

  test('counts the requests of results alone where not every file was read', () => {
    const batches = { ...COLLECTED.batches, requests: { answered: 70, unanswered: 0 } };
    expect(linesOf({ ...COLLECTED, batches } as Progress, WIDE)).toContain(
      '  results  7 of 204 saved · 70 requests answered',
    );
  });

  test('shows the files that have been under way longest, as far as there is room', () => {
    expect(linesOf({ wait: NO_WAIT, uploads: UPLOADS }, WIDE)).toEqual([
      'Ctrl-C is safe',
      '  upload   1.2 of 2.5 GB · 18.0 MB/s · 1m 12s left',
      '    041    212 of 350 MB · 9.1 MB/s · 15s left',
      '    042    840 KB of 350 MB',
      '    043    30.5 of 350 MB · 0 B/s',
    ]);
    expect(linesOf({ ...PROGRESS, creates: CREATES, uploads: UPLOADS }, WIDE)).toHaveLength(6);
  });

  test('shows no rate for a file that is sent and not yet confirmed', () => {
    const files = new Map([[41, transfer(350 * MB, 350 * MB, 9.1 * MB)]]);
    const text = liveText({ ...PROGRESS, uploads: { ...UPLOADS, files } }, WIDE);
    expect(text).toMatch(/\n {4}041 {4}350 of 350 MB$/);
  });

  test('is plain ASCII where glyphs are off', () => {
    const text = liveText(EVERYTHING, { ...WIDE, glyphs: false });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toContain('  upload   1.2 of 2.5 GB | 18.0 MB/s | 1m 12s left');
  });

  test('says what Ctrl-C does', () => {
    const ending = 'Ctrl-C ends this watch alone';
    expect(linesOf(PROGRESS, { ...WIDE, ending })[0]).toContain(`submitted · ${ending}`);
  });

  test.each([0, 1, 10, 25, 30, 40, 48, 79, 119])('no line is longer than %i columns', (columns) => {
    const lines = linesOf(EVERYTHING, { ...WIDE, columns });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.join(''), 'a character is a cell').toMatch(/^[ -~━─·]*$/);
  });

  test.each([1, 2, 3, 6])('has no more than the %i lines that the terminal has', (rows) => {
    expect(linesOf(EVERYTHING, { ...WIDE, rows })).toHaveLength(rows);
  });

  test('leaves out the last facts of an upload first', () => {
    const lines = linesOf({ ...PROGRESS, uploads: UPLOADS }, { ...WIDE, columns: 42 });
    expect(lines).toContain('  upload   1.2 of 2.5 GB · 18.0 MB/s');
  });
});

describe('heartbeat()', () => {
  test('says in one line how far uploads are', () => {
    expect(heartbeat({ wait: NO_WAIT, batches: BATCHES, uploads: UPLOADS }, NOW_MS)).toBe(
      'uploading: 41 of 204 submitted, 1.2 of 2.5 GB sent, 18.0 MB/s, 1m 12s left, 12 pending, 21 running, 7 succeeded, 1 failed, 0 of 204 saved',
    );
  });

  test('says what creates wait for, what is in use, and what was saved meanwhile', () => {
    expect(heartbeat({ ...COLLECTED, creates: CREATES, wait: HELD }, NOW_MS)).toBe(
      'waiting 2m 41s, resumes 14:07:32 or when a job ends: 41 of 204 submitted, 2 creates under way, 40 of 100 jobs with 2.9 of 3.0 M tokens under way, 12 pending, 21 running, 7 succeeded, 1 failed, 7 of 204 saved, 698 of 20400 requests answered, 2 without a good answer',
    );
    const forJobs = { ...NO_WAIT, forJobs: true };
    expect(heartbeat({ ...PROGRESS, wait: forJobs, uploads: UPLOADS }, NOW_MS)).toMatch(
      /^uploading, waiting for a job to end: 41 of 204 submitted, 1\.2 of 2\.5 GB sent/,
    );
  });

  test('says that it works where nothing else is known', () => {
    expect(heartbeat({ wait: NO_WAIT }, NOW_MS)).toBe('working');
  });
});
