import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readLog, readState, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type Workbench } from './workbench.ts';

const STATE = 'batch_submission_state.json';

/** "Check Progress Only" of the older script's guide, word for word. */
const CHECK_PROGRESS = `
import json
with open('batch_submission_state.json') as f:
    state = json.load(f)
print(f"Submitted: {len(state['submitted_jobs'])}/204")
print(f"Last batch: {state['last_completed_batch']}")
`;

const python = findPython();
if (python === undefined) console.warn('SKIPPED: no python3 here, so the snippet of the guide is not run');

function findPython(): string | undefined {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return 'python3';
  } catch {
    return undefined;
  }
}

function checkProgress(folder: string): string {
  return execFileSync(python ?? '', ['-c', CHECK_PROGRESS], { cwd: folder, encoding: 'utf8' });
}

describe.concurrent('the guide of the older script', () => {
  test.skipIf(python === undefined)(
    'its progress snippet prints the right numbers',
    async ({ openWorkbench, expect }) => {
      const { given, cli, folder, emulator } = await openWorkbench({ batches: [81, 82, 83, 84] });
      await given('81 82');
      expect(checkProgress(folder)).toBe('Submitted: 2/204\nLast batch: 82\n');
      emulator.addFault({ endpoint: 'batches.create', kind: 'status', status: 400, at: 3 });
      await cli();
      expect(checkProgress(folder)).toBe('Submitted: 3/204\nLast batch: 84\n');
    },
  );

  test('its keys are in the state, with their meaning, beside a version', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench({
      batches: [81, 82, 83],
      service: { faults: [{ endpoint: 'batches.create', kind: 'status', status: 400, at: 2 }] },
    });
    await cli();
    const state = await readState(folder);
    expect(state).toMatchObject({
      last_completed_batch: 83,
      total_submitted: 2,
      failed_batches: [82],
      last_run: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      version: 1,
    });
    expect(Object.keys(state.submitted_jobs)).toEqual(['81', '83']);
    expect(Object.keys(state.uploaded_files)).toEqual(['81', '82', '83']);
    expect(state.submitted_jobs['81']).toEqual({
      job_name: expect.stringMatching(/^batches\//),
      file_uri: state.uploaded_files['81'],
      submitted_at: expect.stringMatching(/Z$/),
      state: 'JOB_STATE_PENDING',
    });
  });

  test('the state is saved after every step, so the log and the state agree at each moment', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench({
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit_zero', at: 3 }] },
    });
    expect((await cli()).code).toBe(2);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'uploaded' });
  });

  test('its events are in the log: one object a line with timestamp, event, batch, data and run', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench({
      batches: [81, 82],
      service: { faults: [{ endpoint: 'batches.create', kind: 'status', status: 400, at: 2 }] },
    });
    await cli();
    const lines = await readLog(folder);
    for (const line of lines) {
      expect(line).toMatchObject({
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: expect.any(String),
        data: expect.any(Object),
        run: expect.stringMatching(/^r-/),
      });
    }
    // The next file is uploaded while a create is under way.
    const eventsOf = (wanted?: number): readonly string[] =>
      lines.filter(({ batch }) => batch === wanted).map(({ event }) => event);
    expect(eventsOf(81)).toEqual(['upload_started', 'upload_success', 'create_intended', 'batch_created']);
    expect(eventsOf(82)).toEqual(['upload_started', 'upload_success', 'create_intended', 'error']);
    expect(eventsOf()).toEqual(['run_started', 'run_finished']);
    expect(lines.find(({ event }) => event === 'error')?.data).toMatchObject({
      step: 'create',
      reason: 'INVALID_ARGUMENT',
    });
  });
});

