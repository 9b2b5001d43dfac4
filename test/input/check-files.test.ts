import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkInputFiles } from '../../src/input/check-files.ts';
import type { InputFile } from '../../src/model/plan.ts';
import { tempFolder } from '../config/temp-folder.ts';

function files(folder: string, ...names: readonly string[]): InputFile[] {
  return names.map((name, index) => ({ batch: index + 1, path: join(folder, name), sizeBytes: 0 }));
}

describe('checkInputFiles()', () => {
  test('is content with regular files, and with a link to one', async () => {
    const folder = await tempFolder({ 'b1.jsonl': '{}' });
    await symlink(join(folder, 'b1.jsonl'), join(folder, 'b2.jsonl'));
    await expect(checkInputFiles(files(folder, 'b1.jsonl', 'b2.jsonl'))).resolves.toBeUndefined();
  });

  test.for([
    ['nothing', 'it does not exist', () => Promise.resolve()],
    ['a dangling link', 'it does not exist', (path: string) => symlink(`${path}.gone`, path)],
    ['a link to itself', 'its symbolic links go in a circle', (path: string) => symlink(path, path)],
    ['a folder', 'it is a folder', (path: string) => mkdir(path)],
    ['a device', 'it is not a regular file', (path: string) => symlink('/dev/zero', path)],
    ['an empty file', 'it is empty', (path: string) => grow(path, 0)],
    [
      'a sparse file over 2 GB',
      'it is larger than 2 GB, the most the service takes',
      (path: string) => grow(path, 2 ** 31 + 1),
    ],
  ] as const)('refuses %s', async ([, fault, make]) => {
    const folder = await tempFolder();
    await make(join(folder, 'b1.jsonl'));
    await expect(checkInputFiles(files(folder, 'b1.jsonl'))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Cannot use the input file "${join(folder, 'b1.jsonl')}": ${fault}`,
      details: [],
    });
  });

  test('takes a file of exactly 2 GB', async () => {
    const folder = await tempFolder();
    await grow(join(folder, 'b1.jsonl'), 2 ** 31);
    await expect(checkInputFiles(files(folder, 'b1.jsonl'))).resolves.toBeUndefined();
  });

  test.skipIf(process.platform === 'win32')('refuses a named pipe without waiting for a writer', async () => {
    const folder = await tempFolder();
    execFileSync('mkfifo', [join(folder, 'b1.jsonl')]);
    await expect(checkInputFiles(files(folder, 'b1.jsonl'))).rejects.toThrow(/: it is a named pipe$/);
  });

  test.skipIf(process.getuid?.() === 0)('refuses a file it may not read', async () => {
    const folder = await tempFolder({ 'b1.jsonl': '{}' });
    await chmod(join(folder, 'b1.jsonl'), 0);
    await expect(checkInputFiles(files(folder, 'b1.jsonl'))).rejects.toThrow(/: permission denied$/);
  });

  test('groups 40 faults into one error with a count and the first five', async () => {
    const folder = await tempFolder({ 'b41.jsonl': '{}' });
    const names = Array.from({ length: 41 }, (_, index) => `b${index + 1}.jsonl`);
    await expect(checkInputFiles(files(folder, ...names))).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'Cannot use 40 of 41 input files: they cannot be read or sent as they are',
      details: [...names.slice(0, 5).map((name) => `${name}: it does not exist`), 'and 35 more'],
    });
  });

  test('shows no control character of a name', async () => {
    const folder = await tempFolder();
    const names = ['b1\u001b[31m.jsonl', 'b2\n.jsonl', 'b3\u202e.jsonl'];
    const one = await checkInputFiles(files(folder, names[0] ?? '')).catch((error: unknown) => error);
    expect(one).toMatchObject({ message: expect.stringContaining('b1\\u{1b}[31m.jsonl') as string });
    const all = await checkInputFiles(files(folder, ...names)).catch((error: unknown) => error);
    expect(all).toMatchObject({
      details: [
        'b1\\u{1b}[31m.jsonl: it does not exist',
        'b2\\u{a}.jsonl: it does not exist',
        'b3\\u{202e}.jsonl: it does not exist',
      ],
    });
  });
});

async function grow(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
}
