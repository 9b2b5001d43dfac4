import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readLog, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const SIX = [1, 2, 3, 4, 5, 6];

describe('kill -9', () => {
  test.for([
    { after: 'the first upload began', endpoint: 'upload.start', count: 1 },
    { after: 'some bytes arrived', endpoint: 'upload.bytes', count: 2 },
    { after: 'the first create arrived', endpoint: 'batches.create', count: 1 },
    { after: 'the fourth create arrived', endpoint: 'batches.create', count: 4 },
  ] as const)(
    'when $after, then the same command: one job for each input',
    async ({ endpoint, count }, { openWorkbench, expect }) => {
      const { start, given, emulator, folder } = await openWorkbench({
        batches: SIX,
        service: { latencyMs: 10 },
      });
      const run = start('--concurrency 3');
      await until('the run got so far', () => requestsTo(emulator, endpoint).length >= count);
      run.signal('SIGKILL');
      expect((await run.ended).code).toBe('SIGKILL');
      await given('--concurrency 3');
      expect(jobsPerInput(emulator)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(Object.values(await statusesIn(folder))).toEqual(SIX.map(() => 'submitted'));
    },
  );

  test('three times in a row changes nothing about that', async ({ openWorkbench, expect }) => {
    const { start, given, emulator } = await openWorkbench({ batches: SIX, service: { latencyMs: 10 } });
    for (const jobs of [1, 3, 5]) {
      const run = start('--concurrency 2');
      await until('so many jobs', () => emulator.accepted().jobs.length >= jobs);
      run.signal('SIGKILL');
      await run.ended;
    }
    await given('--concurrency 2');
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('during a download leaves no half result under its final name', async ({ openWorkbench, expect }) => {
    const { start, given, emulator, pass, path } = await openWorkbench({ batches: [1] });
    await given();
    pass(10_000);
    emulator.addFault({ endpoint: 'download', kind: 'stall_after_bytes', bytes: 50, times: 1 });
    const download = start('download');
    await until('the download began', () => requestsTo(emulator, 'download').length > 0);
    download.signal('SIGKILL');
    await download.ended;
    await given('download');
    expect((await readdir(path('batch_results'))).sort()).toEqual(['batch_001.jsonl', 'merged.jsonl']);
  });
});

describe('Ctrl-C', () => {
  test('in a rate-limit wait: saved at once, exit 130, and the same command resumes', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, given, emulator, folder } = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 2 }] },
    });
    const run = start('--rate-limit-wait 1h');
    await until('it waits', () => run.stderr().includes('rate limited'));
    run.signal('SIGINT');
    expect(transcript(await run.ended, folder)).toMatchInlineSnapshot(`
      "exit 130
      --- stdout
      1	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   0 done, 2 remaining (1-2)

      ! 002   rate limited (RESOURCE_EXHAUSTED), wait 1: 1h, resumes <clock> or when a job ends
      ! Stopping; a create under way is finished first. Press Ctrl-C again to stop now.

      Submitted 1 batch in <duration>
        Total      1 of 2 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      error: Interrupted by SIGINT: everything so far is saved

      hint: run \`batch-submit --rate-limit-wait 1h\` to resume"
    `);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'uploaded' });
    // A look at the jobs may be under way when the signal comes, and what it taught is kept.
    const told = (await readLog(folder))
      .map(({ event }) => event)
      .filter((event) => event !== 'quota_learnt');
    expect(told.slice(-2)).toEqual(['interrupted', 'run_finished']);
    await given();
    expect(jobsPerInput(emulator)).toEqual([1, 1]);
    expect(requestsTo(emulator, 'upload.start'), 'the upload is used').toHaveLength(2);
  });

  test('while a create is under way: its answer is waited for and saved', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, given, emulator, folder } = await openWorkbench({
      batches: [1, 2],
      service: { latencyMs: 300 },
    });
    const run = start();
    await until('the create is under way', () => requestsTo(emulator, 'batches.create').length === 1);
    run.signal('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'submitted' });
    await given();
    expect(requestsTo(emulator, 'batches.create')).toHaveLength(2);
  });

  test('twice: leaves at once, and the next run finds out what became of the create', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, given, emulator } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'batches.create', kind: 'hang', phase: 'after', at: 1 }] },
    });
    const run = start();
    await until('the create is under way', () => emulator.accepted().jobs.length === 1);
    run.signal('SIGINT');
    await until('it says that it is stopping', () => run.stderr().includes('Press Ctrl-C again to stop now'));
    run.signal('SIGINT');
    expect((await run.ended).code).toBe(130);
    await given();
    expect(jobsPerInput(emulator)).toEqual([1]);
  });

  test('in watch: exit 130', async ({ openWorkbench, expect }) => {
    const { given, start, folder } = await openWorkbench({ batches: [1] });
    await given();
    const watch = start('watch --poll 1h');
    await until('it watches', () => watch.stderr().includes('1 pending'));
    watch.signal('SIGINT');
    expect(transcript(await watch.ended, folder)).toMatchInlineSnapshot(`
      "exit 130
      --- stdout

      --- stderr
      <clock>   1 pending, 0 running, 0 succeeded, 0 failed
      ! Stopping; a create under way is finished first. Press Ctrl-C again to stop now.

      Next: batch-submit watch       follow the jobs
      error: Interrupted by SIGINT: everything so far is saved

      hint: run \`batch-submit watch --poll 1h\` to resume"
    `);
  });

  test('--json: run_finished still ends the stream', async ({ openWorkbench, expect }) => {
    const { start } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }] },
    });
    const run = start('--json --rate-limit-wait 1h');
    await until('it waits', () => run.stdout().includes('"rate_limited"'));
    run.signal('SIGINT');
    const { stdout, stderr, code } = await run.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'run_finished' });
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code: 'E_INTERRUPTED', exitCode: 130 });
  });
});

describe('SIGTERM', () => {
  test('in a rate-limit wait: saved, exit 143', async ({ openWorkbench, expect }) => {
    const { start, folder } = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }] },
    });
    const run = start('--rate-limit-wait 1h');
    await until('it waits', () => run.stderr().includes('rate limited'));
    run.signal('SIGTERM');
    expect((await run.ended).code).toBe(143);
    expect(await statusesIn(folder)).toEqual({ 1: 'uploaded' });
  });
});

describe('a second run', () => {
  test('while one is under way exits 11, names the owner and sends nothing', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, cli, emulator, folder } = await openWorkbench({
      service: { faults: [{ endpoint: 'models.get', kind: 'hang' }] },
    });
    const run = start();
    await until('the first run asks the service', () => emulator.requests().length === 1);
    const ended = await cli();
    expect(ended.stderr).toContain(`pid ${run.pid} on "${hostname()}"`);
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 11
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot use "<folder>/batch_submission_state.json": another run (\`batch-submit submit\`, pid <pid> on "<host>", since <time>) holds its lock

      hint: wait for it to finish, or look on with \`batch-submit watch\`"
    `);
    expect(emulator.requests()).toHaveLength(1);
    expect((await cli('status')).code, 'looking is always possible').toBe(0);
    expect((await cli('download')).code).toBe(0);
  });
});

describe('a closed pipe', () => {
  test('as in `batch-submit | head -1` leaves no stack trace, and the work goes on', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, emulator, folder } = await openWorkbench({ service: { latencyMs: 20 } });
    const run = start();
    await until('the first line', () => run.stdout().includes('\n'));
    run.closeStdout();
    const { code, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
    expect(Object.keys(await statusesIn(folder))).toHaveLength(3);
  });
});
