import { expect, test } from 'vitest';
import { createGroupCommit } from '../../src/state/group-commit.ts';

interface Saves {
  readonly save: () => Promise<void>;
  readonly finish: (error?: Error) => void;
  readonly started: () => number;
}

/** Saves that end when the test says so. */
function heldSaves(): Saves {
  const open: ((error?: Error) => void)[] = [];
  let started = 0;
  return {
    started: () => started,
    finish: (error) => open.shift()?.(error),
    save: () =>
      new Promise((resolve, reject) => {
        started += 1;
        open.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

/** Lets everything that is ready go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('createGroupCommit() gives all callers that came during a save one save of their own', async () => {
  const { save, finish, started } = heldSaves();
  const commit = createGroupCommit(save);
  const done: string[] = [];
  void commit().then(() => done.push('first'));
  await turn();
  for (let caller = 0; caller < 100; caller += 1) void commit().then(() => done.push('later'));
  await turn();
  expect([started(), done]).toEqual([1, []]);
  finish();
  await turn();
  expect([started(), done]).toEqual([2, ['first']]);
  finish();
  await turn();
  expect([started(), done.length]).toEqual([2, 101]);
  void commit();
  expect(started()).toBe(3);
});

test('createGroupCommit() never runs two saves at once', async () => {
  let running = 0;
  let most = 0;
  const commit = createGroupCommit(async () => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
  });
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      for (let tick = 0; tick < index % 7; tick += 1) await turn();
      await commit();
    }),
  );
  expect(most).toBe(1);
});

test('createGroupCommit() fails those who waited for the save, and everyone after them, without another try', async () => {
  const { save, finish, started } = heldSaves();
  const commit = createGroupCommit(save);
  const outcomes = [commit(), commit(), commit()].map((outcome) => outcome.catch((error: unknown) => error));
  const full = new Error('full');
  finish(full);
  expect(await Promise.all(outcomes)).toEqual([full, full, full]);
  await expect(commit()).rejects.toBe(full);
  expect(started()).toBe(1);
});

test('createGroupCommit() gives callers that go on at once one save together', async () => {
  let saves = 0;
  const commit = createGroupCommit(async () => {
    saves += 1;
    await turn();
  });
  const worker = async (): Promise<void> => {
    for (let step = 0; step < 10; step += 1) await commit();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  // The first caller's save begins before the others call.
  expect(saves).toBe(11);
});
