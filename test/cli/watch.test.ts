import { describe } from 'vitest';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

describe.concurrent('batch-submit watch', () => {
  test('follows the jobs from pending to their end, and names the next command', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, start, pass, folder } = await openWorkbench();
    await given();
    const watch = start('watch');
    await until('three pending jobs are shown', () => watch.stderr().includes('3 pending, 0 running'));
    pass(6000);
    await until('three running jobs are shown', () => watch.stderr().includes('0 pending, 3 running'));
    pass(10_000);
    expect(transcript(await watch.ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      <clock>   3 pending, 0 running, 0 succeeded, 0 failed
      <clock>   0 pending, 3 running, 0 succeeded, 0 failed
      <clock>   0 pending, 0 running, 3 succeeded, 0 failed

      Next: batch-submit download    save the results"
    `);
  });

  test('exits 3 when a job fails', async ({ openWorkbench, expect }) => {
    const { given, cli, pass, folder } = await openWorkbench({
      batches: [1],
      service: { outcome: () => 'failed' },
    });
    await given();
    pass(10_000);
    expect(transcript(await cli('watch'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	job: The input of the batch is invalid.
      --- stderr
      <clock>   0 pending, 0 running, 0 succeeded, 1 failed

      Next: batch-submit retry       submit again what failed"
    `);
  });

  test('gives up after --timeout with 8', async ({ openWorkbench, expect }) => {
    const { given, cli } = await openWorkbench({ batches: [1] });
    await given();
    expect((await cli('watch --timeout 100ms')).code).toBe(8);
  });

  test('has nothing to do without a job', async ({ openWorkbench, expect }) => {
    const { cli, emulator, folder } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli('watch'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      No job is under way

      Next: batch-submit             submit the rest"
    `);
    expect(emulator.requests()).toEqual([]);
  });
});
