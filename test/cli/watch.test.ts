import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { parseLines, statusesIn } from './saved-files.ts';
import { requestsTo } from './service-record.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const HOUR_MS = 3_600_000;

describe.concurrent('batch-submit watch', () => {
  test('follows the jobs from pending to their end, and saves and merges the results', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, start, pass, folder, path } = await openWorkbench();
    await given();
    const watch = start('watch');
    await until('three pending jobs are shown', () => watch.stderr().includes('3 pending, 0 running'));
    pass(6000);
    await until('three running jobs are shown', () => watch.stderr().includes('0 pending, 3 running'));
    pass(10_000);
    const ended = await watch.ended;
    // The time may go by between two questions of one round, and the counts of that are told too.
    const stderr = ended.stderr.replaceAll(/^[\d:]{8} .*\b[12] (?:pending|running|succeeded).*\n/gm, '');
    // Jobs that ended together are saved side by side.
    const stdout = `${ended.stdout.trimEnd().split('\n').sort().join('\n')}\n`;
    expect(transcript({ ...ended, stdout, stderr }, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      2	downloaded	batch_results/batch_002.jsonl
      3	downloaded	batch_results/batch_003.jsonl
      --- stderr
      <clock>   3 pending, 0 running, 0 succeeded, 0 failed
      <clock>   0 pending, 3 running, 0 succeeded, 0 failed
      <clock>   0 pending, 0 running, 3 succeeded, 0 failed
      Saved 3 results in batch_results
      6 of 6 requests answered and verified; merged in batch_results/merged.jsonl"
    `);
    expect((await readdir(path('batch_results'))).sort()).toEqual([
      'batch_001.jsonl',
      'batch_002.jsonl',
      'batch_003.jsonl',
      'merged.jsonl',
    ]);
    expect(await statusesIn(folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
    expect(parseLines(await readFile(path('batch_results/merged.jsonl'), 'utf8'))).toHaveLength(6);
  });

  test('saves each result as soon as its job has ended, and keeps it when it is stopped', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, start, pass, folder } = await openWorkbench({
      service: { outcome: ({ number }) => (number === 2 ? 'succeeded' : 'stuck_running') },
    });
    await given();
    pass(10_000);
    const watch = start('watch');
    await until('the one result is saved', () => watch.stdout().includes('2\tdownloaded'));
    watch.signal('SIGINT');
    expect(transcript(await watch.ended, folder)).toMatchInlineSnapshot(`
      "exit 130
      --- stdout
      2	downloaded	batch_results/batch_002.jsonl
      --- stderr
      <clock>   0 pending, 2 running, 1 succeeded, 0 failed
      ! Stopping; a create under way is finished first. Press Ctrl-C again to stop now.
      Saved 1 result in batch_results

      Next: batch-submit watch       follow the jobs
      error: Interrupted by SIGINT: everything so far is saved

      hint: run \`batch-submit watch\` to resume"
    `);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'collected', 3: 'submitted' });
  });

  test('merges what a stopped merge left undone', async ({ openWorkbench, expect }) => {
    const { given, cli, pass, path } = await openWorkbench();
    await given();
    pass(10_000);
    await given('download');
    const merged = path('batch_results/merged.jsonl');
    const whole = await readFile(merged, 'utf8');
    expect((await cli('watch')).stderr).toContain('No job is under way');
    await rm(merged);
    await cli('watch');
    expect(await readFile(merged, 'utf8')).toBe(whole);
    // Results that were saved after the last merge: the stop came between the two.
    await writeFile(merged, '');
    await utimes(merged, 0, 0);
    await cli('watch');
    expect(await readFile(merged, 'utf8')).toBe(whole);
  });

  test('collects what was ready before it began, and nothing twice', async ({ openWorkbench, expect }) => {
    const { given, cli, pass, folder, emulator } = await openWorkbench({ batches: [1, 2] });
    await given();
    pass(10_000);
    await given('status --refresh');
    expect(await statusesIn(folder)).toEqual({ 1: 'succeeded', 2: 'succeeded' });
    expect(transcript(await cli('watch'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      2	downloaded	batch_results/batch_002.jsonl
      --- stderr
      <clock>   0 pending, 0 running, 2 succeeded, 0 failed
      Saved 2 results in batch_results
      4 of 4 requests answered and verified; merged in batch_results/merged.jsonl"
    `);
    expect(requestsTo(emulator, 'download')).toHaveLength(2);
    const before = emulator.requests().length;
    expect(transcript(await cli('watch'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      No job is under way"
    `);
    expect(emulator.requests()).toHaveLength(before);
  });

  test('--json counts what it downloaded', async ({ openWorkbench, expect }) => {
    const { given, cli, pass } = await openWorkbench({ batches: [1, 2] });
    await given();
    pass(10_000);
    const events = parseLines((await cli('watch --json')).stdout);
    expect(events.filter(({ type }) => type === 'result_saved')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', submitted: 0, downloaded: 2, exitCode: 0 });
  });

  test('a download that fails is told once and does not end the watching, which exits 3', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, start, pass, folder, path, emulator } = await openWorkbench({
      batches: [1, 2],
      service: { jobTimeMs: 20_000 },
    });
    await given('1 1');
    pass(20_000);
    await given('2 2');
    await mkdir(path('batch_results'));
    await writeFile(path('batch_results/batch_001.jsonl'), 'precious\n');
    const watch = start('watch');
    await until('the failure is told', () => watch.stdout().includes('1\tfailed\tdownload'));
    const polled = requestsTo(emulator, 'batches.get').length;
    await until('it goes on', () => requestsTo(emulator, 'batches.get').length >= polled + 3);
    pass(20_000);
    expect(transcript(await watch.ended, folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	download: "batch_results/batch_001.jsonl" exists and holds other bytes; \`batch-submit download --force\` replaces it
      2	downloaded	batch_results/batch_002.jsonl
      --- stderr
      <clock>   1 pending, 0 running, 1 succeeded, 0 failed
      <clock>   0 pending, 0 running, 2 succeeded, 0 failed
      Saved 1 result in batch_results, 1 could not be saved
      2 of 4 requests answered and verified, 2 pending; merged in batch_results/merged.jsonl

      Next: batch-submit download    save the results"
    `);
    expect(await readFile(path('batch_results/batch_001.jsonl'), 'utf8')).toBe('precious\n');
    expect(await statusesIn(folder)).toEqual({ 1: 'succeeded', 2: 'collected' });
  });

  test('warns once, as an event, of results that may be gone soon', async ({ openWorkbench, expect }) => {
    const { given, cli, start, pass, emulator } = await openWorkbench({ batches: [1, 2] });
    await given('1 1');
    pass(47.5 * HOUR_MS);
    await given('2 2');
    emulator.addFault({ endpoint: 'download', kind: 'status', status: 400 });
    await cli('status --refresh');
    const watch = start('watch --json');
    const warnings = (): readonly unknown[] =>
      parseLines(watch.stdout()).filter(({ type }) => type === 'warning');
    await until('it warns', () => warnings().length > 0);
    const polled = requestsTo(emulator, 'batches.get').length;
    await until('it goes on', () => requestsTo(emulator, 'batches.get').length >= polled + 3);
    expect(warnings()).toEqual([
      expect.objectContaining({
        message:
          '1 result may be gone in less than 1 hour (batch 1); `batch-submit download` saves what is there',
      }),
    ]);
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
