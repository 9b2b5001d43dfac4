import { test } from '../cli/workbench.ts';
import { openPty } from './open-pty.ts';
import { finish, masked, openScene } from './scene.ts';

test('watch draws the live area of a run in another terminal', async ({ openWorkbench, expect }) => {
  const { bench, program } = await openScene(openWorkbench);
  // Wide enough for a line with a process number of any length.
  const watch = openPty(['watch'], { folder: bench.folder, env: bench.env, columns: 120 });
  await watch.shows(/3\/5 submitted · waiting for a job to end[^]*\n {2}quota[^]*3 pending$/);
  expect(masked(await watch.screen.text())).toMatchInlineSnapshot(`
    "Watching \`batch-submit run\` (pid <pid>), which goes on when this watch ends
      ━━━━━━━━━━━━────────  3/5 submitted · waiting for a job to end · Ctrl-C ends this watch alone
      quota    3 of 3 jobs · 18 tokens
      jobs     3 pending"
  `);
  bench.pass(10_000);
  await watch.shows(/5\/5 submitted[^]*\n {2}results {2}3 of 5 saved.*$/);
  watch.write('\u0003');
  expect(await watch.ended).toBe(130);
  expect(masked(await watch.screen.text())).toMatchInlineSnapshot(`
    "Watching \`batch-submit run\` (pid <pid>), which goes on when this watch ends
    ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
    ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
    ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
    ✓ <n>   submitted    batches/<job>
    ✓ <n>   submitted    batches/<job>
    error: Watched no longer: \`batch-submit run\` (pid <pid>) goes on, and nothing of it was touched

    hint: run \`batch-submit watch\` to resume"
  `);
  expect(await finish({ bench, program })).toBe(0);
});
