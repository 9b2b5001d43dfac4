import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLogFile } from '../../src/events/log-file.ts';

async function temporaryLog(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'log.jsonl');
}

/** Opens the log as the next run would, adds one line, and closes it. */
function appendOne(path: string): void {
  const file = openLogFile(path);
  file.append('{"seq":99}\n');
  file.sync();
  file.close();
}

const LINES = [
  '{"seq":1,"text":"grüße"}',
  '{"seq":2,"data":{"a":[1,2]}}',
  '{"seq":3,"text":"}\\n"}',
] as const;

test('openLogFile() makes a file that only its owner can read, and adds to it', async () => {
  const path = await temporaryLog();
  appendOne(path);
  appendOne(path);
  expect(await readFile(path, 'utf8')).toBe('{"seq":99}\n{"seq":99}\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['log.jsonl']);
});

test('openLogFile() keeps the mode of a log that is there', async () => {
  const path = await temporaryLog();
  await writeFile(path, `${LINES[0]}\n`);
  await chmod(path, 0o640);
  appendOne(path);
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('openLogFile() never glues a line to a torn one, wherever in the last two lines it was torn', async () => {
  const whole = Buffer.from(`${LINES.join('\n')}\n`);
  const ends = [0, 1, 2].map(
    (count) =>
      Buffer.from(
        LINES.slice(0, count + 1)
          .map((line) => `${line}\n`)
          .join(''),
      ).length,
  );
  let tears = 0;
  for (let length = ends[0] ?? 0; length <= whole.length; length += 1) {
    const path = await temporaryLog();
    await writeFile(path, whole.subarray(0, length));
    appendOne(path);
    const kept = ends.filter((end) => end <= length || end === length + 1).length;
    const torn = whole.subarray(ends[kept - 1] ?? 0, length);
    expect(await readFile(path, 'utf8')).toBe([...LINES.slice(0, kept), '{"seq":99}', ''].join('\n'));
    const hasTorn = torn.length > 0;
    expect((await readdir(join(path, '..'))).includes('log.jsonl.torn')).toBe(hasTorn);
    if (hasTorn) {
      tears += 1;
      expect(await readFile(`${path}.torn`)).toEqual(Buffer.concat([torn, Buffer.from('\n')]));
      expect((await stat(`${path}.torn`)).mode & 0o777).toBe(0o600);
    }
  }
  // Every cut within a line but those at its very end, where only the line end is missing.
  expect(tears).toBe(LINES.slice(1).reduce((sum, line) => sum + Buffer.byteLength(line) - 1, 0));
});

test('openLogFile() adds each torn line to those that were saved before', async () => {
  const path = await temporaryLog();
  for (const torn of ['{"one', '{"two']) {
    await writeFile(path, `${LINES[0]}\n${torn}`);
    appendOne(path);
  }
  expect(await readFile(`${path}.torn`, 'utf8')).toBe('{"one\n{"two\n');
});

test.for([0, 1, 65_535, 65_536, 65_537, 200_000])(
  'openLogFile() cuts a torn line of %i bytes and more',
  async (size) => {
    const path = await temporaryLog();
    await writeFile(path, `${LINES[0]}\n{${'x'.repeat(size)}`);
    appendOne(path);
    expect(await readFile(path, 'utf8')).toBe(`${LINES[0]}\n{"seq":99}\n`);
    expect((await stat(`${path}.torn`)).size).toBe(size + 2);
  },
);

test('openLogFile() cuts the zero bytes that a power cut leaves', async () => {
  const path = await temporaryLog();
  await writeFile(path, Buffer.concat([Buffer.from(`${LINES[0]}\n`), Buffer.alloc(100)]));
  appendOne(path);
  expect(await readFile(path, 'utf8')).toBe(`${LINES[0]}\n{"seq":99}\n`);
});

test('openLogFile() saves a log aside that is one torn line', async () => {
  const path = await temporaryLog();
  await writeFile(path, '{"seq":1,');
  appendOne(path);
  expect(await readFile(path, 'utf8')).toBe('{"seq":99}\n');
});

test('openLogFile() refuses a symbolic link, for the log and for what it saves aside', async () => {
  const path = await temporaryLog();
  const victim = join(path, '..', 'victim');
  await writeFile(victim, 'precious');
  await symlink('victim', path);
  expect(() => openLogFile(path)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  await rm(path);
  await writeFile(path, '{"torn');
  await symlink('victim', `${path}.torn`);
  expect(() => openLogFile(path)).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  expect(await readFile(victim, 'utf8')).toBe('precious');
  expect(await readFile(path, 'utf8')).toBe('{"torn');
});
