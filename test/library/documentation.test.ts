import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { startEmulator, systemClock } from '../../src/emulator/index.ts';
import { LIBRARY_COMMANDS } from '../../src/library/batch-submit.ts';
import { optionNamesOf } from '../../src/library/read-options.ts';
import { writeBatches } from '../cli/batch-files.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';
import { ROOT } from '../house/source-files.ts';

const page = await readFile(`${ROOT}docs/library.md`, 'utf8');

/** Each example of the page, under its heading, and what it prints. */
const examples = [...page.matchAll(/```js\n(.+?)```\n\n```text\n(.+?)```/gs)].map(
  ([, program = '', output = ''], index) => ({ number: index + 1, program, output }),
);

/** Runs a program that imports the package by its name, in a folder with three batches and a service. */
async function runExample(program: string, atEnd: (cleanup: () => Promise<void>) => void): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'batch-submit-example-'));
  atEnd(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'node_modules'));
  await symlink(ROOT, join(root, 'node_modules', 'batch-submit'), 'junction');
  await writeBatches(join(root, 'batches'), [1, 2, 3]);
  await writeFile(join(root, 'example.mjs'), program);
  const emulator = await startEmulator({ clock: systemClock, jobTimeMs: 100 });
  atEnd(() => emulator.close());
  const env = {
    PATH: process.env['PATH'],
    GEMINI_API_KEY: FAKE_KEY,
    BATCH_SUBMIT_BASE_URL: emulator.url,
    BATCH_SUBMIT_POLL: '50ms',
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, ['example.mjs'], { cwd: root, env }, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
  });
}

describe('docs/library.md', () => {
  test('says of each example what it prints', () => {
    expect(examples.length).toBeGreaterThan(5);
    expect(page.match(/```js\n/g)).toHaveLength(examples.length);
  });

  test.concurrent.for(examples)(
    'example $number prints what the page says',
    async ({ program, output }, context) => {
      context.expect(await runExample(program, context.onTestFinished)).toBe(output);
    },
  );

  test.for(LIBRARY_COMMANDS)('lists the options of %s', (name) => {
    const spec = COMMANDS.find((command) => command.name === name);
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}()\``)) ?? '';
    const listed = [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, option]) => option ?? '');
    expect(listed.sort()).toEqual(spec === undefined ? [] : [...optionNamesOf(spec)].sort());
  });
});
