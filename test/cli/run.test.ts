import { readdir, readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readLog, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test } from './workbench.ts';
import type { Ended } from './run-cli.ts';

/** Submitting and collecting overlap, so the order of the result lines is not fixed. */
function inOrder(ended: Ended): Ended {
  return { ...ended, stdout: ended.stdout.trimEnd().split('\n').sort().join('\n') };
}

describe.concurrent('batch-submit run', () => {
  test('submits, waits, downloads and reports', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator, path } = await openWorkbench({ clock: 'real' });
    expect(transcript(inOrder(await cli('run')), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      1	submitted	batches/<job>
      2	downloaded	batch_results/batch_002.jsonl
      2	submitted	batches/<job>
      3	downloaded	batch_results/batch_003.jsonl
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        Results    3 in batch_results
        Requests   6 of 6 requests answered and verified
        Merged     batch_results/merged.jsonl
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl"
    `);
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
    expect(await statusesIn(folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
    expect((await readdir(path())).sort()).toEqual([
      'batch_results',
      'batch_submission_final_report.json',
      'batch_submission_log.jsonl',
      'batch_submission_state.json',
      'batch_submission_state.json.ballast',
      'batches',
    ]);
    const report = JSON.parse(await readFile(path('batch_submission_final_report.json'), 'utf8'));
    expect(report).toMatchObject({
      statistics: { submitted: 3, remaining: 0, failed: 0 },
      counts: { downloaded: 3 },
    });
  });

  test('run again: sends nothing but questions', async ({ openWorkbench, expect }) => {
    const { given, cli, folder, emulator } = await openWorkbench({ clock: 'real', batches: [1, 2] });
    await given('run');
    const before = emulator.requests().length;
    expect(transcript(await cli('run'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   2 done, 0 remaining


      Submitted 0 batches in <duration>
        Total      2 of 2 submitted, 0 failed
        Requests   4 of 4 requests answered and verified
        Merged     batch_results/merged.jsonl
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl"
    `);
    const after = emulator.requests().slice(before);
    expect(after.filter(({ method, endpoint }) => method !== 'GET' || endpoint === 'download')).toEqual([]);
  });

  test('collects the first results while later batches still wait for quota', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, folder } = await openWorkbench({
      clock: 'real',
      batches: [1, 2, 3],
      service: { quotaJobs: 1, jobTimeMs: 500 },
    });
    await given('run');
    const events = (await readLog(folder)).map(({ event }) => event);
    expect(events.indexOf('result_saved')).toBeLessThan(events.lastIndexOf('batch_created'));
    expect(events).toContain('rate_limited');
  });

  test('goes on when a job fails, and exits 3 naming retry', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench({
      clock: 'real',
      service: { outcome: ({ number }) => (number === 2 ? 'failed' : 'succeeded') },
    });
    expect(transcript(inOrder(await cli('run')), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      1	submitted	batches/<job>
      2	failed	job: The input of the batch is invalid.
      2	submitted	batches/<job>
      3	downloaded	batch_results/batch_003.jsonl
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 1 failed
        Results    2 in batch_results
        Requests   4 of 6 requests answered and verified, 2 missing
        Merged     batch_results/merged.jsonl
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit retry       submit again what failed"
    `);
    expect(requestsTo(emulator, 'download')).toHaveLength(2);
  });

  test('--timeout ends the waiting with 8 while jobs are under way', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli('run --timeout 200ms'), folder)).toMatchInlineSnapshot(`
      "exit 8
      --- stdout
      1	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   1 batch, 178 B
        State      batch_submission_state.json   0 done, 1 remaining (1)


      Submitted 1 batch in <duration>
        Total      1 of 1 submitted, 0 failed
        Requests   0 of 2 requests answered and verified, 2 pending
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
  });
});
