import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBallast } from '../../src/state/ballast.ts';
import { openStateStore } from '../../src/state/state-store.ts';
import { fixturePath, startProcess } from './children.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('saving() gives the ballast up when the disk is full, and saves', async () => {
  const folder = await temporaryFolder();
  const ballast = createBallast(join(folder, 'state.json'));
  await ballast.keep(10);
  let tries = 0;
  await ballast.saving(async () => {
    tries += 1;
    if (tries === 1) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    await expect(stat(join(folder, 'state.json.ballast'))).rejects.toThrow('ENOENT');
  });
  expect(tries).toBe(2);
});

test('saving() repeats nothing when the disk is broken rather than full', async () => {
  const folder = await temporaryFolder();
  const ballast = createBallast(join(folder, 'state.json'));
  await ballast.keep(10);
  let tries = 0;
  const save = ballast.saving(async () => {
    tries += 1;
    throw Object.assign(new Error('broken'), { code: 'EIO' });
  });
  await expect(save).rejects.toThrow('broken');
  expect(tries).toBe(1);
  expect((await stat(join(folder, 'state.json.ballast'))).size).toBe(64 * 1024);
});

test('a state store keeps a ballast of twice its size, readable by its owner only', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await openStateStore({ path, now: () => new Date(0), newStateId: () => 'abcdefgh' });
  const { size, mode } = await stat(`${path}.ballast`);
  expect(size).toBeGreaterThanOrEqual(2 * (await readFile(path)).length);
  expect(mode & 0o777).toBe(0o600);
  await rm(`${path}.ballast`);
});

test.for([
  ['yes', 'saved\n'],
  ['no', 'E_DISK true\n'],
] as const)('a step on a full disk, with a ballast: %s', async ([ballast, said], context) => {
  const folder = await temporaryFolder();
  const script = 'mount -t tmpfs -o size=512k tmpfs "$1" || exit 77; exec "$0" "$2" "$1" "$3"';
  const program = fixturePath('fill-then-apply.mjs');
  const child = startProcess('unshare', [
    '--mount',
    'sh',
    '-c',
    script,
    process.execPath,
    folder,
    program,
    ballast,
  ]);
  if ((await child.ended) !== 0) return context.skip(`no file system to fill up here: ${child.output()}`);
  expect(child.output()).toBe(said);
});
