import { readdir, readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { readLog } from '../cli/saved-files.ts';
import { maskOutput } from '../cli/transcript.ts';
import { until } from '../cli/until.ts';
import { test } from '../cli/workbench.ts';

const QUICK = '--batches 6 --job-time 200ms-400ms --quota-jobs 3';

/** Counts and order of what the runs in between say depend on timing; the frame does not. */
function frameOf(stdout: string, folder: string): string {
  const masked = maskOutput(stdout, folder);
  return masked
    .slice(masked.indexOf('Rehearsal passed'))
    .replaceAll(/\d+ requests, \d+ answered 429, \d+ struck/g, '<n> requests, <n> answered 429, <n> struck');
}

describe('batch-submit rehearse', () => {
  test('runs the whole job on generated files through quotas, faults and a kill, and says where all is', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [] });
    const { code, stdout, stderr } = await cli(`rehearse ${QUICK} --keep kept`, {
      GEMINI_API_KEY: undefined,
    });
    expect(code, stderr).toBe(0);
    expect(frameOf(stdout, folder)).toMatchInlineSnapshot(`
      "Rehearsal passed in <duration>
        Batches    6 of 6 submitted, 6 results saved and checked
        Requests   6 answered and verified, each one line of batch_results/merged.jsonl
        Service    accepted 6 jobs, 0 of them twice; <n> requests, <n> answered 429, <n> struck by a fault
        At rest    a further submit and download sent nothing but questions
        Results    <folder>/kept/batch_results
        Report     <folder>/kept/batch_submission_final_report.json
        State, log <folder>/kept/batch_submission_state.json, batch_submission_log.jsonl

      Next: put GEMINI_API_KEY=… in .env (see .env.example) and your files in batches/, then run
            npx batch-submit --dry-run
      "
    `);
    expect(maskOutput(stderr.split('\n').slice(0, 4).join('\n'), folder)).toMatchInlineSnapshot(`
      "Rehearsing the whole job on a local emulator: nothing is sent to Google and nothing is billed
        Batches    6 (2.0 MB) in <folder>/kept/batches
        Service    at most 3 jobs at once, lost and failing answers, one kill -9
        Folder     <folder>/kept"
    `);
    expect(stderr).toMatch(/kill -9 after \d+ accepted jobs\. The same command again:/);
    expect((await readdir(path('kept/batch_results'))).sort()).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((n) => `batch_00${n}.jsonl`),
      'merged.jsonl',
    ]);
    const report = JSON.parse(await readFile(path('kept/batch_submission_final_report.json'), 'utf8'));
    expect(report).toMatchObject({
      statistics: { total: 6, submitted: 6, failed: 0 },
      counts: { downloaded: 6 },
    });
    const starts = (await readLog(path('kept'))).filter(({ event }) => event === 'run_started');
    expect(
      starts.filter(({ data }) => data['command'] === 'run').length,
      'one run was killed',
    ).toBeGreaterThan(1);
  });

  test('--json prints events and its own document, and nothing else', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [1] });
    // That each line is as published is looked at for every command line with --json.
    const { code, stdout } = await cli(
      'rehearse --json --input batches --job-time 100ms --kill-at 0 --faults 429:0',
    );
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ schemaVersion: 1, batches: 1, duplicates: 0 });
  });

  test("works on the user's own files, and writes nothing beside them", async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [81, 82, 90] });
    const before = (await readdir(path('batches'))).sort();
    const { code, stdout } = await cli(
      'rehearse --input batches --keep kept --job-time 100ms --kill-at 0 --faults 429:0',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('3 of 3 submitted, 3 results saved and checked');
    expect(stdout).toContain('accepted 3 jobs, 0 of them twice');
    expect((await readdir(path('batches'))).sort()).toEqual(before);
  });

  test('never lets a real key or a setting of the shell into the runs', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [1] });
    const env = { BATCH_SUBMIT_BASE_URL: 'http://127.0.0.1:9', BATCH_SUBMIT_STATE: 'elsewhere.json' };
    const { code } = await cli(
      'rehearse --input batches --keep kept --job-time 50ms --kill-at 0 --faults 429:0',
      env,
    );
    expect(code).toBe(0);
    expect(await readdir(path('kept'))).toContain('batch_submission_state.json');
  });

  test('Ctrl-C ends it and the runs it started', async ({ openWorkbench, expect }) => {
    const { start } = await openWorkbench({ batches: [] });
    const rehearsal = start('rehearse --batches 3 --job-time 1h --kill-at 0');
    await until('the first job', () => rehearsal.stdout().includes('submitted'));
    rehearsal.signal('SIGINT');
    expect((await rehearsal.ended).code).toBe(130);
  });

  test('refuses faults that it cannot read before anything starts', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [] });
    expect((await cli('rehearse --batches 2 --keep kept --faults nonsense')).code).toBe(2);
    expect((await cli('rehearse --input nowhere')).code).toBe(2);
    expect(await readdir(folder)).not.toContain('batch_submission_state.json');
  });
});
