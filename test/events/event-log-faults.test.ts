import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const FIXTURE = fileURLToPath(new URL('fixtures/write-events.mjs', import.meta.url));
const WRITTEN = 'written\nwritten\nwritten\n';
const hasStrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

async function temporaryLog(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'log.jsonl');
}

test.skipIf(!hasStrace)(
  'a job is synced to the disk when the sink returns, and a warning waits',
  async () => {
    const path = await temporaryLog();
    const strace = ['-f', '-qq', '-y', '-e', 'trace=write,fdatasync', '-o', `${path}.trace`];
    const run = spawnSync('strace', [...strace, process.execPath, FIXTURE, path, '10'], { encoding: 'utf8' });
    expect(run.stdout).toBe(WRITTEN);
    const calls = (await readFile(`${path}.trace`, 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`<${path}>`));
    expect(calls.map((line) => /(\w+)\(/.exec(line)?.[1])).toEqual(['write', 'write', 'fdatasync', 'write']);
  },
);

test.skipIf(!hasStrace).for(['write', 'fdatasync'])(
  'a disk that fails in %s makes the log quiet',
  async (call) => {
    const path = await temporaryLog();
    const strace = [
      '-f',
      '-qq',
      '-P',
      path,
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:error=EIO:when=1+`,
      '-o',
      '/dev/null',
    ];
    const run = spawnSync('strace', [...strace, process.execPath, FIXTURE, path, '10'], { encoding: 'utf8' });
    expect(run.stdout).toBe(call === 'write' ? 'EIO\nEIO\nEIO\n' : 'written\nEIO\nEIO\n');
  },
);

test.skipIf(process.platform === 'win32')('a write that was cut short without an error is seen', async () => {
  const path = await temporaryLog();
  // One block of 512 or 1,024 bytes, depending on the shell: the line needs 3,000.
  const args = ['-c', 'ulimit -f 1; exec "$0" "$@"', process.execPath, FIXTURE, path, '3000'];
  const run = spawnSync('sh', args, { encoding: 'utf8' });
  expect(run.stdout).toBe('EFBIG\nEFBIG\nEFBIG\n');
  const again = spawnSync(process.execPath, [FIXTURE, path, '10'], { encoding: 'utf8' });
  expect(again.stdout).toBe(WRITTEN);
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3]);
});
