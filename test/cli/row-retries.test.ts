import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { describe, type ExpectStatic } from 'vitest';
import { answeredIn, keysOfJobs, openRows, readMerged, readReport, rowsText, textIn } from './rows.ts';
import { readState } from './saved-files.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const ALL = Array.from({ length: 10 }, (_, index) => `b1-r${index + 1}`);

/** Batch 1 was cancelled when some of its ten rows had their answers. */
async function openCut(
  openWorkbench: OpenWorkbench,
  expect: ExpectStatic,
): Promise<{ readonly bench: Workbench; readonly answered: readonly (string | undefined)[] }> {
  const bench = await openRows(openWorkbench, {
    rows: 10,
    clock: 'virtual',
    service: { cancelRunning: 'cancelled' },
  });
  await bench.given();
  bench.pass(8000);
  await bench.cli('cancel 1 1 --yes');
  await bench.cli('download');
  const answered = (await answeredIn(bench)).map((line) => ALL[line - 1]);
  expect([answered.length > 1, answered.length < 9]).toEqual([true, true]);
  return { bench, answered };
}

describe.concurrent('a retry of rows that ended badly', () => {
  test('sends only what it left unanswered', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      rows: 10,
      clock: 'virtual',
      service: {
        cancelRunning: 'cancelled',
        faults: [{ endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 1 }],
      },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.cli('download');
    expect(await bench.cli('retry')).toMatchObject({ code: 0 });
    bench.pass(8000);
    await bench.cli('cancel 1 1 --yes');
    await bench.cli('watch');
    const answered = (await answeredIn(bench)).map((line) => ALL[line - 1]);
    expect([answered.length > 0, answered.length < 10]).toEqual([true, true]);
    await bench.cli('retry');
    const rest = ALL.filter((key) => !answered.includes(key));
    expect(await keysOfJobs(bench.emulator, 0)).toEqual([ALL, ALL, rest]);
    bench.pass(10_000);
    expect(await bench.cli('run')).toMatchObject({ code: 0 });
    expect((await readReport(bench)).requests).toMatchObject({ planned: 10, answered: 10 });
  });

  test('counts as a try, so that nothing is paid for without end', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      service: {
        damage: { error: 1 },
        outcome: ({ number }) => (number === 1 ? 'succeeded' : 'expired'),
      },
    });
    await bench.cli('run');
    for (const jobs of [2, 3, 3]) {
      await bench.cli('retry');
      await bench.cli('run');
      expect(bench.emulator.accepted().jobs).toHaveLength(jobs);
    }
    const { stderr } = await bench.cli('retry');
    expect(stderr).toContain('3 rows were sent as often as allowed');
    expect(stderr).toContain('Next: batch-submit report');
    expect((await bench.cli('run')).stderr).toContain('Next: batch-submit report');
  });

  test('leaves the rows free whose copy is lost, and says which cannot be sent', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run');
    // Refused before there is a job: the rows are chosen, and nothing is sent.
    expect((await bench.cli('retry --model no-such-model')).code).toBe(2);
    await rm(bench.path('batch_submission_state.json.staged'), { recursive: true });
    await writeFile(bench.path('batches', 'batch_001.jsonl'), 'edited\n');
    await bench.cli('run --skip-missing');
    const { stderr } = await bench.cli('retry --skip-missing');
    expect(stderr).toContain('3 rows cannot be sent again');
    expect(await keysOfJobs(bench.emulator, 2)).toEqual([['b2-r1', 'b2-r2', 'b2-r3']]);
  });
});

