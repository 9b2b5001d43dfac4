import { spawnSync } from 'node:child_process';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, type LockOwner } from '../../src/state/lock.ts';
import { fixturePath, startProcess } from './children.ts';
import { temporaryFolder } from './temporary-folder.ts';

const hasStrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
/** Where a name in the kernel shows that nobody else is at the lock. */
const hasKernelNames = process.platform === 'linux' || process.platform === 'win32';

/** An owner like this process, and one like it that has ended. */
async function owners(path: string): Promise<{ readonly alive: LockOwner; readonly dead: LockOwner }> {
  const lock = await acquireLock(path);
  await lock.release();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const { startTicks: _ticks, ...alive } = lock.owner;
  return { alive: lock.owner, dead: { ...alive, pid, nonce: 'e'.repeat(32) } };
}

async function namesAfterLock(path: string): Promise<readonly string[]> {
  const lock = await acquireLock(path);
  await lock.release();
  return await readdir(join(path, '..'));
}

test('a temporary lock file of a run that was killed is removed by the next run', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const { dead } = await owners(path);
  await writeFile(
    join(path, '..', `.state.json.lock.${dead.pid}.0123456789abcdef.tmp`),
    JSON.stringify(dead),
  );
  expect(await namesAfterLock(path)).toEqual([]);
});

test('a temporary lock file of a run that may be alive is left to it', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const { alive } = await owners(path);
  const names = ['1', '2', '3'].map((digit) => `.state.json.lock.7.${digit.repeat(16)}.tmp`);
  const contents = [alive, { ...alive, host: 'elsewhere' }].map((owner) => JSON.stringify(owner));
  // The last one has been opened and not been written yet.
  for (const [index, name] of names.entries()) {
    await writeFile(join(path, '..', name), contents[index] ?? '');
  }
  expect([...(await namesAfterLock(path))].sort()).toEqual(names);
});

test('a temporary lock file of another host is given an hour', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const { alive } = await owners(path);
  const temporary = join(path, '..', `.state.json.lock.7.${'1'.repeat(16)}.tmp`);
  await writeFile(temporary, JSON.stringify({ ...alive, host: 'elsewhere' }));
  const now = Date.now() / 1000;
  await utimes(temporary, now - 3_500, now - 3_500);
  expect(await namesAfterLock(path)).toHaveLength(1);
  await utimes(temporary, now - 3_700, now - 3_700);
  expect(await namesAfterLock(path)).toEqual([]);
});

test.skipIf(!hasKernelNames)(
  'a take-over mark of a run that was killed is removed by the next run',
  async () => {
    const path = join(await temporaryFolder(), 'state.json');
    const { dead } = await owners(path);
    await writeFile(`${path}.lock.takeover`, JSON.stringify(dead));
    expect(await namesAfterLock(path)).toEqual([]);
  },
);

test('a take-over mark of a run on another host is left to it', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const { alive } = await owners(path);
  await writeFile(`${path}.lock.takeover`, JSON.stringify({ ...alive, host: 'elsewhere' }));
  expect(await namesAfterLock(path)).toEqual(['state.json.lock.takeover']);
});

test.skipIf(!hasStrace)(
  'a lock file that cannot be removed is said like every error of the disk',
  async () => {
    const path = join(await temporaryFolder(), 'state.json');
    const inject = ['-e', 'trace=unlink', '-e', 'inject=unlink:error=EIO'];
    const child = startProcess('strace', [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-P',
      `${path}.lock`,
      ...inject,
      process.execPath,
      fixturePath('hold-lock.mjs'),
      path,
    ]);
    await child.says('held');
    child.process.stdin.end('go\n');
    await child.ended;
    expect(child.output()).toContain(
      `E_DISK: Cannot unlock "${path}": the disk reported an input/output error (EIO)`,
    );
  },
);