describe.concurrent('a state of the older script', () => {
  /** Two jobs were really submitted, to this very service; three more were invented. */
  async function inheritedState(bench: Workbench): Promise<void> {
    await bench.given('79 80 --state real.json');
    const { submitted_jobs } = JSON.parse(await readFile(bench.path('real.json'), 'utf8'));
    const older = {
      last_completed_batch: 84,
      submitted_jobs: {
        79: submitted_jobs['79'].job_name,
        80: { ...submitted_jobs['80'], state: 'JOB_STATE_PENDING' },
        81: 'batches/simulated_81',
        82: {
          job_name: 'batches/simulated_82',
          file_uri: 'files/simulated_82',
          submitted_at: '2025-11-20T14:06:51',
          state: 'JOB_STATE_PENDING',
        },
        83: 'batches/simulated_83',
      },
      uploaded_files: {},
      failed_batches: [84, 84],
      last_run: '2025-11-20T14:09:33.518204',
      total_submitted: 5,
    };
    await writeFile(bench.path(STATE), JSON.stringify(older, undefined, 2));
  }

  test('is taken over by a plain run, which submits what was only pretended', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [79, 80, 81, 82, 83, 85] });
    await inheritedState(bench);
    expect(transcript(await bench.cli(), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      81	submitted	batches/<job>
      82	submitted	batches/<job>
      83	submitted	batches/<job>
      85	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   6 batches, 1.1 KB
        State      batch_submission_state.json   2 done, 4 remaining (81-83, 85)

      ! Took over the state of the older script
        2 jobs were taken over: batches 79-80
        3 job names were invented by the older script (batches/simulated_…): batches 81-83 are treated as not submitted
        failed_batches held 1 duplicate
        last_completed_batch 84 was not taken as proof

      Submitted 4 batches in <duration>
        Total      6 of 6 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await statusesIn(bench.folder)).toEqual({
      79: 'submitted',
      80: 'submitted',
      81: 'submitted',
      82: 'submitted',
      83: 'submitted',
      84: 'failed',
      85: 'submitted',
    });
    expect((await readLog(bench.folder)).map(({ event }) => event)).toContain('state_migrated');
  });

  test('keeps its bytes in a copy beside it', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [79, 80, 81] });
    await inheritedState(bench);
    const before = await readFile(bench.path(STATE), 'utf8');
    await bench.cli();
    expect(await readFile(bench.path(`${STATE}.older`), 'utf8')).toBe(before);
  });

  test('is only read by status, which says what it does not believe', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [79, 80, 81, 82, 83, 85] });
    await inheritedState(bench);
    const before = await readFile(bench.path(STATE), 'utf8');
    expect(transcript(await bench.cli('status'), bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      notSubmitted	4
      uncertain	0
      pending	2
      running	0
      succeeded	0
      failed	1
      expired	0
      cancelled	0
      downloaded	0
      --- stderr
      ! 2 jobs were taken over: batches 79-80
      ! 3 job names were invented by the older script (batches/simulated_…): batches 81-83 are treated as not submitted
      ! failed_batches held 1 duplicate
      ! last_completed_batch 84 was not taken as proof"
    `);
    expect(await readFile(bench.path(STATE), 'utf8')).toBe(before);
  });

  test('that names nothing real submits everything: last_completed_batch proves nothing', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, folder, path, emulator } = await openWorkbench({ batches: [80, 81] });
    const names = { 80: 'batches/simulated_80', 81: 'batches/simulated_81' };
    await writeFile(
      path(STATE),
      JSON.stringify({ last_completed_batch: 81, submitted_jobs: names, failed_batches: [] }),
    );
    await given();
    expect(await statusesIn(folder)).toEqual({ 80: 'submitted', 81: 'submitted' });
    expect(requestsTo(emulator, 'batches.create')).toHaveLength(2);
  });

  test('lets its real jobs be downloaded', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [79, 80] });
    await inheritedState(bench);
    bench.pass(10_000);
    const { stdout } = await bench.cli('download');
    expect(stdout).toBe(
      '79\tdownloaded\tbatch_results/batch_079.jsonl\n80\tdownloaded\tbatch_results/batch_080.jsonl\n',
    );
  });
});
