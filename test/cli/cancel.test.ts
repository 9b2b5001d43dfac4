import { describe } from 'vitest';
import { statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

async function submitted(openWorkbench: OpenWorkbench): Promise<Workbench> {
  const bench = await openWorkbench();
  await bench.given();
  return bench;
}

describe.concurrent('batch-submit cancel', () => {
  test('asks nobody without a terminal: exit 2 that names --yes, and no request', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, emulator } = await submitted(openWorkbench);
    const before = emulator.requests().length;
    expect(transcript(await cli('cancel 1 2'), folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot cancel 2 jobs (1-2): it was not confirmed

      hint: answer "y", or pass \`--yes\` in a script"
    `);
    expect(emulator.requests()).toHaveLength(before);
  });

  test('--yes cancels the jobs of the range and no other', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await submitted(openWorkbench);
    expect(transcript(await cli('cancel 1 2 --yes'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	cancel requested	batches/<job>
      2	cancel requested	batches/<job>
      --- stderr
      Asked to cancel 2 jobs; \`batch-submit status --refresh\` shows how they end"
    `);
    expect(emulator.accepted().cancels).toHaveLength(2);
    expect(await statusesIn(folder)).toEqual({ 1: 'cancelled', 2: 'cancelled', 3: 'submitted' });
  });

  test('--only cancels batches that are no range', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await submitted(openWorkbench);
    expect((await cli('cancel --only 1,3 --yes')).code).toBe(0);
    expect(await statusesIn(folder)).toEqual({ 1: 'cancelled', 2: 'submitted', 3: 'cancelled' });
  });

  test('needs a range, so that nobody cancels everything by accident', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await submitted(openWorkbench);
    expect(transcript(await cli('cancel --yes'), folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot cancel: no batch was named

      hint: name the first and the last one, as in \`batch-submit cancel 81 90\`"
    `);
    expect(emulator.accepted().cancels).toEqual([]);
  });

  test('has nothing to cancel before a submit', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    expect(transcript(await cli('cancel 1 --yes'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Nothing to cancel: no job is under way"
    `);
  });

  test('says so when the job had ended already', async ({ openWorkbench, expect }) => {
    const { cli, folder, pass } = await submitted(openWorkbench);
    pass(10_000);
    expect(transcript(await cli('cancel 1 1 --yes'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	cancel: Operation is already finished and cannot be cancelled.
      --- stderr
      Asked to cancel 0 jobs; \`batch-submit status --refresh\` shows how they end"
    `);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'succeeded' });
  });
});
