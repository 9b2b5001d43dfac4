import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, type ExpectStatic } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { folderSnapshot } from './folder-snapshot.ts';
import { FAKE_KEY } from './run-cli.ts';
import { readLog, readState, statusesIn } from './saved-files.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { createTerminal } from './terminal.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test, type OpenWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** Three batches whose results are here. */
async function collected(openWorkbench: OpenWorkbench, options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = await openWorkbench(options);
  await bench.given();
  bench.pass(10_000);
  await bench.given('download');
  return bench;
}

function deleted({ emulator }: Workbench): { readonly files: number; readonly jobs: number } {
  const names = emulator.accepted().deletes.map(({ name }) => name);
  const jobs = names.filter((name) => name.startsWith('batches/')).length;
  return { files: names.length - jobs, jobs };
}

const NONE = { files: 0, jobs: 0 };
const ALL_BUT_ONE = { files: 3, jobs: 2 };

interface Told {
  readonly files: readonly { readonly batch: number }[];
  readonly jobs: readonly { readonly batch: number }[];
  readonly kept: readonly { readonly kind: string; readonly batch: number; readonly reason: string }[];
  readonly others: { readonly files: number; readonly jobs: number };
  readonly failed: readonly { readonly batch: number; readonly reason: string }[];
}

/** What the one document says, with what was kept in short. */
function told(stdout: string): Omit<Told, 'kept'> & { readonly kept: readonly string[] } {
  const document = JSON.parse(stdout) as Told;
  return { ...document, kept: document.kept.map(({ kind, batch, reason }) => `${kind} ${batch} ${reason}`) };
}

