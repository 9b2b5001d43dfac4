import { afterEach, expect, test, vi } from 'vitest';
import { styleFor } from '../../src/cli/output/style.ts';
import { createRunProgress } from '../../src/cli/output/run-progress.ts';
import { createTextPrinter } from '../../src/cli/output/text-printer.ts';
import { NO_STATUS_COUNTS } from '../../src/model/summary.ts';
import { createHandClock } from './hand-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('where nothing can be drawn, a line each minute says how far uploads are', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const clock = createHandClock();
  let written = '';
  const stream = { isTTY: false, write: (text: string) => void (written += text) };
  const style = styleFor(stream, { flag: false, env: {} });
  const progress = createRunProgress(clock);
  const printer = createTextPrinter({
    stdout: stream,
    stderr: stream,
    outStyle: style,
    errStyle: style,
    clock,
    scrub: (text) => text,
    about: { version: '1.0.0', log: undefined },
    verbosity: 'normal',
    progress: () => progress.read(),
    openLive: undefined,
  });
  const counts = { planned: 163, total: 204, submittedBefore: 41, downloadedBefore: 0 };
  printer.event({
    event: 'run_started',
    command: 'submit',
    version: '1.0.0',
    state: 'state.json',
    ...counts,
  });
  progress.sink.batchesFrom(() => ({
    total: 204,
    submitted: 41,
    counts: { ...NO_STATUS_COUNTS, pending: 41 },
    requests: { answered: 0, unanswered: 0 },
  }));
  progress.sink.planned(42, 3e9);
  progress.sink.started(42, 3e9);
  progress.sink.sent(42, 1e9);
  for (let second = 1; second <= 10; second += 1) {
    clock.pass(1000);
    progress.sink.sent(42, 1e9 + second * 20e6);
  }
  vi.advanceTimersByTime(60_000);
  const line = 'uploading: 41 of 204 submitted, 1.2 of 3.0 GB sent, 20.0 MB/s, 1m 30s left, 41 pending\n';
  expect(written).toBe(line);

  progress.sink.uploaded(42);
  clock.pass(60_000);
  vi.advanceTimersByTime(60_000);
  expect(written).toBe(`${line}working: 41 of 204 submitted, 41 pending\n`);
  printer.close();
  vi.advanceTimersByTime(600_000);
  expect(written.split('\n')).toHaveLength(3);
});
