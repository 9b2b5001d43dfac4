import { expect, test } from 'vitest';
import type { LibraryEvent } from '../../src/library/library-options.ts';
import { createRunWatch } from '../../src/mcp/run-watch.ts';

const START = Date.parse('2026-11-23T10:00:00Z');
const after = (seconds: number): Date => new Date(START + seconds * 1000);

/** An event so many seconds after the start; the facts are those that the watch reads. */
function event(type: LibraryEvent['type'], seconds: number, facts: object): LibraryEvent {
  return { schemaVersion: 1, type, time: after(seconds).toISOString(), run: 'r', ...facts } as LibraryEvent; // as told
}

const STARTED = { command: 'run', total: 3, submittedBefore: 1, downloadedBefore: 1 };

test('progress grows with every job and every result, from what was there before', () => {
  const told: unknown[] = [];
  const watch = createRunWatch((...words) => told.push(words));
  watch.tell(event('run_started', 0, STARTED));
  watch.tell(event('batch_created', 1, { batch: 2 }));
  watch.tell(event('result_saved', 2, { batch: 2, answered: 9, lines: 10 }));
  expect(told).toEqual([
    [3, 6, 'batch 2 submitted'],
    [4, 6, 'batch 2 collected: 9 of 10 answered'],
  ]);
  expect(watch.created()).toBe(1);
});

test('a wait for quota is one until it ends, or a job is made', () => {
  const watch = createRunWatch(() => undefined);
  watch.tell(event('rate_limited', 5, { resumesAt: after(185).toISOString() }));
  expect(watch.waitsUntil(after(45))).toEqual(after(185));
  expect(watch.waitsUntil(after(190))).toBeUndefined();
  watch.tell(event('batch_created', 20, { batch: 2 }));
  expect(watch.waitsUntil(after(45))).toBeUndefined();
});

test('a run is idle when nothing was sent for a while and no upload is under way', () => {
  const watch = createRunWatch(() => undefined);
  expect(watch.isIdle(after(60))).toBe(false);
  watch.tell(event('run_started', 0, STARTED));
  expect([watch.isIdle(after(5)), watch.isIdle(after(15))]).toEqual([false, true]);
  watch.tell(event('upload_started', 16, { batch: 2 }));
  expect(watch.isIdle(after(600))).toBe(false);
  watch.tell(event('upload_success', 600, { batch: 2 }));
  expect([watch.isIdle(after(605)), watch.isIdle(after(615))]).toEqual([false, true]);
  watch.tell(event('upload_started', 620, { batch: 3 }));
  watch.tell(event('error', 621, { batch: 3, reason: 'EIO', message: 'gone' }));
  expect(watch.isIdle(after(640))).toBe(true);
});

test('each batch has its last word on each reason, and there are twenty at most', () => {
  const watch = createRunWatch(() => undefined);
  for (let batch = 1; batch <= 30; batch += 1)
    watch.tell(event('error', 1, { batch, reason: 'X', message: 'first' }));
  watch.tell(
    event('error', 2, { batch: 1, reason: 'X', message: `second\u001b[31m ${'long '.repeat(100)}` }),
  );
  const problems = watch.problems();
  expect(problems).toHaveLength(20);
  expect(problems[0]).toMatch(/^1: X: second long .*…$/);
  expect(problems[0]?.length).toBeLessThan(220);
});
