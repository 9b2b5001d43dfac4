import { chmod, readFile, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BatchEvent } from '../../src/model/batch-event.ts';
import { BatchSubmitError } from '../../src/model/errors.ts';
import { loadState } from '../../src/state/load-state.ts';
import { openStateStore, type StateStore } from '../../src/state/state-store.ts';
import { rejectionOf, temporaryFolder } from './temporary-folder.ts';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const at = '2026-09-28T10:00:00.000Z';
const origin = { now: () => new Date('2026-09-28T09:00:00Z'), newStateId: () => 'k3v9q2ma' };

function uploadStarted(batch: number): BatchEvent {
  const input = { path: `in/${batch}.jsonl`, sizeBytes: 10, sha256: SHA, lines: 1 };
  return { type: 'upload_started', input, fileName: `files/bs1-${batch}`, at };
}

/** The steps of one batch from nothing to a job. */
function stepsTo(jobName: string, batch: number): readonly BatchEvent[] {
  return [
    uploadStarted(batch),
    { type: 'uploaded', file: { uri: `https://example.test/files/bs1-${batch}` } },
    { type: 'create_intended', intent: { displayName: `bs1/${batch}`, model: 'm', sentAt: at } },
    { type: 'created', job: { name: jobName, submittedAt: at } },
  ];
}

async function submit(store: StateStore, batch: number): Promise<void> {
  for (const event of stepsTo(`batches/job-${batch}`, batch)) await store.apply(batch, event);
}

test('openStateStore() begins a state on disk before anything is sent', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  expect(await loadState(path)).toBeUndefined();
  const store = await openStateStore({ path, ...origin });
  expect(store.notes).toEqual([]);
  expect((await loadState(path))?.state).toEqual({
    stateId: 'k3v9q2ma',
    createdAt: '2026-09-28T09:00:00.000Z',
    lastRun: undefined,
    batches: new Map(),
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['state.json', 'state.json.ballast']);
});

// An `adopt` that names one job twice, or another batch's, must not cost the whole state.
test('apply() refuses a job that another batch has, rather than write a file that cannot be read', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const store = await openStateStore({ path, ...origin });
  for (const batch of [1, 2]) {
    const job = { name: 'batches/one', submittedAt: at };
    const event: BatchEvent = { type: 'taken_over', job, attempt: 1, input: undefined, file: undefined };
    await store.apply(batch, event).catch(() => undefined);
  }
  await expect(loadState(path)).resolves.toBeDefined();
});

test('apply() returns when the step is in the file', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const store = await openStateStore({ path, ...origin });
  for (const event of stepsTo('batches/one', 81)) {
    const record = await store.apply(81, event);
    const saved = (await loadState(path))?.state;
    expect(saved?.batches.get(81)).toEqual(record);
    expect(saved).toEqual(store.current());
  }
  await store.touch('2026-09-28T11:00:00.000Z');
  const reopened = await openStateStore({ path, ...origin, newStateId: () => 'otherone' });
  expect(reopened.current()).toEqual(store.current());
  expect(reopened.current()).toMatchObject({ stateId: 'k3v9q2ma', lastRun: '2026-09-28T11:00:00.000Z' });
  expect(reopened.current().batches.get(81)).toMatchObject({ job: { name: 'batches/one' } });
});

test('current() shows a step when it is durable, and never before', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const store = await openStateStore({ path, ...origin });
  const before = store.current();
  const applied = store.apply(81, uploadStarted(81));
  expect(store.current()).toBe(before);
  await applied;
  expect(store.current().batches.get(81)?.status).toBe('uploading');
  expect(before.batches.size).toBe(0);
});

test('apply() shares saves among steps that wait for one', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  let saves = 0;
  const verifyLock = async (): Promise<void> => {
    saves += 1;
  };
  const store = await openStateStore({ path, ...origin, verifyLock });
  const atOpen = saves;
  // Steps that follow a save at once would share one.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  await Promise.all(
    Array.from({ length: 200 }, (_, index) => store.apply(index + 1, uploadStarted(index + 1))),
  );
  // The first step starts a save at once, and the other 199 wait for the next one.
  expect(saves - atOpen).toBe(2);
  expect((await loadState(path))?.state.batches.size).toBe(200);

  saves = 0;
  await Promise.all(Array.from({ length: 32 }, (_, index) => submit(store, 1_000 + index)));
  // 128 steps; one at a time they would be 128 saves.
  expect(saves).toBeGreaterThanOrEqual(4);
  expect(saves).toBeLessThanOrEqual(16);
});

// Else it replaced, once the lock is free, what the next holder of the lock has saved.
test('close() waits for a save that nobody else waits for', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  const store = await openStateStore({ path, ...origin });
  void store.noteListLag(100);
  void store.noteListLag(200);
  await store.close();
  expect((await loadState(path))?.state.listLagMs).toBe(200);
  expect(await readdir(folder)).toEqual(['state.json', 'state.json.ballast']);
});

