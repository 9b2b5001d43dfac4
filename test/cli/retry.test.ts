import { describe } from 'vitest';
import type { JobOutcome } from '../../src/emulator/index.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { readState, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const ENDS: readonly JobOutcome[] = ['failed', 'expired', 'cancelled', 'succeeded'];

/** Four batches whose first jobs failed, expired, were cancelled and succeeded; later jobs succeed. */
async function afterBadJobs(openWorkbench: OpenWorkbench): Promise<Workbench> {
  const bench = await openWorkbench({
    batches: [1, 2, 3, 4],
    service: { outcome: ({ number }) => ENDS[number - 1] },
  });
  await bench.given();
  bench.pass(10_000);
  return bench;
}

describe.concurrent('batch-submit retry', () => {
  test('submits again what failed, expired and was cancelled, and nothing else', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, emulator } = await afterBadJobs(openWorkbench);
    expect(transcript(await cli('retry'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	failed	job: The input of the batch is invalid.
      4	downloaded	batch_results/batch_004.jsonl
      1	submitted	batches/<job>
      2	submitted	batches/<job>
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)


      Submitted 3 batches in <duration>
        Total      4 of 4 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(jobsPerInput(emulator)).toEqual([1, 2, 2, 2]);
    const { batches } = await readState(folder);
    expect(Object.values(batches).map(({ status, attempt }) => [status, attempt])).toEqual([
      ['submitted', 2],
      ['submitted', 2],
      ['submitted', 2],
      ['collected', 1],
    ]);
  });

  test('goes on with what a retry that was stopped made ready', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, emulator } = await afterBadJobs(openWorkbench);
    expect(await cli('retry --model no-such-model')).toMatchObject({ code: 2 });
    expect(await statusesIn(folder)).toEqual({ 1: 'pending', 2: 'pending', 3: 'pending', 4: 'collected' });
    await given('retry');
    expect(jobsPerInput(emulator)).toEqual([1, 2, 2, 2]);
  });

  test('keeps the ended attempt in the report', async ({ openWorkbench, expect }) => {
    const { given, cli } = await afterBadJobs(openWorkbench);
    await given('retry');
    const { earlier_attempts } = JSON.parse((await cli('report --output -')).stdout);
    expect(earlier_attempts).toMatchObject([
      { batch: 1, attempt: 1, ended: 'failed' },
      { batch: 2, attempt: 1, ended: 'expired' },
      { batch: 3, attempt: 1, ended: 'cancelled' },
    ]);
  });

  test('a plain run never does this by itself', async ({ openWorkbench, expect }) => {
    const { cli, emulator, folder } = await afterBadJobs(openWorkbench);
    await cli('status --refresh');
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout

      --- stderr
      Nothing to submit: 4 of 4 batches are submitted, 3 failed

      Next: batch-submit retry       submit again what failed"
    `);
    expect(emulator.accepted().jobs).toHaveLength(4);
  });

  test('--status expired takes only those', async ({ openWorkbench, expect }) => {
    const { given, cli, folder, emulator } = await afterBadJobs(openWorkbench);
    await given('status --refresh');
    expect((await cli('retry --status expired')).code).toBe(3);
    expect(emulator.accepted().jobs).toHaveLength(5);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'failed', 2: 'submitted', 3: 'cancelled' });
  });

  test('--only and a range narrow it', async ({ openWorkbench, expect }) => {
    const { given, cli, emulator } = await afterBadJobs(openWorkbench);
    await given('status --refresh');
    await cli('retry --only 3');
    expect(emulator.accepted().jobs).toHaveLength(5);
    await cli('retry 1 1');
    expect(emulator.accepted().jobs).toHaveLength(6);
  });

  test('--limit 1 is a canary', async ({ openWorkbench, expect }) => {
    const { given, cli, emulator } = await afterBadJobs(openWorkbench);
    await given('status --refresh');
    await cli('retry --limit 1');
    expect(emulator.accepted().jobs).toHaveLength(5);
  });

  test('never makes a second job while the first is under way', async ({ openWorkbench, expect }) => {
    const { given, cli, emulator, folder } = await openWorkbench({ batches: [1] });
    await given();
    expect(transcript(await cli('retry'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
      Nothing to retry: 1 job is still under way

      Submitted 0 batches in <duration>
        Total      1 of 1 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(requestsTo(emulator, 'batches.create')).toHaveLength(1);
  });

  test('has nothing to do in a state where all is well', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli('retry'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Nothing to retry: no batch failed, expired or was cancelled

      Next: batch-submit             submit the rest"
    `);
  });

  test('leaves a job that the service no longer knows alone, until --status missing names it', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, cli, emulator, folder } = await openWorkbench({ batches: [1] });
    await given();
    const [job] = emulator.accepted().jobs;
    await fetch(`${emulator.url}/v1beta/${job?.name}`, {
      method: 'DELETE',
      headers: { 'x-goog-api-key': 'any' },
    });
    expect(transcript(await cli('status --refresh --failed'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	failed	batches/<job>	JOB_STATE_FAILED
      --- stderr
      "
    `);
    await cli('retry');
    expect(emulator.accepted().jobs).toHaveLength(1);
    await given('retry --status missing');
    expect(emulator.accepted().jobs).toHaveLength(2);
  });

  test('refuses a status that does not exist', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli('retry --status broken'))).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot retry the status "broken": it is not one of failed, expired, cancelled, missing, lost

      hint: write it as \`--status failed,expired\`"
    `);
  });
});
