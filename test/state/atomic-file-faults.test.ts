import { spawnSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixturePath, startProcess } from './children.ts';
import { temporaryFolder } from './temporary-folder.ts';

const hasStrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

/** Runs one save under strace and gives what the save said, and the calls that were traced. */
async function saveUnderStrace(
  folder: string,
  options: readonly string[],
): Promise<{ readonly said: string; readonly calls: string }> {
  const trace = join(folder, '..', `trace-${process.pid}-${Math.random()}.txt`);
  const child = startProcess('strace', [
    '-f',
    '-qq',
    '-E',
    'UV_THREADPOOL_SIZE=1',
    '-y',
    '-o',
    trace,
    ...options,
    process.execPath,
    fixturePath('save-once.mjs'),
    join(folder, 'state.json'),
    '100000',
  ]);
  await child.ended;
  const calls = spawnSync('sh', ['-c', 'cat "$0"; rm "$0"', trace], { encoding: 'utf8' }).stdout;
  return { said: child.output().trim(), calls };
}

test.skipIf(!hasStrace)('a save syncs the file, renames it, and then syncs the folder', async () => {
  const folder = await temporaryFolder();
  const { said, calls } = await saveUnderStrace(folder, [
    '-e',
    'trace=fsync,fdatasync,rename,renameat,renameat2',
  ]);
  expect(said).toBe('saved');
  const steps = calls
    .trim()
    .split('\n')
    .map((line) => /(\w+)\(/.exec(line)?.[1] + (line.includes(`<${folder}>`) ? ' folder' : ''));
  expect(steps).toEqual(['fsync', 'rename', 'fsync folder']);
});

const OLD_STAYS = [
  ['the file cannot be synced', 'fsync:error=EIO:when=1', 'EIO'],
  ['the sync finds no space', 'fsync:error=ENOSPC:when=1', 'ENOSPC'],
  ['the quota ends at the sync', 'fsync:error=EDQUOT:when=1', 'EDQUOT'],
  ['the file cannot be renamed', 'rename:error=EACCES:when=1', 'EACCES'],
  ['the rename fails in the disk', 'rename:error=EIO:when=1', 'EIO'],
  ['the file system became read-only', 'rename:error=EROFS:when=1', 'EROFS'],
  ['the mode cannot be set', 'fchmod:error=EPERM:when=1', 'EPERM'],
] as const;

test.skipIf(!hasStrace).for(OLD_STAYS)('the old state stays when %s', async ([, fault, code]) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.json'), 'old state');
  const { said } = await saveUnderStrace(folder, ['-e', `inject=${fault}`]);
  expect(said).toMatch(new RegExp(`^E_DISK: Cannot save ".*/state.json": .* \\(${code}\\)$`));
  expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('old state');
  expect(await readdir(folder)).toEqual(['state.json']);
});

test.skipIf(!hasStrace).for(['EINVAL', 'EOPNOTSUPP', 'EPERM'])(
  'a save is good on a file system whose folders answer a sync with %s',
  async (code) => {
    const folder = await temporaryFolder();
    const { said } = await saveUnderStrace(folder, ['-e', `inject=fsync:error=${code}:when=2`]);
    expect(said).toBe('saved');
  },
);

test.skipIf(!hasStrace)('a save is not good when the folder cannot be synced', async () => {
  const folder = await temporaryFolder();
  const { said } = await saveUnderStrace(folder, ['-e', 'inject=fsync:error=EIO:when=2']);
  expect(said).toMatch(/^E_DISK: .*\(EIO\)$/);
});
