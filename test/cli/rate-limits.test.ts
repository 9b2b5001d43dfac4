import { describe } from 'vitest';
import type { FaultRule } from '../../src/emulator/index.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { type LogLine, parseLines, readLog, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type Workbench } from './workbench.ts';

const CREATE = 'batches.create';

/** Creates that the service saw while the tool had promised to send none. */
async function createsDuringWaits({ emulator, folder }: Workbench): Promise<readonly string[]> {
  // Where jobs are under way, the end of one ends the wait too.
  const waits = (await waitsIn(folder)).filter(({ data }) => data['orWhenAJobEnds'] !== true);
  return requestsTo(emulator, CREATE)
    .filter(({ time }) => waits.some((wait) => time > graceAfter(wait) && time < resumeOf(wait)))
    .map(({ time }) => time);
}

async function waitsIn(folder: string): Promise<readonly LogLine[]> {
  return (await readLog(folder)).filter(({ event }) => event === 'rate_limited');
}

function resumeOf({ data }: LogLine): string {
  return typeof data['resumesAt'] === 'string' ? data['resumesAt'] : '';
}

/** A create that was on its way when the first 429 came back may still arrive. */
function graceAfter({ timestamp }: LogLine): string {
  return new Date(Date.parse(timestamp) + 400).toISOString();
}

/** Milliseconds between the first create and the one after it. */
function gapAfterFirst({ emulator }: Workbench): number {
  const [first, second] = requestsTo(emulator, CREATE).map(({ time }) => Date.parse(time));
  return (second ?? Number.NaN) - (first ?? Number.NaN);
}

describe('a rate limit', () => {
  test('pauses all creates behind one gate, and everything is submitted in the end', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1, 2, 3, 4, 5, 6, 7, 8],
      service: { quotaJobs: 3, jobTimeMs: 900 },
    });
    await bench.given('--concurrency 4 --rate-limit-wait 800ms');
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    const waits = await waitsIn(bench.folder);
    const refused = requestsTo(bench.emulator, CREATE).filter(({ status }) => status === 429);
    expect(waits.length).toBeGreaterThan(0);
    expect(refused.length, 'one worker meets each further 429, all of them the first').toBeLessThanOrEqual(
      4 + waits.length - 1,
    );
    expect(await createsDuringWaits(bench)).toEqual([]);
    expect(waits.map(({ data }) => data['wait'])).toEqual(waits.map((_, index) => index + 1));
  });

  test('met by several workers at once is one wait for all', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1, 2, 3, 4],
      service: { latencyMs: 30, faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 1, times: 4 }] },
    });
    await bench.given('--concurrency 4 --rate-limit-wait 800ms');
    expect(requestsTo(bench.emulator, CREATE).filter(({ status }) => status === 429).length).toBeGreaterThan(
      1,
    );
    expect(await createsDuringWaits(bench)).toEqual([]);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1]);
  });

  test('says why, which wait it is, how long and until when', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({
      clock: 'real',
      batches: [1, 2],
      service: { jobTimeMs: 60_000, faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 2, times: 2 }] },
    });
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      2	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   0 done, 2 remaining (1-2)

      ! 002   rate limited (RESOURCE_EXHAUSTED), wait 1: 200ms, resumes <clock> or when a job ends
      ! 002   rate limited (RESOURCE_EXHAUSTED), wait 2: 400ms, resumes <clock> or when a job ends

      Submitted 2 batches in <duration>
        Total      2 of 2 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(await waitsIn(folder)).toMatchObject([
      {
        batch: 2,
        data: { step: 'create', reason: 'RESOURCE_EXHAUSTED', wait: 1, waitMs: 200, source: 'configured' },
      },
      { batch: 2, data: { wait: 2 } },
    ]);
  });

  test('never counts as a failure of the batch: not one retry is needed', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1, 2],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 1, times: 4 }] },
    });
    await bench.given('--max-retries 0');
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'submitted', 2: 'submitted' });
    expect(requestsTo(bench.emulator, 'upload.start'), 'nothing is uploaded twice').toHaveLength(2);
  });

  test('on an upload is waited for too, without a retry', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1],
      service: { faults: [{ endpoint: 'upload.start', kind: 'rate_limit', at: 1, times: 2 }] },
    });
    await bench.given('--max-retries 0');
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
  });

  test.for<FaultRule & { readonly source: string; readonly waitMs: number }>([
    { endpoint: CREATE, kind: 'rate_limit_retry_info', retryDelay: '1s', source: 'retry_info', waitMs: 1000 },
    { endpoint: CREATE, kind: 'rate_limit', retryAfterSeconds: 1, source: 'retry_after', waitMs: 1000 },
    {
      endpoint: CREATE,
      kind: 'rate_limit_retry_info',
      retryDelay: '0.05s',
      source: 'configured',
      waitMs: 200,
    },
    { endpoint: CREATE, kind: 'rate_limit_bare', source: 'configured', waitMs: 200 },
  ])('$kind: waits $waitMs ms ($source)', async ({ source, waitMs, ...fault }, { openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      batches: [1],
      service: { faults: [{ ...fault, at: 1 }] },
    });
    await bench.given();
    expect(await waitsIn(bench.folder)).toMatchObject([{ data: { waitMs, source } }]);
    expect(gapAfterFirst(bench)).toBeGreaterThanOrEqual(waitMs - 5);
  });

  test('is given up after --max-wait with 5; the next run goes on without a second upload', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator } = await openWorkbench({
      clock: 'real',
      batches: [1, 2],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit' }] },
    });
    expect(transcript(await cli('--max-wait 590ms'), folder)).toMatchInlineSnapshot(`
      "exit 5
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   0 done, 2 remaining (1-2)

      ! 001   rate limited (RESOURCE_EXHAUSTED), wait 1: 200ms, resumes <clock>
      ! 001   rate limited (RESOURCE_EXHAUSTED), wait 2: 200ms, resumes <clock>
      ! 001   rate limited (RESOURCE_EXHAUSTED), wait 3: 200ms, resumes <clock>
      error: Cannot go on now: the quota stayed exhausted and the next wait would exceed --max-wait 590ms

      hint: everything so far is saved; run the same command again later"
    `);
    emulator.clearFaults();
    const uploads = requestsTo(emulator, 'upload.start').length;
    await given('1 1');
    expect(requestsTo(emulator, 'upload.start')).toHaveLength(uploads);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'submitted' });
  });
});

