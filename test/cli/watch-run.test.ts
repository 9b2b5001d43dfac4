import { readFile, stat } from 'node:fs/promises';
import { describe } from 'vitest';
import { parseLines, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import type { RunningCli } from './run-cli.ts';
import { test, type Workbench } from './workbench.ts';

/** A run whose jobs are all submitted and wait for the service's clock. */
async function startRun(bench: Workbench, line = 'run'): Promise<RunningCli> {
  const run = bench.start(line);
  const told = /\tsubmitted\t|"type":"batch_created"/g;
  await until('all is submitted', () => run.stdout().match(told)?.length === 3);
  return run;
}

/** The same as seen from another terminal. */
async function startWatch(bench: Workbench, line = 'watch'): Promise<RunningCli> {
  const watch = bench.start(line);
  await until('it looks on', () => watch.stderr().includes('Watching'));
  return watch;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const LIVE = 'batch_submission_state.json.live';

describe.concurrent('batch-submit watch, while another run holds the lock', () => {
  test('tells what that run does, and ends when it has', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench);
    const watch = await startWatch(bench);
    bench.pass(10_000);
    expect((await run.ended).code).toBe(0);
    const ended = await watch.ended;
    // Jobs that end in the same moment are told in any order.
    const stdout = ended.stdout.trimEnd().split('\n').sort().join('\n');
    expect(transcript({ ...ended, stdout }, bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      2	downloaded	batch_results/batch_002.jsonl
      3	downloaded	batch_results/batch_003.jsonl
      --- stderr
      Watching \`batch-submit run\` (pid <pid>), which goes on when this watch ends
      No job is under way"
    `);
  });

  test("--json gives that run's events as they are in the log, and then its own", async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2, 3] });
    const run = await startRun(bench);
    const watch = bench.start('watch --json');
    // It says nothing before the first event, so the events begin when it is surely there.
    bench.emulator.addFault({ endpoint: 'batches.get', kind: 'status', status: 503 });
    await until('it looks on', () => watch.stdout().includes('retry_wait'));
    bench.emulator.clearFaults();
    bench.pass(10_000);
    expect((await run.ended).code).toBe(0);
    const ended = await watch.ended;
    expect(ended.code).toBe(0);
    const logged = parseLines(await readFile(bench.path('batch_submission_log.jsonl'), 'utf8'));
    const events = parseLines(ended.stdout);
    const seen = events.filter(({ run: id }) => id === logged[0]?.['run']);
    const inLog = logged.slice(-seen.length).map(({ timestamp, event }) => [timestamp, event]);
    expect(seen.map(({ time, type }) => [time, type])).toEqual(inLog);
    expect(seen.at(-1)).toMatchObject({ type: 'run_finished', downloaded: 3, exitCode: 0 });
    expect(events.slice(seen.length)).toMatchObject([{ type: 'run_started' }, { type: 'run_finished' }]);
  });

  test('Ctrl-C ends the watch, and leaves the run alone', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench);
    const watch = await startWatch(bench);
    watch.signal('SIGINT');
    expect(transcript(await watch.ended, bench.folder)).toMatchInlineSnapshot(`
      "exit 130
      --- stdout

      --- stderr
      Watching \`batch-submit run\` (pid <pid>), which goes on when this watch ends
      error: Watched no longer: \`batch-submit run\` (pid <pid>) goes on, and nothing of it was touched

      hint: run \`batch-submit watch\` to resume"
    `);
    expect(await exists(bench.path('batch_submission_state.json.lock'))).toBe(true);
    bench.pass(10_000);
    expect((await run.ended).code).toBe(0);
  });

  test('gives up after --timeout with 8', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench);
    const ended = await bench.cli('watch --json --timeout 300ms');
    expect(ended.code).toBe(8);
    expect(parseLines(ended.stdout).at(-1)).toMatchObject({ type: 'run_finished', exitCode: 8 });
    bench.pass(10_000);
    expect((await run.ended).code).toBe(0);
  });

  test('goes on by itself when that run is killed', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench);
    const watch = await startWatch(bench);
    run.signal('SIGKILL');
    await until('it has taken over', () => watch.stderr().includes('3 pending'));
    bench.pass(10_000);
    const ended = await watch.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout.match(/\tdownloaded\t/g)).toHaveLength(3);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
  });

  test('of two that wait for its end one takes over, and the other looks on', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench, 'submit');
    expect((await run.ended).code).toBe(0);
    const first = bench.start('watch');
    await until('one has the lock', () => first.stderr().includes('3 pending'));
    const others = await Promise.all([startWatch(bench), startWatch(bench)]);
    first.signal('SIGKILL');
    const pending = (): number => others.filter((watch) => watch.stderr().includes('3 pending')).length;
    const looksOn = (): number =>
      others.filter((watch) => watch.stderr().split('Watching').length === 3).length;
    await until('one has taken over, and the other looks on', () => pending() === 1 && looksOn() === 1);
    bench.pass(10_000);
    const codes = await Promise.all(others.map(async (watch) => (await watch.ended).code));
    expect(codes).toEqual([0, 0]);
  });
});

describe.concurrent("the note of a run's progress", () => {
  test('is there while the run lasts, holds counts only, and is gone with it', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench, 'run --json');
    const note = async (): Promise<string> => await readFile(bench.path(LIVE), 'utf8').catch(() => '');
    await until('the note is of now', async () => (await note()).includes('"submitted":3'));
    expect((await stat(bench.path(LIVE))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await note())).toEqual({
      version: 1,
      run: parseLines(run.stdout())[0]?.['run'],
      progress: {
        batches: {
          total: 3,
          submitted: 3,
          counts: expect.objectContaining({ pending: 3, downloaded: 0 }),
          requests: { planned: 6, answered: 0, unanswered: 0 },
        },
        wait: { heldUntil: 0, orWhenAJobEnds: false, forJobs: false },
      },
    });
    bench.pass(10_000);
    expect((await run.ended).code).toBe(0);
    expect(await exists(bench.path(LIVE))).toBe(false);
  });

  test('that a killed run has left is swept by the next one', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const run = await startRun(bench);
    await until('the note is there', () => exists(bench.path(LIVE)));
    run.signal('SIGKILL');
    await run.ended;
    expect(await exists(bench.path(LIVE))).toBe(true);
    await bench.given('status --refresh');
    expect(await exists(bench.path(LIVE))).toBe(false);
  });
});
