import { writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readLog, readState, statusesIn } from './saved-files.ts';
import { test, type Workbench } from './workbench.ts';

const CREATE = 'batches.create';
const TWELVE = Array.from({ length: 12 }, (_, index) => index + 1);

function refusedBy({ emulator }: Workbench): number {
  return requestsTo(emulator, CREATE).filter(({ status }) => status === 429).length;
}

const PATIENCE = { timeout: 20_000 };

async function uploadedIn({ folder }: Workbench): Promise<readonly string[]> {
  return Object.values(await statusesIn(folder)).filter((status) => status === 'uploaded');
}

/** One request of so many characters. */
async function writeLarge({ path }: Workbench, batch: number, length: number): Promise<void> {
  const request = { contents: [{ role: 'user', parts: [{ text: `${batch}`.padEnd(length, '.') }] }] };
  const name = `batch_${String(batch).padStart(3, '0')}.jsonl`;
  await writeFile(path('batches', name), `${JSON.stringify({ key: `large-${batch}`, request })}\n`);
}

describe('a quota that was named', () => {
  test('in jobs: no create is sent that would be refused', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: TWELVE,
      // Long enough that three are under way at once on a busy machine too.
      service: { quotaJobs: 3, jobTimeMs: 1000 },
    });
    await bench.given('--max-active-jobs 3 --concurrency 8 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(0);
    expect(jobsPerInput(bench.emulator)).toEqual(TWELVE.map(() => 1));
    const waits = (await readLog(bench.folder)).filter(({ event }) => event === 'quota_wait');
    expect(waits, 'said once').toMatchObject([{ data: { jobs: 3, mostJobs: 3 } }]);
  });

  test('in tokens: no create is sent that would be refused, large ones among small', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: TWELVE,
      service: { quotaTokens: 1000, jobTimeMs: 200 },
    });
    for (const batch of TWELVE) await writeLarge(bench, batch, batch % 4 === 0 ? 3600 : 1200);
    await bench.given('--token-limit 1k --concurrency 8 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(0);
    expect(jobsPerInput(bench.emulator)).toEqual(TWELVE.map(() => 1));
  });

  test('by run: what ends is collected while the rest waits', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: TWELVE,
      service: { quotaJobs: 4, jobTimeMs: 200 },
    });
    await bench.given('run --max-active-jobs 4 --concurrency 8 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(0);
    expect(new Set(Object.values(await statusesIn(bench.folder)))).toEqual(new Set(['collected']));
    const ends = (await readLog(bench.folder)).filter(({ event }) => event === 'job_state');
    const told = ends.map(({ batch, data }) => JSON.stringify([batch, data['state']]));
    expect(told, 'each news once').toHaveLength(new Set(told).size);
  });

  test('jobs of others count too', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1, 2, 3],
      service: { quotaJobs: 2, jobTimeMs: 400 },
    });
    await bench.createJob('somebody else');
    await bench.given('--max-active-jobs 2 --concurrency 3 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(0);
  });
});

describe('a quota that nobody named', () => {
  test('is learnt from one 429; from then on each job that ends makes room at once', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: TWELVE,
      // Long enough that three are under way at once on a busy machine too.
      service: { quotaJobs: 3, jobTimeMs: 1000 },
    });
    const line = '--concurrency 1 --rate-limit-wait 60s --max-wait 30s';
    await bench.given(line);
    expect(refusedBy(bench), 'and no wait of a minute was slept').toBe(1);
    expect(jobsPerInput(bench.emulator)).toEqual(TWELVE.map(() => 1));
    const log = await readLog(bench.folder);
    expect(log.filter(({ event }) => event === 'rate_limited')).toMatchObject([
      { data: { orWhenAJobEnds: true, waitMs: 60_000 } },
    ]);
    expect(log.filter(({ event }) => event === 'quota_learnt')).toHaveLength(1);
  });

  test('is remembered by the next run, which meets no 429 any more', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: TWELVE,
      // Long enough that three are under way at once on a busy machine too.
      service: { quotaJobs: 3, jobTimeMs: 1000 },
    });
    await bench.given('1 6 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(1);
    expect(await readState(bench.folder)).toMatchObject({
      quotas: [{ model: 'gemini-2.5-flash', heldJobs: 3 }],
    });
    await bench.given('7 12 --rate-limit-wait 60s');
    expect(refusedBy(bench)).toBe(1);
  });
});

describe('uploads', () => {
  test('go on while creates wait, as many as there are jobs under way, and are not made twice', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: TWELVE, service: { quotaJobs: 5 } });
    const running = bench.start('--max-active-jobs 5 --concurrency 2');
    await expect.poll(() => uploadedIn(bench), PATIENCE).toHaveLength(5);
    expect(requestsTo(bench.emulator, CREATE)).toHaveLength(5);
    running.signal('SIGKILL');
    await running.ended;
    bench.pass(11_000);
    const next = bench.start('--max-active-jobs 5 --concurrency 2');
    await expect.poll(() => requestsTo(bench.emulator, CREATE).length, PATIENCE).toBe(10);
    bench.pass(11_000);
    expect(await next.ended).toMatchObject({ code: 0 });
    expect(requestsTo(bench.emulator, 'upload.start')).toHaveLength(12);
    expect(refusedBy(bench)).toBe(0);
  });
});

describe('a file that is larger than the whole limit', () => {
  test('is refused before anything is sent, with the command that splits it', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await writeLarge(bench, 2, 8000);
    const ended = await bench.cli('--token-limit 1000');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain(
      'Cannot submit batch 2: its requests hold about 2.0 k tokens, and all unfinished jobs together may hold 1.0 k',
    );
    expect(ended.stderr).toContain('`batch-submit split batches/batch_002.jsonl --max-tokens 900`');
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('is left out with --skip-missing', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await writeLarge(bench, 2, 8000);
    await bench.given('--token-limit 1000 --skip-missing');
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'submitted' });
  });
});

test('tokens are counted as the service counts them, once answers tell', async ({
  openWorkbench,
  expect,
}) => {
  const bench = await openWorkbench({
    clock: 'real',
    batches: [1],
    service: { charactersPerToken: 1, jobTimeMs: 50, quotaTokens: 1000 },
  });
  for (const batch of [1, 2, 3, 4, 5, 6]) await writeLarge(bench, batch, 400);
  await bench.given('run 1 1');
  await bench.given('2 6 --token-limit 1000 --concurrency 8 --rate-limit-wait 60s');
  expect(refusedBy(bench), 'by the estimate all of them would have fitted at once').toBe(0);
});

test('a tier sets the limit; one that is not known for the model is refused', async ({
  openWorkbench,
  expect,
}) => {
  const bench = await openWorkbench({ batches: [1] });
  await writeLarge(bench, 1, 13_000_000);
  const tooLarge = await bench.cli('--tier 1 --dry-run');
  expect(tooLarge.stderr).toContain(
    'hold about 3.3 M tokens, and all unfinished jobs together may hold 3.0 M',
  );
  await bench.given('--tier 2 --dry-run');
  const unknown = await bench.cli('--tier 1 --model gemma-9 --dry-run');
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain('Cannot use --tier 1: its limit for the model "gemma-9" is not known');
});