test('apply() rejects a step that cannot happen and changes nothing', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const store = await openStateStore({ path, ...origin });
  const before = await readFile(path);
  const error = await rejectionOf(store.apply(81, { type: 'created', job: { name: 'batches/one' } }));
  expect(error).toEqual(new Error('created cannot happen to a batch that is pending'));
  expect(await readFile(path)).toEqual(before);
  await submit(store, 81);
});

test('apply() refuses a record that the next run could not read', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const store = await openStateStore({ path, ...origin });
  const input = { path: 'x', sizeBytes: Number.NaN, sha256: SHA, lines: 1 };
  const error = await rejectionOf(
    store.apply(81, { type: 'upload_started', input, fileName: 'files/x', at }),
  );
  expect(error).toMatchObject({ message: expect.stringContaining('"input.sizeBytes"') });
  await submit(store, 81);
  expect((await loadState(path))?.state.batches.get(81)?.status).toBe('submitted');
});

test('a store whose save failed says so to every step, and stays at what the disk says', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  let isOurs = true;
  const store = await openStateStore({
    path,
    ...origin,
    verifyLock: async () => {
      if (!isOurs) throw new BatchSubmitError('E_LOCKED', 'Cannot go on: the lock is gone');
    },
  });
  await submit(store, 81);
  const saved = await readFile(path);
  const before = store.current();
  isOurs = false;
  const outcomes = await Promise.all(
    [82, 83, 84].map((batch) => rejectionOf(store.apply(batch, uploadStarted(batch)))),
  );
  expect(outcomes.map((error) => (error as BatchSubmitError).code)).toEqual([
    'E_LOCKED',
    'E_LOCKED',
    'E_LOCKED',
  ]);
  isOurs = true;
  expect(await rejectionOf(store.apply(85, uploadStarted(85)))).toMatchObject({ code: 'E_LOCKED' });
  expect(await rejectionOf(store.touch(at))).toMatchObject({ code: 'E_LOCKED' });
  expect(await readFile(path)).toEqual(saved);
  expect(store.current()).toBe(before);
});

test('a state whose folder disappeared is an E_DISK that names it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  const store = await openStateStore({ path, ...origin });
  await rm(folder, { recursive: true });
  const error = await rejectionOf(store.apply(81, uploadStarted(81)));
  expect(error).toMatchObject({ code: 'E_DISK', message: expect.stringMatching(/state\.json".*\(ENOENT\)/) });
});

test('openStateStore() keeps the last good generation once, as it was at the start', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await submit(await openStateStore({ path, ...origin }), 81);
  const generation = await readFile(path);
  const store = await openStateStore({ path, ...origin });
  await submit(store, 82);
  await submit(store, 83);
  expect(await readFile(`${path}.bak`)).toEqual(generation);
  expect((await readdir(folder)).sort()).toEqual(['state.json', 'state.json.bak', 'state.json.ballast']);
});

test('openStateStore() does not touch the good copy when the state is unreadable', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  await submit(await openStateStore({ path, ...origin }), 81);
  await openStateStore({ path, ...origin });
  const copy = await readFile(`${path}.bak`);
  await writeFile(path, '');
  expect(await rejectionOf(openStateStore({ path, ...origin }))).toMatchObject({
    code: 'E_STATE_UNREADABLE',
  });
  expect(await readFile(`${path}.bak`)).toEqual(copy);
});

test('openStateStore() writes to the file that a link points to, and keeps the link', async () => {
  const folder = await realpath(await temporaryFolder());
  await submit(await openStateStore({ path: join(folder, 'real.json'), ...origin }), 81);
  await symlink('real.json', join(folder, 'state.json'));
  const store = await openStateStore({ path: join(folder, 'state.json'), ...origin });
  await submit(store, 82);
  expect(store.path).toBe(join(folder, 'real.json'));
  expect((await loadState(join(folder, 'real.json')))?.state.batches.size).toBe(2);
  expect((await loadState(join(folder, 'state.json')))?.state.batches.size).toBe(2);
});

test('openStateStore() sweeps what killed writers left, if it knows that it holds the lock', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  const orphans = ['.state.json.7.0123456789abcdef.tmp', '.state.json.bak.7.0123456789abcdef.tmp'];
  for (const name of orphans) await writeFile(join(folder, name), 'half');
  await openStateStore({ path, ...origin });
  expect((await readdir(folder)).sort()).toEqual([...orphans, 'state.json', 'state.json.ballast']);
  await openStateStore({ path, ...origin, verifyLock: () => Promise.resolve() });
  expect((await readdir(folder)).sort()).toEqual(['state.json', 'state.json.bak', 'state.json.ballast']);
});

test.skipIf(process.getuid?.() === 0)(
  'a state that may not be read is an E_DISK, not an empty state',
  async () => {
    const path = join(await temporaryFolder(), 'state.json');
    await openStateStore({ path, ...origin });
    await chmod(path, 0);
    expect(await rejectionOf(loadState(path))).toMatchObject({ code: 'E_DISK' });
  },
);
