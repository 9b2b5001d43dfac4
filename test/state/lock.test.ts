import { spawnSync } from 'node:child_process';
import { readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, readLockOwner, removeLock, type LockOwner } from '../../src/state/lock.ts';
import { fixturePath, startFixture, startProcess } from './children.ts';
import { rejectionOf, temporaryFolder } from './temporary-folder.ts';

/** Elsewhere there is no `/proc` to tell one process from another by, and other rules apply. */
const onLinux = process.platform === 'linux';

async function statePath(): Promise<string> {
  return join(await temporaryFolder(), 'state.json');
}

async function ownerOf(path: string): Promise<LockOwner> {
  const owner = await readLockOwner(path);
  if (typeof owner !== 'object') throw new Error(`no owner: ${owner}`);
  return owner;
}

/** Puts another owner in the lock file, as if somebody else had written it. */
async function writeOwner(path: string, changes: Partial<LockOwner>): Promise<void> {
  const lock = await acquireLock(path);
  await lock.release();
  await writeFile(`${path}.lock`, JSON.stringify({ ...lock.owner, nonce: 'f'.repeat(32), ...changes }));
}

test('acquireLock() writes who holds the lock, for its owner only, and release() leaves nothing', async () => {
  const path = await statePath();
  const lock = await acquireLock(path, {
    command: 'submit 81 204',
    now: () => new Date('2026-09-28T09:00:00Z'),
  });
  expect(lock.owner).toMatchObject({
    pid: process.pid,
    command: 'submit 81 204',
    since: '2026-09-28T09:00:00.000Z',
    nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(await readLockOwner(path)).toEqual(lock.owner);
  expect((await stat(`${path}.lock`)).mode & 0o777).toBe(0o600);
  await lock.verify();
  await lock.release();
  await lock.release();
  expect(await readdir(join(path, '..'))).toEqual([]);
  expect(await readLockOwner(path)).toBeUndefined();
});

test('acquireLock() refuses a second lock in the same process, and allows one after release()', async () => {
  const path = await statePath();
  const first = await acquireLock(path);
  expect(await rejectionOf(acquireLock(path))).toMatchObject({ code: 'E_LOCKED' });
  await first.release();
  await (await acquireLock(path)).release();
});

test('acquireLock() sees one lock behind every path to the file', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.json'), '');
  await symlink('state.json', join(folder, 'link.json'));
  await symlink('.', join(folder, 'loop'));
  const lock = await acquireLock(join(folder, 'state.json'));
  for (const path of ['link.json', 'loop/state.json', 'loop/loop/link.json', './state.json']) {
    expect(await rejectionOf(acquireLock(join(folder, path)))).toMatchObject({ code: 'E_LOCKED' });
  }
  await lock.release();
});

test('acquireLock() locks one file and not its neighbour', async () => {
  const folder = await temporaryFolder();
  const [first, second] = [
    await acquireLock(join(folder, 'a.json')),
    await acquireLock(join(folder, 'b.json')),
  ];
  await first.release();
  await second.verify();
  await second.release();
});

test('acquireLock() names the run that holds the lock', async () => {
  const path = await statePath();
  const child = startFixture('hold-lock.mjs', path);
  await child.says('held');
  const owner = await ownerOf(path);
  expect(owner.pid).toBe(child.process.pid);
  const error = await rejectionOf(acquireLock(path));
  expect(error).toMatchObject({
    code: 'E_LOCKED',
    message: `Cannot use "${path}": another run (\`hold-lock\`, pid ${owner.pid} on "${owner.host}", since ${owner.since}) holds its lock`,
    hint: expect.stringContaining('`batch-submit watch`'),
  });
  child.process.stdin.write('go\n');
  await child.says('released');
  expect(await child.ended).toBe(0);
  await (await acquireLock(path)).release();
});

test('a lock of a run that was killed is free at once', async () => {
  const path = await statePath();
  for (let round = 0; round < 5; round += 1) {
    const child = startFixture('hold-lock.mjs', path);
    await child.says('held');
    child.kill('SIGKILL');
    expect(await child.ended).toBe('SIGKILL');
    const started = performance.now();
    const lock = await acquireLock(path);
    expect(performance.now() - started).toBeLessThan(1_000);
    await lock.verify();
    await lock.release();
  }
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test.skipIf(!onLinux)('a killed process that nobody has collected yet does not hold the lock', async () => {
  const path = await statePath();
  // The shell becomes a program that never waits for its children, so a killed one stays as a zombie.
  const parent = startProcess('sh', [
    '-c',
    '"$0" "$1" "$2" & exec sleep 60',
    process.execPath,
    fixturePath('hold-lock.mjs'),
    path,
  ]);
  await parent.says('held');
  const { pid } = await ownerOf(path);
  process.kill(pid, 'SIGKILL');
  await until(async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '));
  await (await acquireLock(path)).release();
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 5_000; !(await isTrue());) {
    if (Date.now() > deadline) throw new Error('waited 5 s in vain');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test.skipIf(!onLinux)('a stopped run keeps its lock, and goes on with it', async () => {
  const path = await statePath();
  const child = startFixture('hold-lock.mjs', path);
  await child.says('held');
  child.kill('SIGSTOP');
  await until(async () => (await readFile(`/proc/${child.process.pid}/stat`, 'utf8')).includes(') T '));
  expect(await rejectionOf(acquireLock(path))).toMatchObject({ code: 'E_LOCKED' });
  expect(await rejectionOf(removeLock(path, { force: true }))).toMatchObject({ code: 'E_LOCKED' });
  child.kill('SIGCONT');
  child.process.stdin.write('go\n');
  await child.says('released');
});

test('a lock does not keep its process alive, and a process that just ended does not keep the lock', async () => {
  const path = await statePath();
  const child = startFixture('take-and-end.mjs', path);
  expect(await child.ended).toBe(0);
  expect(child.output()).toContain('held');
  expect((await ownerOf(path)).pid).toBe(child.process.pid);
  await (await acquireLock(path)).release();
});

test('eight processes that race for one lock never hold it together', { timeout: 60_000 }, async () => {
  let taken = 0;
  let crashed = 0;
  for (let round = 0; round < 5; round += 1) {
    const path = await statePath();
    // Every round begins with the lock of a dead run: the take-over is where others let two in.
    await writeOwner(path, { pid: 4_194_304, startTicks: 1 });
    const witness = `${path}.witness`;
    const startAt = String(Date.now() + 1_000);
    const racers = Array.from({ length: 8 }, () => startFixture('race-lock.mjs', path, witness, startAt));
    const ends = await Promise.all(racers.map((racer) => racer.ended));
    // EEXIST on the witness would be a second holder: it ends a racer with code 1 and a stack.
    expect(racers.map((racer) => racer.output()).filter((output) => /EEXIST|Error/.test(output))).toEqual([]);
    expect(ends.filter((end) => end !== 0 && end !== 'SIGKILL')).toEqual([]);
    crashed += ends.filter((end) => end === 'SIGKILL').length;
    taken += racers.reduce((sum, racer) => sum + Number(/taken (\d+)/.exec(racer.output())?.[1] ?? 0), 0);
    expect(await readdir(join(path, '..'))).not.toContain('state.json.witness');
  }
  // Each racer goes on until it had the lock once.
  expect(taken + crashed).toBeGreaterThanOrEqual(5 * 8);
});

test('without the kernel, racers that all see a dead owner still never hold the lock together', async (context) => {
  // Each racer in a network namespace of its own: none can see the others' kernel names.
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return context.skip('no `unshare --net` here');
  for (let round = 0; round < 5; round += 1) {
    const path = await statePath();
    await writeOwner(path, { pid: 4_194_304, startTicks: 1 });
    const args = [fixturePath('race-lock.mjs'), path, `${path}.witness`, String(Date.now() + 1_000)];
    const racers = Array.from({ length: 8 }, () =>
      startProcess('unshare', ['--net', process.execPath, ...args]),
    );
    await Promise.all(racers.map((racer) => racer.ended));
    expect(racers.map((racer) => racer.output()).filter((output) => /EEXIST|Error/.test(output))).toEqual([]);
  }
}, 60_000);

test('a slow take-over does not remove the lock of a run that was faster', async (context) => {
  const canTrace = spawnSync('unshare', ['--net', 'strace', '-qq', '-o', '/dev/null', 'true']).status === 0;
  if (!canTrace) return context.skip('no `unshare --net strace` here');
  const path = await statePath();
  await writeOwner(path, { pid: 4_194_304, startTicks: 1 });
  // The first run stops for 300 ms just before it removes the dead run's file. The second cannot see
  // its kernel name.
  const strace = `-f -qq -o /dev/null -e trace=unlink -e inject=unlink:delay_enter=300000:when=1 -P ${path}.lock`;
  const holder = [process.execPath, fixturePath('hold-lock.mjs'), path];
  const slow = startProcess('unshare', ['--net', 'strace', ...strace.split(' '), ...holder]);
  await until(async () => (await readdir(join(path, '..'))).includes('state.json.lock.takeover'));
  const fast = startProcess('unshare', ['--net', ...holder]);
  // On a busy machine either of them may be the first; never both.
  const ends = await Promise.all(
    [slow, fast].map(async (child) => ({
      child,
      isHolder: await child.says('held').then(
        () => true,
        () => false,
      ),
    })),
  );
  const [holds, ...others] = ends.filter(({ isHolder }) => isHolder);
  expect(others).toEqual([]);
  expect(ends.find(({ isHolder }) => !isHolder)?.child.output()).toContain('E_LOCKED');
  holds?.child.process.stdin.write('go\n');
  await holds?.child.says('released');
});

test.skipIf(!onLinux).for([
  ['on another host', { host: 'elsewhere.example' }],
  ['on a host of the same name, in another container', { pidNamespace: 'pid:[1]' }],
  ['that wrote no boot id', { bootId: undefined }],
] as const)('a run %s is named and never presumed gone', async ([, changes]) => {
  const path = await statePath();
  await writeOwner(path, { pid: 4_194_304, since: '2020-01-01T00:00:00.000Z', ...changes });
  const before = await readFile(`${path}.lock`);
  const owner = await ownerOf(path);
  for (const work of [() => acquireLock(path), () => removeLock(path, { force: false })]) {
    expect(await rejectionOf(work())).toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining(`pid 4194304 on "${owner.host}", since 2020-01-01T00:00:00.000Z`),
      hint: 'if that run is gone, run `batch-submit unlock --force`',
    });
  }
  expect(await readFile(`${path}.lock`)).toEqual(before);
  expect(await removeLock(path, { force: true })).toBe(true);
  await (await acquireLock(path)).release();
});

test.skipIf(!onLinux).for([
  ['whose number belongs to a later process', { pid: process.pid, startTicks: 1 }],
  ['from before the machine started', { pid: process.pid, bootId: '00000000-0000-0000-0000-000000000000' }],
  ['whose number is nobody', { pid: 4_194_304 }],
] as const)('a run %s is gone', async ([, changes]) => {
  const path = await statePath();
  await writeOwner(path, changes);
  const lock = await acquireLock(path);
  await lock.verify();
  await lock.release();
});

test.for(['', '{', 'null', '{"pid": 1}', '{"nonce": "x"}'])(
  'a lock file that says %j is refused, and removed only by force',
  async (content) => {
    const path = await statePath();
    await writeFile(`${path}.lock`, content);
    expect(await rejectionOf(acquireLock(path))).toMatchObject({ code: 'E_LOCKED' });
    expect(await rejectionOf(removeLock(path, { force: false }))).toMatchObject({ code: 'E_LOCKED' });
    expect(await readFile(`${path}.lock`, 'utf8')).toBe(content);
    expect(await removeLock(path, { force: true })).toBe(true);
    await (await acquireLock(path)).release();
  },
);

test('removeLock() removes what a dead run left, and says when there was nothing', async () => {
  const path = await statePath();
  expect(await removeLock(path, { force: false })).toBe(false);
  await writeOwner(path, { pid: 4_194_304 });
  await writeFile(`${path}.lock.takeover`, 'left behind');
  expect(await removeLock(path, { force: false })).toBe(true);
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test.skipIf(!onLinux)('a take-over that was itself killed does not block the next run', async () => {
  const path = await statePath();
  await writeOwner(path, { pid: 4_194_304 });
  await writeFile(`${path}.lock.takeover`, await readFile(`${path}.lock`));
  await (await acquireLock(path)).release();
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('verify() stops a run whose lock was removed or taken', async () => {
  const path = await statePath();
  const lock = await acquireLock(path);
  const own = await readFile(`${path}.lock`, 'utf8');
  await rm(`${path}.lock`);
  expect(await rejectionOf(lock.verify())).toMatchObject({
    code: 'E_LOCKED',
    message: `Cannot go on with "${path}": its lock was removed during the run`,
  });
  const other = own.replace(lock.owner.nonce, 'f'.repeat(32)).replace('batch-submit', 'retry');
  await writeFile(`${path}.lock`, other);
  expect(await rejectionOf(lock.verify())).toMatchObject({
    code: 'E_LOCKED',
    message: expect.stringContaining('another run (`retry`, pid'),
  });
  await lock.release();
  expect(await readFile(`${path}.lock`, 'utf8')).toBe(other);
});

test('of two workers of a cluster, which share what they listen on, only one has the name in the kernel', async (context) => {
  context.skip(process.platform !== 'linux' && process.platform !== 'win32', 'no such names');
  const child = startFixture('cluster-locks.mjs', await statePath());
  expect(await child.ended).toBe(0);
  expect(child.output()).toBe('held and taken\n');
});
