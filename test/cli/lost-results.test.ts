import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, type ExpectStatic } from 'vitest';
import { parseLines, statusesIn } from './saved-files.ts';
import { maskOutput, transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** A workbench where every result was saved, and where the service has dropped them all since. */
async function afterRetention(
  openWorkbench: OpenWorkbench,
  { service, ...options }: WorkbenchOptions = {},
): Promise<Workbench> {
  const bench = await openWorkbench({ ...options, service: { resultTtlMs: 60_000, ...service } });
  await bench.given();
  bench.pass(10_000);
  await bench.cli('run');
  bench.pass(120_000);
  return bench;
}

interface Report {
  readonly requests: Readonly<Record<string, number>>;
  readonly tokens: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

async function reportOf({ cli, path }: Workbench): Promise<Report> {
  await cli('report');
  return JSON.parse(await readFile(path('batch_submission_final_report.json'), 'utf8')) as Report;
}

async function expectAnswered(
  expect: ExpectStatic,
  { path }: Workbench,
  keys: readonly string[],
): Promise<void> {
  const lines = parseLines(await readFile(path('batch_results/merged.jsonl'), 'utf8'));
  expect(lines.filter(({ response }) => response !== undefined).map(({ key }) => key)).toEqual(keys);
}

const ALL = ['b1-1', 'b1-2', 'b2-1', 'b2-2'];

describe.concurrent('results that are on disk and that the service has dropped', () => {
  test('are no failure of download --force', async ({ openWorkbench, expect }) => {
    const bench = await afterRetention(openWorkbench, { batches: [1, 2] });
    const before = await readFile(bench.path('batch_results/batch_001.jsonl'));
    expect(transcript(await bench.cli('download --force'), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      ! 001   the service has its results no more (PERMISSION_DENIED); the verified file "batch_results/batch_001.jsonl" is kept
      ! 002   the service has its results no more (PERMISSION_DENIED); the verified file "batch_results/batch_002.jsonl" is kept
      Saved 0 results in batch_results, 2 on disk already
      4 of 4 requests answered and verified; merged in batch_results/merged.jsonl"
    `);
    expect(await readFile(bench.path('batch_results/batch_001.jsonl'))).toEqual(before);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'collected', 2: 'collected' });
  });
});

describe.concurrent('a results file that is gone, of results that the service has dropped', () => {
  test('is told as lost, and paid for again once it is named', async ({ openWorkbench, expect }) => {
    const bench = await afterRetention(openWorkbench, { batches: [1, 2] });
    const { tokens: paid } = await reportOf(bench);
    await rm(bench.path('batch_results/batch_002.jsonl'));
    const first = await bench.cli('run');
    expect(first.code).toBe(3);
    expect(maskOutput(first.stdout, bench.folder)).toMatchInlineSnapshot(`
      "2	failed	download: its results are gone for good: no verified file is on disk, and the service has dropped them (PERMISSION_DENIED); \`batch-submit retry --status lost\` pays for them again
      "
    `);
    expect(first.stderr).toContain('Next: batch-submit retry --status lost');
    const lost = await reportOf(bench);
    expect(lost.requests).toMatchObject({ planned: 4, answered: 2, missing: 2, pending: 0 });
    expect(lost.notes.join('\n')).toMatch(/results of batch 2 are gone for good.*retry --status lost/);
    // They were paid for, whatever became of them.
    expect(lost.tokens).toEqual(paid);

    const plain = await bench.cli('retry');
    expect(plain.code).toBe(3);
    expect(plain.stderr).toContain('Next: batch-submit retry --status lost');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);

    await bench.given('retry --status lost');
    const jobs = bench.emulator.accepted().jobs.slice(2);
    const keys = await Promise.all(jobs.map(({ name }) => bench.emulator.requestKeys(name)));
    expect(keys).toEqual([['b2-1', 'b2-2']]);
    bench.pass(10_000);
    await bench.given('run');
    await expectAnswered(expect, bench, ALL);
    const after = await reportOf(bench);
    expect(after.notes).toEqual([]);
    expect(after.tokens).toMatchObject({ total: ((paid['total'] ?? 0) * 3) / 2 });
  });

  test('is not paid for again when it is put back', async ({ openWorkbench, expect }) => {
    const bench = await afterRetention(openWorkbench, { batches: [1, 2] });
    const path = bench.path('batch_results/batch_002.jsonl');
    const bytes = await readFile(path);
    await rm(path);
    expect((await bench.cli('download')).code).toBe(3);
    await writeFile(path, bytes);
    await bench.cli('retry --status lost');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
    await bench.given('run');
    await expectAnswered(expect, bench, ALL);
  });

  test('of rows that were sent again is told and mended like any other', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await afterRetention(openWorkbench, {
      batches: [1, 2],
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.given('retry');
    bench.pass(10_000);
    await bench.given('run');
    bench.pass(120_000);
    await rm(bench.path('batch_results/batch_900000001.jsonl'));
    const { code, stderr } = await bench.cli('run');
    expect(code).toBe(3);
    expect(stderr).toContain('Next: batch-submit retry --status lost');
    await bench.cli('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
    await bench.given('retry --status lost');
    bench.pass(10_000);
    await bench.given('run');
    await expectAnswered(expect, bench, ALL);
    expect(bench.emulator.accepted().jobs).toHaveLength(4);
  });
});