describe.concurrent('batch-submit cleanup', () => {
  test('asks nobody without a terminal: exit 2 that names --yes, and nothing is deleted', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await collected(openWorkbench);
    expect(transcript(await bench.cli('cleanup'), bench.folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      Would delete 3 uploaded files (534 B) of batches 1-3
      Would delete 2 finished jobs of batches 1-2
        kept 1 job of batch 3: shows later runs whether a listing can be believed
      error: Cannot delete 3 uploaded files (534 B) and 2 finished jobs: it was not confirmed

      hint: answer "y", or pass \`--yes\` in a script"
    `);
    expect(deleted(bench)).toEqual(NONE);
  });

  test('--dry-run says what would go, and leaves service and disk as they are', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await collected(openWorkbench);
    const before = await folderSnapshot(bench.folder);
    expect(transcript(await bench.cli('cleanup -n'), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	would delete	files/bs1-<state>-00001-4d9a5f1e2e89-a1	178
      2	would delete	files/bs1-<state>-00002-cd0c05b98ac1-a1	178
      3	would delete	files/bs1-<state>-00003-fd7faf8aba08-a1	178
      1	would delete	batches/<job>	0
      2	would delete	batches/<job>	0
      --- stderr
      "
    `);
    expect(await folderSnapshot(bench.folder)).toEqual(before);
    expect(deleted(bench)).toEqual(NONE);
  });

  test('--yes deletes what is no longer needed, once', async ({ openWorkbench, expect }) => {
    const bench = await collected(openWorkbench);
    expect(transcript(await bench.cli('cleanup --yes'), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	file deleted	files/bs1-<state>-00001-4d9a5f1e2e89-a1
      2	file deleted	files/bs1-<state>-00002-cd0c05b98ac1-a1
      3	file deleted	files/bs1-<state>-00003-fd7faf8aba08-a1
      1	job deleted	batches/<job>
      2	job deleted	batches/<job>
      --- stderr
      Would delete 3 uploaded files (534 B) of batches 1-3
      Would delete 2 finished jobs of batches 1-2
        kept 1 job of batch 3: shows later runs whether a listing can be believed
      Deleted 3 uploaded files (534 B) and 2 finished jobs"
    `);
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
    expect(transcript(await bench.cli('cleanup --yes'), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Nothing to clean up: what is left is still needed"
    `);
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
    const events = (await readLog(bench.folder)).map(({ event }) => event);
    expect(events.filter((event) => event === 'job_deleted')).toHaveLength(2);
  });

  test.for([
    ['asks', ['status --refresh --exit-code', 'report', 'doctor', 'adopt --yes']],
    ['collects', ['download', 'download --force', 'watch']],
    ['submits', ['submit', 'retry', 'run']],
  ] as const)(
    'no later command that %s misses what was deleted, or pays for it again',
    async ([, lines], { openWorkbench, expect }) => {
      const { given, folder, emulator } = await collected(openWorkbench);
      await given('cleanup --yes');
      for (const line of lines) await given(line);
      expect(await statusesIn(folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
      expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
      expect(requestsTo(emulator, 'batches.create')).toHaveLength(3);
    },
  );

  test('touches nothing of other tools, and nothing of other states', async ({ openWorkbench, expect }) => {
    const bench = await collected(openWorkbench);
    const other = '--state other.json --log other.jsonl --output other --fresh';
    await bench.given(`submit ${other}`);
    await bench.createJob('batch 1 of somebody else');
    bench.pass(10_000);
    const { stdout } = await bench.cli('cleanup --yes --json');
    const stateId = (await readState(bench.folder)).state_id;
    expect(told(stdout)).toMatchObject({ others: { files: 3, jobs: 4 } });
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
    const { deletes, jobs } = bench.emulator.accepted();
    const own = new Set(
      jobs.filter(({ displayName }) => displayName?.includes(`bs1/${stateId}/`)).map(({ name }) => name),
    );
    for (const { name } of deletes)
      expect(name.startsWith(`files/bs1-${stateId}-`) || own.has(name)).toBe(true);
  });

  test('keeps what has not ended, and what is not on disk', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1, 2, 3, 4] });
    await bench.given('1 2');
    bench.pass(10_000);
    await bench.given('download 1 1');
    await bench.given('3 3');
    const { stdout } = await bench.cli('cleanup --yes --json');
    expect(told(stdout)).toMatchObject({
      files: [{ batch: 1 }],
      jobs: [],
      kept: [
        'job 1 canary',
        'file 2 not_ended',
        'job 2 not_collected',
        'file 3 not_ended',
        'job 3 not_ended',
      ],
    });
    expect(deleted(bench)).toEqual({ files: 1, jobs: 0 });
  });

  test('keeps a job whose results on disk were altered, or are gone', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    await bench.given('1 2');
    bench.pass(5000);
    await bench.given('3 3');
    bench.pass(10_000);
    await bench.given('download');
    const path = bench.path('batch_results', 'batch_001.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/[a-z]/, 'X'));
    await rm(bench.path('batch_results', 'batch_002.jsonl'));
    const { stdout, code } = await bench.cli('cleanup --jobs --yes --json');
    expect(code).toBe(0);
    expect(told(stdout)).toMatchObject({
      files: [],
      jobs: [],
      kept: ['job 1 altered', 'job 2 altered', 'job 3 canary'],
    });
    expect(deleted(bench)).toEqual(NONE);
  });

  test('keeps a job whose answers did not all come, because a retry asks for them again', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: 'batches.create', kind: 'damage', damage: { missing: 1 }, at: 1 }] },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.cli('download');
    const { stdout } = await bench.cli('cleanup --jobs -n --json');
    expect(told(stdout).kept).toEqual(['job 1 short', 'job 2 canary']);
  });

  test('takes a job that failed, and a retry after it pays once more and no more', async ({
    openWorkbench,
    expect,
  }) => {
    const outcome = { kind: 'job_outcome', outcome: 'failed', at: 1 } as const;
    const bench = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'batches.create', ...outcome }] },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.cli('status --refresh');
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'failed' });
    await bench.given('cleanup --yes');
    expect(deleted(bench)).toEqual({ files: 1, jobs: 1 });
    expect((await bench.cli('retry')).code).toBe(0);
    bench.pass(10_000);
    await bench.given('download');
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'collected' });
    expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(2);
  });

  test.for([
    ['--files', { files: 3, jobs: 0 }],
    ['--jobs', { files: 0, jobs: 2 }],
    ['--files --jobs', ALL_BUT_ONE],
    ['--older-than 7d', NONE],
    ['--older-than 1s', ALL_BUT_ONE],
  ] as const)('%s narrows it', async ([flags, expected], { openWorkbench, expect }) => {
    const bench = await collected(openWorkbench);
    bench.pass(60_000);
    expect((await bench.cli(`cleanup --yes ${flags}`)).code).toBe(0);
    expect(deleted(bench)).toEqual(expected);
  });

  test('refuses an age that is none', async ({ openWorkbench, expect }) => {
    const { cli, emulator } = await openWorkbench();
    const ended = await cli('cleanup --older-than week');
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--older-than 7d') });
    expect(emulator.requests()).toEqual([]);
  });

  test('has nothing to do where there is no state', async ({ openWorkbench, expect }) => {
    const { cli, emulator } = await openWorkbench();
    expect(await cli('cleanup --yes')).toMatchObject({ code: 0, stdout: '' });
    expect(emulator.requests()).toEqual([]);
  });

  test('names what could not be deleted, deletes the rest, and can be run again', async ({
    openWorkbench,
    expect,
  }) => {
    const refused = { kind: 'status', status: 400, at: 1 } as const;
    const bench = await collected(openWorkbench, {
      service: {
        faults: [
          { endpoint: 'batches.delete', ...refused },
          { endpoint: 'files.delete', ...refused },
        ],
      },
    });
    const first = await bench.cli('cleanup --yes --json');
    expect(first.code).toBe(3);
    expect(told(first.stdout).failed).toHaveLength(2);
    expect(deleted(bench)).toEqual({ files: 2, jobs: 1 });
    expect((await bench.cli('cleanup --yes')).code).toBe(0);
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
  });

  test('takes a lost answer for no failure: what is gone is gone', async ({ openWorkbench, expect }) => {
    const lost = { kind: 'drop', phase: 'after', at: 1 } as const;
    const bench = await collected(openWorkbench, {
      service: {
        faults: [
          { endpoint: 'batches.delete', ...lost },
          { endpoint: 'files.delete', ...lost },
        ],
      },
    });
    expect((await bench.cli('cleanup --yes')).code).toBe(0);
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
  });

  test.for([
    ['before its first deletion', 'before'],
    ['when its first deletion has taken effect', 'after'],
  ] as const)(
    'killed %s, it ends the same when it is run again',
    async ([, phase], { openWorkbench, expect }) => {
      const bench = await collected(openWorkbench, {
        service: { faults: [{ endpoint: 'batches.delete', kind: 'hang', phase, at: 1 }] },
      });
      const run = bench.start('cleanup --jobs --yes');
      await until('a job is to be deleted', () => requestsTo(bench.emulator, 'batches.delete').length > 0);
      run.signal('SIGKILL');
      await run.ended;
      expect((await bench.cli('cleanup --yes')).code).toBe(0);
      expect(deleted(bench)).toEqual(ALL_BUT_ONE);
      expect(await statusesIn(bench.folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
      expect((await bench.cli('status --refresh --exit-code')).code).toBe(0);
    },
  );

  test('does not act while another run holds the lock', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await bench.given('1 1');
    bench.pass(10_000);
    await bench.given('download');
    await bench.given('2 2');
    const before = bench.emulator.requests().length;
    const run = bench.start('watch');
    await until('the run asks the service', () => bench.emulator.requests().length > before);
    expect((await bench.cli('cleanup --yes')).code).toBe(11);
    expect(deleted(bench)).toEqual(NONE);
    run.signal('SIGKILL');
    await run.ended;
  });

  test('leaves enough for a later lost create to be found out', async ({ openWorkbench, expect }) => {
    const bench = await collected(openWorkbench, {
      service: { faults: [{ endpoint: 'batches.create', kind: 'drop', phase: 'before', at: 4 }] },
    });
    bench.pass(60_000);
    await bench.given('cleanup --yes');
    expect(deleted(bench)).toEqual(ALL_BUT_ONE);
    await writeFile(
      bench.path('batches', 'batch_004.jsonl'),
      (await readFile(bench.path('batches', 'batch_001.jsonl'), 'utf8')).replaceAll('b1-', 'b4-'),
    );
    await bench.given();
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1]);
  });

  test('a result that is gone after its job was deleted is known as lost, and only paid for when asked', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await collected(openWorkbench, { service: { resultsEndWithJob: true } });
    await bench.given('cleanup --yes');
    const [gone] = requestsTo(bench.emulator, 'batches.delete');
    expect(gone).toBeDefined();
    await rm(bench.path('batch_results', 'batch_001.jsonl'));
    await expectLost(bench, expect);
    await bench.cli('retry');
    expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(3);
    await bench.cli('retry --status lost');
    expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(4);
  }, 60_000);

  test.for([
    [
      'that an older copy was put in the place of',
      async (bench: Workbench, older: Buffer) => writeFile(bench.path('batch_submission_state.json'), older),
    ],
    [
      'that was lost and found again by the listing',
      async (bench: Workbench) => {
        await rm(bench.path('batch_submission_state.json'));
        await bench.given('adopt --yes');
      },
    ],
  ] as const)(
    'does not pay again for jobs that are gone, with a state %s',
    async ([, set], { openWorkbench, expect }) => {
      const bench = await openWorkbench();
      await bench.given('1 1');
      const older = await readFile(bench.path('batch_submission_state.json'));
      await bench.given();
      bench.pass(10_000);
      await bench.given('download');
      await bench.given('cleanup --yes');
      await set(bench, older);
      const ended = await bench.cli();
      expect(transcript(ended, bench.folder)).toMatch(
        /error: Cannot submit batch [12]: a cleanup deleted batches\/<job>, which was made from the same file, and this state knows nothing of it/,
      );
      expect(ended.stderr).toContain('`batch-submit adopt batch_submission_log.jsonl`');
      expect(ended.code).toBe(10);
      await bench.cli('retry');
      expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(3);

      await bench.given('adopt batch_submission_log.jsonl --yes');
      await bench.cli();
      expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(3);
    },
  );

  test('a batch is paid again when that is asked for, and goes on from there', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await bench.given('1 1');
    const older = await readFile(bench.path('batch_submission_state.json'));
    await bench.given();
    bench.pass(10_000);
    await bench.given('download');
    await bench.given('cleanup --yes');
    await writeFile(bench.path('batch_submission_state.json'), older);
    await writeFile(
      bench.path('batches', 'batch_003.jsonl'),
      (await readFile(bench.path('batches', 'batch_001.jsonl'), 'utf8')).replaceAll('b1-', 'b3-'),
    );
    await bench.given('3 3');
    expect((await bench.cli()).code).toBe(10);
    await bench.given('--fresh');
    await bench.given('retry');
    expect(await statusesIn(bench.folder)).toMatchObject({ 2: 'submitted', 3: 'submitted' });
    expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(4);
  });

  test('a full storage names the command', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ service: { storageBytes: 10 } });
    const ended = await cli();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('`batch-submit cleanup`');
  });

  test.for([
    ['y', 0, ALL_BUT_ONE],
    ['n', 2, NONE],
  ] as const)(
    'at a terminal it asks, and takes "%s"',
    async ([answer, code, expected], { openWorkbench, expect }) => {
      const bench = await openWorkbench();
      await bench.given();
      bench.pass(10_000);
      // Its paths are as they were typed, and this process stands elsewhere.
      await bench.given(`download --output ${bench.path('batch_results')}`);
      const terminal = createTerminal({
        argv: [
          'cleanup',
          '--state',
          bench.path('batch_submission_state.json'),
          '--log',
          bench.path('batch_submission_log.jsonl'),
          '--no-env-file',
        ],
        env: {
          GEMINI_API_KEY: FAKE_KEY,
          NO_COLOR: '1',
          BATCH_SUBMIT_BASE_URL: bench.emulator.url,
          BATCH_SUBMIT_INPUT: bench.path('batches'),
        },
        answer,
      });
      expect(await main(terminal.io)).toBe(code);
      expect(terminal.stderr()).toContain('Delete 3 uploaded files (534 B) and 2 finished jobs? [y/N] ');
      expect(deleted(bench)).toEqual(expected);
    },
  );
});

async function expectLost({ cli }: Workbench, expect: ExpectStatic): Promise<void> {
  const ended = await cli('download');
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('gone for good');
}