describe.concurrent('a retry of rows', () => {
  test('belongs to the range of its batches', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 3,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run 1 2');
    await bench.cli('retry 1 2');
    const { code, stderr } = await bench.cli('run 1 2');
    expect(stderr).toContain('6 of 6 requests answered and verified');
    expect(code).toBe(0);
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
  });

  test('is cancelled only together with all batches that it has rows of', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      service: {
        damage: { error: 1 },
        damageOnce: true,
        outcome: ({ number }) => (number > 2 ? 'stuck' : undefined),
      },
    });
    await bench.cli('run');
    await bench.cli('retry');
    expect((await bench.cli('cancel 1 1 --yes')).stderr).toContain('Nothing to cancel');
    expect((await bench.cli('cancel 1 2 --yes')).stdout).toContain('900000001\tcancel requested');
  });

  test('speaks of the file as it was: lines that moved are other requests', async ({
    openWorkbench,
    expect,
  }) => {
    const { bench } = await openCut(openWorkbench, expect);
    await bench.cli('retry');
    bench.pass(10_000);
    await bench.cli('watch');
    expect(await answeredIn(bench)).toHaveLength(10);
    // Each line is now one further down.
    const more = rowsText(2, 1, () => 'new');
    await writeFile(
      bench.path('batches', 'batch_001.jsonl'),
      `${more}${rowsText(1, 10, (row) => `b1-r${row}`)}`,
    );
    await bench.cli('retry --batches-only');
    bench.pass(10_000);
    await bench.cli('watch');
    const merged = await readMerged(bench);
    expect(merged.map(({ key }) => key)).toEqual(['new', ...ALL]);
    const clean = await openRows(openWorkbench, { rows: 10 });
    await clean.given('run');
    // The same request gets the same answer.
    expect(merged.slice(1).map(({ response }) => textIn(response))).toEqual(
      (await readMerged(clean)).map(({ response }) => textIn(response)),
    );
  });

  test('of a cancelled batch is followed, not asked for again', async ({ openWorkbench, expect }) => {
    const { bench } = await openCut(openWorkbench, expect);
    const { code, stderr } = await bench.cli('retry');
    expect(stderr).toContain('Next: batch-submit watch');
    expect(code).toBe(0);
    bench.pass(10_000);
    expect(await bench.cli('run')).toMatchObject({ code: 0 });
    const { stdout } = await bench.cli('report --markdown --output -');
    expect(stdout).not.toContain('Needs attention');
    expect((await readState(bench.folder)).batches).toMatchObject({ 1: { status: 'cancelled' } });
  });

  test('of a cancelled batch whose file was edited says what can be done', async ({
    openWorkbench,
    expect,
  }) => {
    const { bench, answered } = await openCut(openWorkbench, expect);
    await writeFile(
      bench.path('batches', 'batch_001.jsonl'),
      rowsText(1, 10, (row) => `edited-${row}`),
    );
    for (const line of ['retry --dry-run', 'retry']) {
      const { stderr } = await bench.cli(line);
      expect(stderr).toContain(`${10 - answered.length} rows cannot be sent again`);
      expect(stderr).toContain('or send its batch whole with `batch-submit retry --batches-only`');
    }
    const { code, stderr } = await bench.cli('retry');
    expect(stderr).toContain('Next: batch-submit retry --batches-only');
    expect(code).toBe(3);
  });

  test('is known again when the state is lost', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      service: { damage: { error: 0.5 }, damageOnce: true },
    });
    await bench.cli('run');
    await bench.cli('retry');
    await bench.given('run');
    const before = await readFile(bench.path('batch_results', 'merged.jsonl'), 'utf8');
    await rm(bench.path('batch_submission_state.json'));
    await rm(bench.path('batch_submission_state.json.bak'), { force: true });
    // Refused, as the log names jobs; and nothing that may help is cleared away.
    expect(await bench.cli('retry')).toMatchObject({ code: 10 });
    await bench.given('adopt --yes');
    await bench.given('download');
    expect(await readFile(bench.path('batch_results', 'merged.jsonl'), 'utf8')).toBe(before);
    await bench.cli('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
  });

  test('whose rows are not known again is told of', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    await bench.cli('retry');
    await rm(bench.path('batch_submission_state.json'));
    await rm(bench.path('batch_submission_state.json.bak'), { force: true });
    await rm(bench.path('batch_submission_state.json.staged'), { recursive: true });
    expect((await bench.cli('adopt --yes')).stderr).toContain('which ones is not known any more');
  });

  test('finds the rows of a folder that was moved', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run');
    await rename(bench.path('batches'), bench.path('archive'));
    expect((await bench.cli('retry --input archive')).stderr).toContain('sends 6 rows');
    expect(await bench.cli('run --input archive')).toMatchObject({ code: 0 });
    expect((await readMerged(bench)).map(({ line, attempt }) => [line, attempt])).toEqual(
      [1, 2, 3, 1, 2, 3].map((line) => [line, 2]),
    );
  });

  test('counts also when the input folder is gone', async ({ openWorkbench, expect }) => {
    const { bench } = await openCut(openWorkbench, expect);
    await bench.cli('retry');
    bench.pass(10_000);
    await rename(bench.path('batches'), bench.path('archive'));
    await bench.cli('watch');
    expect((await readMerged(bench)).map(({ response }) => response !== undefined)).toEqual(
      Array.from({ length: 10 }, () => true),
    );
  });
});
