import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { readSourceFiles } from '../house/source-files.ts';
import { openPty } from '../pty/open-pty.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

/** Every command that asks a question, where it would ask it. */
const ASKING: Readonly<Record<string, string>> = {
  submit: 'submit --canary',
  run: 'run --canary',
  cancel: 'cancel 1',
  cleanup: 'cleanup',
  adopt: 'adopt --job 3=batches/abcdef',
};

/** Batch 1 runs, batch 2 is saved, batch 3 is not submitted. */
async function inTheMiddle(open: OpenWorkbench): Promise<Workbench> {
  const bench = await open({
    service: { outcome: ({ number }) => (number === 1 ? 'stuck_running' : 'succeeded') },
  });
  await bench.given('1 2');
  bench.pass(10_000);
  await bench.cli('download');
  return bench;
}

describe.concurrent('a question', () => {
  test('is asked by no other command', async ({ expect }) => {
    const sources = await readSourceFiles();
    const asking = sources.filter(
      ({ path, text }) => path.startsWith('src/cli/') && /\bconfirm\(/.test(text),
    );
    // canary.ts asks for submit and run; confirm.ts is the question itself.
    expect(asking.map(({ path }) => path.replace('src/cli/', '')).sort()).toEqual([
      'commands/adopt.ts',
      'commands/canary.ts',
      'commands/cancel.ts',
      'commands/cleanup.ts',
      'confirm.ts',
    ]);
  });

  test.for(Object.keys(ASKING))('of %s has a flag that answers it', (name, { expect }) => {
    const flags = COMMANDS.find((command) => command.name === name)?.flags.map(({ flags: one }) => one);
    expect(flags).toContain('-y, --yes');
  });

  test.for(Object.entries(ASKING))(
    'of %s is not asked without a terminal: exit 2, the flag is named, and nothing is changed',
    async ([, line], { openWorkbench, expect }) => {
      const bench = await inTheMiddle(openWorkbench);
      const state = await readFile(bench.path('batch_submission_state.json'), 'utf8');
      const { code, stderr } = await bench.cli(line);
      expect(code).toBe(2);
      expect(stderr).toMatch(/hint: .*`--yes`/);
      expect(stderr).not.toContain('[y/N]');
      expect(await readFile(bench.path('batch_submission_state.json'), 'utf8')).toBe(state);
    },
  );

  test.for(Object.entries(ASKING))(
    'of %s is not asked on a terminal either, with --no-input',
    async ([, line], { openWorkbench, expect }) => {
      const bench = await inTheMiddle(openWorkbench);
      const words = [...line.split(' '), '--no-input'];
      const program = openPty(words, { folder: bench.folder, env: bench.env, columns: 100 });
      expect(await program.ended).toBe(2);
      expect(await program.screen.text()).not.toContain('[y/N]');
    },
  );
});
