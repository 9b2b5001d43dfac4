import {
  chmod,
  link,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  renameIfFree,
  resolveStatePath,
  sweepTemporaryFiles,
  writeFileAtomic,
} from '../../src/state/atomic-file.ts';
import { fixturePath, startFixture, startProcess } from './children.ts';
import { rejectionOf, temporaryFolder } from './temporary-folder.ts';

test('writeFileAtomic() makes a file that only its owner can read, and leaves nothing else', async () => {
  const folder = await temporaryFolder();
  await writeFileAtomic(join(folder, 'state.json'), 'grüße\n');
  expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('grüße\n');
  expect((await stat(join(folder, 'state.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['state.json']);
});

test.for([0o600, 0o640, 0o644, 0o400])(
  'writeFileAtomic() keeps the mode %o of an existing file',
  async (mode) => {
    const path = join(await temporaryFolder(), 'state.json');
    await writeFile(path, 'old');
    await chmod(path, mode);
    await writeFileAtomic(path, new Uint8Array([110, 101, 119]));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(mode);
  },
);

test('writeFileAtomic() replaces a hard link instead of writing into the file it shares', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'other'), 'mine');
  await link(join(folder, 'other'), join(folder, 'state.json'));
  await writeFileAtomic(join(folder, 'state.json'), 'new');
  expect(await readFile(join(folder, 'other'), 'utf8')).toBe('mine');
});

test('writeFileAtomic() refuses a symbolic link and leaves its target alone', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'victim'), 'precious');
  await symlink('victim', join(folder, 'state.json'));
  const error = await rejectionOf(writeFileAtomic(join(folder, 'state.json'), 'new'));
  expect(error).toMatchObject({ code: 'E_DISK', message: expect.stringContaining('symbolic link') });
  expect(await readFile(join(folder, 'victim'), 'utf8')).toBe('precious');
  expect(await readdir(folder)).toEqual(['state.json', 'victim']);
});

test('writeFileAtomic() names the path and the errno word when the folder is missing', async () => {
  const path = join(await temporaryFolder(), 'nowhere', 'state.json');
  const error = await rejectionOf(writeFileAtomic(path, 'x'));
  expect(error).toMatchObject({
    code: 'E_DISK',
    message: `Cannot save "${path}": its folder does not exist (ENOENT)`,
    cause: { code: 'ENOENT' },
  });
});

test('writeFileAtomic() refuses a folder in the place of the file', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'state.json'));
  const error = await rejectionOf(writeFileAtomic(join(folder, 'state.json'), 'x'));
  expect(error).toMatchObject({ code: 'E_DISK' });
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('writeFileAtomic() copes with a name as long as a name can be', async () => {
  const folder = await temporaryFolder();
  const name = `${'n'.repeat(250)}.json`;
  await writeFileAtomic(join(folder, name), 'x');
  expect(await readdir(folder)).toEqual([name]);
});

test('writeFileAtomic() keeps the old file when the new one does not fit', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await writeFile(path, 'old state');
  // `ulimit -f` counts blocks of 512 or 1,024 bytes, depending on the shell: both are below the 200 KB.
  for (const size of [200_000, 1_000_000]) {
    const child = startProcess('sh', [
      '-c',
      'ulimit -f 60; exec "$0" "$@"',
      process.execPath,
      fixturePath('save-once.mjs'),
      path,
      `${size}`,
    ]);
    expect(await child.ended).toBe(0);
    expect(child.output()).toBe(
      `E_DISK: Cannot save "${path}": the file would be larger than allowed (EFBIG)\n`,
    );
    expect(await readFile(path, 'utf8')).toBe('old state');
    expect(await readdir(folder)).toEqual(['state.json']);
  }
});

test('writeFileAtomic() keeps the old file on a full disk, however little is missing', async (context) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  const script = `
    mount -t tmpfs -o size=128k tmpfs "$1" || exit 77
    printf 'old state' > "$2"
    for size in 60000 110000 120000 124000 128000 131072 140000 400000; do
      "$0" "$3" "$2" "$size"
      head -c 9 "$2"; echo " $(ls -A "$1")"
      printf 'old state' > "$2"
    done`;
  const child = startProcess('unshare', [
    '--mount',
    'sh',
    '-c',
    script,
    process.execPath,
    folder,
    path,
    fixturePath('save-once.mjs'),
  ]);
  // A system without `unshare` ends the process with a spawn error, one without the right to mount with 77.
  if ((await child.ended) !== 0) return context.skip(`no file system to fill up here: ${child.output()}`);
  const full = `E_DISK: Cannot save "${path}": no space is left on the disk (ENOSPC)\nold state state.json`;
  const saved = 'saved\nnnnnnnnnn state.json';
  expect(child.output().trim()).toBe([...Array(4).fill(saved), ...Array(4).fill(full)].join('\n'));
});

