import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import type { FinalReport } from '../../src/report/final-report.ts';
import { parseLines } from './saved-files.ts';
import { test, type OpenWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** Two requests a batch. */
async function open(openWorkbench: OpenWorkbench, options: WorkbenchOptions = {}): Promise<Workbench> {
  return await openWorkbench({ clock: 'real', ...options });
}

async function readReport({ path }: Workbench): Promise<FinalReport> {
  return JSON.parse(await readFile(path('batch_submission_final_report.json'), 'utf8')) as FinalReport; // ours: other tests check it
}

describe.concurrent('a canary with nothing to submit after it', () => {
  test.for(['submit', 'submit --canary --yes'])(
    'follows every job that `%s` made',
    async (line, { openWorkbench, expect }) => {
      const bench = await open(openWorkbench);
      await bench.given(line);
      const { stderr } = await bench.given('run --canary --yes');
      expect((await readReport(bench)).requests).toMatchObject({ planned: 6, answered: 6 });
      expect(stderr).toContain('No canary: nothing would be left to submit after it');
      expect(bench.emulator.accepted().jobs).toHaveLength(3);
    },
  );

  test('follows a retry, too', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    await bench.cli('retry');
    await bench.given('run --canary --yes');
    expect((await readReport(bench)).requests).toMatchObject({ planned: 6, answered: 6 });
  });
});

describe.concurrent('a canary whose rows were sent again', () => {
  test.for(['run --canary --yes', 'run 1 3 --canary --yes'])(
    'is judged by the answers of the retry: %s',
    async (line, { openWorkbench, expect }) => {
      const bench = await open(openWorkbench, {
        service: { faults: [{ endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 1 }] },
      });
      expect((await bench.cli(line)).code).toBe(3);
      await bench.cli('retry');
      const { stderr } = await bench.given(line);
      expect(stderr).toContain('Canary passed: 2 of 2 requests answered');
      expect(bench.emulator.accepted().jobs).toHaveLength(4);
      expect((await readReport(bench)).requests).toMatchObject({ planned: 6, answered: 6 });
    },
  );

  test('after a job that was cancelled half-way passes as well', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, {
      clock: 'virtual',
      service: { cancelRunning: 'cancelled' },
    });
    await bench.given('1 1');
    // Late enough for some answers, too early for all.
    bench.pass(8000);
    await bench.cli('cancel 1 1 --yes');
    await bench.cli('download');
    await bench.cli('retry');
    bench.pass(10_000);
    const { stderr } = await bench.given('--canary --yes');
    expect(stderr).toContain('Canary passed: 2 of 2 requests answered');
  });

  test('is not blamed for what came to the rows of another batch', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, {
      service: {
        faults: [
          { endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 2 },
          { endpoint: 'batches.create', kind: 'damage', damage: { foreign: 1 }, at: 3 },
        ],
      },
    });
    await bench.cli('run 1 2');
    await bench.cli('retry 1 2');
    await bench.cli('watch');
    expect((await bench.cli('run --canary --yes')).stderr).toContain('Canary passed: 2 of 2');
    expect(bench.emulator.accepted().jobs).toHaveLength(4);
  });
});

describe.concurrent('a canary that does not pass', () => {
  test('because its input was refused names the file to correct', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench);
    await writeFile(bench.path('batches/batch_001.jsonl'), '{"key":"a"}\n');
    const { code, stdout, stderr } = await bench.cli('run --canary --yes --json');
    expect(code).toBe(3);
    const [error] = parseLines(stderr);
    expect(error).toMatchObject({
      code: 'E_CANARY',
      message: 'Cannot go on after the canary (batch 1): its input was refused',
      hint: 'correct the input of batch 1, then run the same command again',
    });
    expect(error?.['details']).toContain('batch 1: line 1 has neither "request" nor "contents"');
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'run_finished', submitted: 0, failed: 1 });
    expect(bench.emulator.accepted().jobs).toEqual([]);
  });

  test('because its job failed names the retry', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, {
      service: { outcome: ({ number }) => (number === 1 ? 'failed_internal' : 'succeeded') },
    });
    const { code, stderr } = await bench.cli('submit --canary --yes');
    expect(code).toBe(3);
    expect(stderr).toContain('2 of 2 requests have no good answer');
    expect(stderr).toContain('batch 1: Internal error encountered.');
    expect(stderr).toContain(
      'hint: send what failed again with `batch-submit retry`, then run the same command again',
    );
    await bench.given('retry');
    await bench.given('run --canary --yes');
    expect((await readReport(bench)).requests).toMatchObject({ planned: 6, answered: 6 });
  });

  test('because the service does not know its job names that status', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench);
    await bench.given('1 1');
    const [job] = bench.emulator.accepted().jobs;
    await fetch(`${bench.emulator.url}/v1beta/${job?.name}`, {
      method: 'DELETE',
      headers: { 'x-goog-api-key': 'any' },
    });
    const { stderr } = await bench.cli('run --canary --yes');
    expect(stderr).toContain(
      'hint: if the job is really gone, pay for it again with `batch-submit retry --status missing`',
    );
    await bench.given('retry --status missing');
    await bench.given('run --canary --yes');
  });

  test('because it is not over yet says what is pending', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, { service: { outcome: () => 'stuck_running' } });
    const { code, stderr } = await bench.cli('run --canary --yes --timeout 100ms');
    expect(code).toBe(3);
    expect(stderr).toContain('2 of 2 requests have no good answer, 2 of them pending');
    expect(stderr).toContain(
      'hint: follow the jobs with `batch-submit watch`, then run the same command again',
    );
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
  });

  test('passes once the retry of its rows, which was stopped, goes on', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, {
      service: {
        faults: [
          { endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 1 },
          { endpoint: 'batches.create', kind: 'rate_limit_zero', at: 2 },
        ],
      },
    });
    const line = 'run 1 3 --canary --yes';
    await bench.cli(line);
    expect((await bench.cli('retry')).code).toBe(2);
    expect((await bench.given(line)).stderr).toContain('Canary passed');
    expect(bench.emulator.accepted().jobs).toHaveLength(4);
  });
});

describe.concurrent('the cost of a canary', () => {
  test('is its own, whatever was paid for before', async ({ openWorkbench, expect }) => {
    const bench = await open(openWorkbench, { batches: [1, 2, 3, 4] });
    await bench.given('run 1 2');
    const { stdout } = await bench.given('run 3 4 --canary --yes --json');
    const { batches } = await readReport(bench);
    const tokens = batches.find(({ batch }) => batch === 3)?.tokens;
    expect(parseLines(stdout).find(({ type }) => type === 'canary')).toMatchObject({
      batches: [3],
      spent: expect.stringContaining(`${tokens?.prompt} tokens in, ${tokens?.answer} out, about `),
    });
  });
});
