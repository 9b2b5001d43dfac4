import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';

/** What `npm run probe` starts. */
const BIN = fileURLToPath(new URL('../../dist/probe/bin.js', import.meta.url));

test('the built probe sends nothing unasked, and measures real time when it is told to begin', async () => {
  const emulator = await startEmulator({ jobTimeMs: 200, listLagMs: 50 });
  const folder = await mkdtemp(join(tmpdir(), 'probe-bin-'));
  onTestFinished(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const run = async (...args: readonly string[]): Promise<{ code: unknown; said: string }> => {
    const child = spawn(process.execPath, [BIN, '--base-url', emulator.url, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], GEMINI_API_KEY: FAKE_KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const [code] = await once(child, 'close');
    return { code, said };
  };

  const questions = ['--only', 'L3,L7,L8,L12', '--rounds', '1'];
  expect(await run(...questions)).toMatchObject({ code: 2 });
  expect(emulator.requests()).toEqual([]);

  const { code, said } = await run(...questions, '--yes');
  expect(code, said).toBe(0);
  expect(said).not.toContain(FAKE_KEY);
  const [made = ''] = await readdir(folder);
  expect(made).toMatch(/^probe-\d{4}-\d\d-\d\d-[a-z2-7]{8}$/);
  const answers = JSON.parse(await readFile(join(folder, made, 'probe-answers.json'), 'utf8'));
  expect(answers.answers.map(({ answer }: { answer: string }) => answer)).toEqual([
    expect.stringMatching(/^(?:late|at_once)$/),
    'file',
    'ranges',
    '403',
  ]);
  const { files, jobs } = emulator.accepted();
  expect([...files, ...jobs].filter(({ deletedAt }) => deletedAt === undefined)).toEqual([]);
});
