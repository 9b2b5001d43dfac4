import { describe, expect, test } from 'vitest';
import { createUploadAhead } from '../../src/submit/upload-ahead.ts';

const GB = 1_000_000_000;
const signal = new AbortController().signal;

/** Which of so many files of these sizes got in. */
async function entered(sizes: readonly number[], mostFiles: number): Promise<readonly number[]> {
  const ahead = createUploadAhead(() => mostFiles);
  const inside: number[] = [];
  for (const [index, size] of sizes.entries())
    void ahead.enter(size, signal).then(
      () => inside.push(index),
      () => undefined,
    );
  await new Promise((resolve) => setImmediate(resolve));
  return inside;
}

describe('createUploadAhead()', () => {
  test('lets in as many files as it is told', async () => {
    expect(await entered([1, 1, 1, 1], 3)).toEqual([0, 1, 2]);
  });

  test('lets in no more than 4 GB together, in order', async () => {
    expect(await entered([2 * GB, 1.5 * GB, GB, 1], 9)).toEqual([0, 1]);
  });

  test('lets one in, whatever its size', async () => {
    expect(await entered([5 * GB, 1], 0)).toEqual([0]);
  });

  test('lets the next in when one leaves', async () => {
    const ahead = createUploadAhead(() => 1);
    await ahead.enter(5, signal);
    const next = ahead.enter(7, signal).then(() => 'in');
    ahead.leave(5);
    expect(await next).toBe('in');
  });

  test('ends a wait when the run is stopped, and keeps no place for it', async () => {
    const ahead = createUploadAhead(() => 1);
    const stop = new AbortController();
    await ahead.enter(5, signal);
    const waiting = ahead.enter(6, stop.signal);
    const behind = ahead.enter(7, signal).then(() => 'in');
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    ahead.leave(5);
    expect(await behind).toBe('in');
  });
});