describe('a quota that no wait can help', () => {
  test('limit: 0 stops at once', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit_zero' }] },
    });
    expect(transcript(await cli('--rate-limit-wait 1h'), folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot submit batch 1: this project has no quota for the model (RESOURCE_EXHAUSTED: You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro Please retry in <duration>.)

      hint: no wait can help; enable billing or choose another \`--model\`"
    `);
    expect(requestsTo(emulator, CREATE)).toHaveLength(1);
    expect(await waitsIn(folder)).toEqual([]);
    expect(await statusesIn(folder)).toMatchObject({ 1: 'uploaded' });
  });

  test('full storage stops at once', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: 'upload.start', kind: 'storage_full' }] },
    });
    expect(transcript(await cli('--rate-limit-wait 1h'), folder)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot submit batch 1: the file storage of this project is full (RESOURCE_EXHAUSTED: You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. * Quota exceeded for metric: generativelanguage.googleapis.com/file_storage_bytes, limit: 21474836480)

      hint: delete what is no longer needed with \`batch-submit cleanup\`, or wait until files expire (48 h), then run the same command again"
    `);
    expect(requestsTo(emulator, 'upload.start')).toHaveLength(1);
    expect(requestsTo(emulator, CREATE)).toEqual([]);
    expect(Object.values(await statusesIn(folder))).not.toContain('failed');
  });

  test('--json: a wait is one event with its facts', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({
      clock: 'real',
      batches: [1],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 1 }] },
    });
    const event = parseLines((await cli('--json')).stdout).find(({ type }) => type === 'rate_limited');
    expect(event).toMatchObject({
      batch: 1,
      step: 'create',
      wait: 1,
      waitMs: 200,
      source: 'configured',
      resumesAt: expect.stringMatching(/Z$/),
    });
  });
});
