import { describe, expect, test } from 'vitest';
import { heartbeat } from '../../src/cli/output/heartbeat.ts';
import { liveText } from '../../src/cli/output/live-text.ts';
import type { Progress } from '../../src/cli/output/run-progress.ts';
import type { UploadProgress } from '../../src/cli/output/upload-meter.ts';

const [MB, GB] = [1e6, 1e9];

const PROGRESS: Progress = {
  total: 204,
  submitted: 41,
  failed: 0,
  downloaded: 0,
  wait: undefined,
  uploads: undefined,
};
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
const JOBS = 'waiting for a job to end (40 jobs, 3.0 M tokens under way)';
const wide = { glyphs: true, columns: 119 };

describe('liveText()', () => {
  test('is one line while nothing is uploaded', () => {
    expect(liveText({ ...PROGRESS, downloaded: 3, failed: 1 }, wide)).toBe(
      '  ━━━━────────────────  41/204 submitted · 3 downloaded · 1 failed · Ctrl-C is safe',
    );
  });

  test('shows the total and the three files that have been under way longest', () => {
    expect(liveText({ ...PROGRESS, uploads: UPLOADS }, wide).split('\n')).toEqual([
      '  ━━━━────────────────  41/204 submitted · Ctrl-C is safe',
      '  upload  1.2 of 2.5 GB · 18.0 MB/s · 1m 12s left',
      '    041  212 of 350 MB · 9.1 MB/s · 15s left',
      '    042  840 KB of 350 MB',
      '    043  30.5 of 350 MB · 0 B/s',
    ]);
  });

  test('shows no rate for a file that is sent and not yet confirmed', () => {
    const files = new Map([[41, transfer(350 * MB, 350 * MB, 9.1 * MB)]]);
    const text = liveText({ ...PROGRESS, uploads: { ...UPLOADS, files } }, wide);
    expect(text).toMatch(/\n {4}041 {2}350 of 350 MB$/);
  });

  test('is plain ASCII where glyphs are off', () => {
    const text = liveText({ ...PROGRESS, wait: JOBS, uploads: UPLOADS }, { glyphs: false, columns: 119 });
    expect(text).toMatch(/^[\n -~]+$/);
    expect(text).toContain('  upload  1.2 of 2.5 GB | 18.0 MB/s | 1m 12s left');
  });

  test('puts a wait that is too long for the line on a line of its own', () => {
    expect(liveText({ ...PROGRESS, wait: JOBS }, { glyphs: true, columns: 79 }).split('\n')).toEqual([
      '  ━━━━────────────────  41/204 submitted',
      `    ${JOBS} · Ctrl-C is safe`,
    ]);
  });

  test.each([0, 1, 10, 25, 30, 40, 48, 79])('no line is longer than %i columns', (columns) => {
    const text = liveText({ ...PROGRESS, wait: JOBS, uploads: UPLOADS }, { glyphs: true, columns });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  test('leaves out the last facts of an upload first', () => {
    const lines = liveText({ ...PROGRESS, uploads: UPLOADS }, { glyphs: true, columns: 40 }).split('\n');
    expect(lines).toContain('  upload  1.2 of 2.5 GB · 18.0 MB/s');
    expect(lines).toContain('    041  212 of 350 MB · 9.1 MB/s');
  });
});

describe('heartbeat()', () => {
  test('says in one line how far uploads are', () => {
    expect(heartbeat({ ...PROGRESS, uploads: UPLOADS })).toBe(
      'uploading: 41 of 204 submitted, 1.2 of 2.5 GB sent, 18.0 MB/s, 1m 12s left',
    );
  });

  test('says what creates wait for, and what was downloaded meanwhile', () => {
    const waiting = { ...PROGRESS, wait: JOBS, downloaded: 7 };
    expect(heartbeat(waiting)).toBe(`${JOBS}: 41 of 204 submitted, 7 downloaded`);
    expect(heartbeat({ ...waiting, uploads: { ...transfer(1.2 * GB, 2.5 * GB), files: new Map() } })).toBe(
      `uploading, ${JOBS}: 41 of 204 submitted, 1.2 of 2.5 GB sent, 7 downloaded`,
    );
    expect(heartbeat(PROGRESS)).toBe('working: 41 of 204 submitted, 0 downloaded');
  });
});