test('writeFileAtomic() never shows half a file, whenever its process is killed', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await writeFile(path, '{"generation":0}');
  let reads = 0;
  for (let round = 0; round < 30; round += 1) {
    const child = startFixture('save-loop.mjs', path, '40000');
    await child.says('\n');
    // Ten reads of a file that is being replaced, and then the kill, at a moment nobody chose.
    for (let read = 0; read < 10; read += 1) {
      generationIn(await readFile(path, 'utf8'));
      reads += 1;
    }
    child.kill('SIGKILL');
    expect(await child.ended).toBe('SIGKILL');
    const acknowledged = Number(child.output().trim().split('\n').at(-1));
    expect(generationIn(await readFile(path, 'utf8'))).toBeGreaterThanOrEqual(acknowledged);
  }
  expect(reads).toBe(300);
  await sweepTemporaryFiles(folder, 'state.json');
  expect(await readdir(folder)).toEqual(['state.json']);
});

function generationIn(text: string): number {
  return (JSON.parse(text) as { readonly generation: number }).generation;
}

test('renameIfFree() takes a free name, and never one that is taken', async () => {
  const folder = await temporaryFolder();
  const [first, second, name] = ['first', 'second', 'name'].map((one) => join(folder, one)) as [
    string,
    string,
    string,
  ];
  await Promise.all([first, second].map((path) => writeFile(path, path)));
  expect(await renameIfFree(first, name)).toBe(true);
  expect(await renameIfFree(second, name)).toBe(false);
  expect(await readFile(name, 'utf8')).toBe(first);
  expect((await readdir(folder)).sort()).toEqual(['name', 'second']);
});

test('sweepTemporaryFiles() removes the orphans of one file and nothing else', async () => {
  const folder = await temporaryFolder();
  const kept = [
    '.state.json.1.0123456789abcde.tmp',
    '.state.json.bak.1.0123456789abcdef.tmp',
    '.state.json.x.0123456789abcdef.tmp',
    'state.json',
    'state.json.1.0123456789abcdef.tmp',
    '.other.json.1.0123456789abcdef.tmp',
  ];
  const orphans = [
    '.state.json.1.0123456789abcdef.tmp',
    '.state.json.1.0123456789abcdef.tmp-journal',
    '.state.json.4194304.ffffffffffffffff.tmp',
  ];
  for (const name of [...kept, ...orphans]) await writeFile(join(folder, name), '');
  await mkdir(join(folder, '.state.json.2.0123456789abcdef.tmp'));
  expect([...(await sweepTemporaryFiles(folder, 'state.json'))].sort()).toEqual(orphans);
  expect((await readdir(folder)).sort()).toEqual([...kept, '.state.json.2.0123456789abcdef.tmp'].sort());
});

test('resolveStatePath() follows a link to the real file, once', async () => {
  const folder = await realpath(await temporaryFolder());
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real', 'state.json'), '');
  await symlink(join('real', 'state.json'), join(folder, 'link.json'));
  expect(await resolveStatePath(join(folder, 'link.json'))).toBe(join(folder, 'real', 'state.json'));
});

test('resolveStatePath() gives a file that does not exist yet its real folder', async () => {
  const folder = await realpath(await temporaryFolder());
  await mkdir(join(folder, 'real'));
  await symlink('real', join(folder, 'link'));
  expect(await resolveStatePath(join(folder, 'link', 'state.json'))).toBe(join(folder, 'real', 'state.json'));
});

test.for(['a link that points nowhere', 'a missing folder'])(
  'resolveStatePath() refuses %s',
  async (what) => {
    const folder = await temporaryFolder();
    await symlink('nowhere.json', join(folder, 'link.json'));
    const path = join(folder, what === 'a missing folder' ? 'missing/state.json' : 'link.json');
    expect(await rejectionOf(resolveStatePath(path))).toMatchObject({ code: 'E_DISK' });
  },
);

test('a state that was renamed away is not brought back by the mode of another file', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await writeFileAtomic(path, 'one');
  await chmod(path, 0o644);
  await rename(path, join(folder, 'aside.json'));
  await writeFileAtomic(path, 'two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
