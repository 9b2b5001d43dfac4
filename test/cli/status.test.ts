import { describe } from 'vitest';
import type { JobOutcome } from '../../src/emulator/index.ts';
import { requestsTo } from './service-record.ts';
import { statusesIn } from './saved-files.ts';
import { maskOutput, transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const OUTCOMES: readonly JobOutcome[] = [
  'succeeded',
  'failed',
  'expired',
  'cancelled',
  'stuck',
  'stuck_running',
];

/** Six jobs that end in six ways, and a seventh batch that was not submitted. */
async function oneOfEach(openWorkbench: OpenWorkbench): Promise<Workbench> {
  const bench = await openWorkbench({
    batches: [1, 2, 3, 4, 5, 6, 7],
    service: { outcome: ({ number }) => OUTCOMES[number - 1] },
  });
  await bench.given('1 6');
  bench.pass(10_000);
  return bench;
}

describe.concurrent('batch-submit status', () => {
  test('says in an empty folder that there is nothing, and makes nothing', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench({ batches: [] });
    expect(transcript(await cli('status'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      notSubmitted	0
      uncertain	0
      pending	0
      running	0
      succeeded	0
      failed	0
      expired	0
      cancelled	0
      downloaded	0
      --- stderr
      "
    `);
  });

  test('counts input files before anything is submitted', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    expect(transcript(await cli('status'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      notSubmitted	3
      uncertain	0
      pending	0
      running	0
      succeeded	0
      failed	0
      expired	0
      cancelled	0
      downloaded	0
      --- stderr
      "
    `);
  });

  test('sends nothing and shows what the state says', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await oneOfEach(openWorkbench);
    const before = emulator.requests().length;
    expect(transcript(await cli('status'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      notSubmitted	1
      uncertain	0
      pending	6
      running	0
      succeeded	0
      failed	0
      expired	0
      cancelled	0
      downloaded	0
      --- stderr
      "
    `);
    expect(emulator.requests()).toHaveLength(before);
  });

  test('needs neither a key nor the input files', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await oneOfEach(openWorkbench);
    const ended = await cli('status --input nowhere --list', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>	JOB_STATE_PENDING	
      2	submitted	batches/<job>	JOB_STATE_PENDING	
      3	submitted	batches/<job>	JOB_STATE_PENDING	
      4	submitted	batches/<job>	JOB_STATE_PENDING	
      5	submitted	batches/<job>	JOB_STATE_PENDING	
      6	submitted	batches/<job>	JOB_STATE_PENDING
      --- stderr
      "
    `);
  });

  test('--refresh asks the service and saves what it says', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await oneOfEach(openWorkbench);
    expect(transcript(await cli('status --refresh --list'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	succeeded	batches/<job>	JOB_STATE_SUCCEEDED	
      2	failed	batches/<job>	JOB_STATE_FAILED	
      3	expired	batches/<job>	JOB_STATE_EXPIRED	
      4	cancelled	batches/<job>	JOB_STATE_CANCELLED	
      5	submitted	batches/<job>	JOB_STATE_PENDING	
      6	submitted	batches/<job>	JOB_STATE_RUNNING	
      7	pending
      --- stderr
      "
    `);
    expect(await statusesIn(folder)).toEqual({
      1: 'succeeded',
      2: 'failed',
      3: 'expired',
      4: 'cancelled',
      5: 'submitted',
      6: 'submitted',
    });
    expect(requestsTo(emulator, 'batches.create')).toHaveLength(6);
    expect(transcript(await cli('status --failed'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      2	failed	batches/<job>	JOB_STATE_FAILED	
      3	expired	batches/<job>	JOB_STATE_EXPIRED	
      4	cancelled	batches/<job>	JOB_STATE_CANCELLED
      --- stderr
      "
    `);
  });

  test('2 3: the range limits what is shown and counted', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await oneOfEach(openWorkbench);
    expect(transcript(await cli('status 2 3 --list'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      2	submitted	batches/<job>	JOB_STATE_PENDING	
      3	submitted	batches/<job>	JOB_STATE_PENDING
      --- stderr
      "
    `);
  });

  test.for([
    { outcome: 'stuck', code: 8 },
    { outcome: 'failed', code: 3 },
    { outcome: 'succeeded', code: 0 },
  ] as const)(
    '--exit-code is $code when a job is $outcome',
    async ({ outcome, code }, { openWorkbench, expect }) => {
      const { cli, given, pass } = await openWorkbench({ batches: [1], service: { outcome: () => outcome } });
      await given();
      pass(10_000);
      expect((await cli('status --refresh')).code).toBe(0);
      expect((await cli('status --exit-code')).code).toBe(code);
    },
  );
});

describe.concurrent('batch-submit status --json', () => {
  test('is one document with the counts and every batch', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await oneOfEach(openWorkbench);
    await cli('status --refresh');
    const { code, stdout, stderr } = await cli('status --json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Hours by the clock of the machine, to the half minute.
    const masked = maskOutput(stdout, folder).replaceAll(
      /("(?:hoursLeft|oldestPendingHours)": )[\d.]+/g,
      '$1<hours>',
    );
    expect(masked).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "asOf": "<time>",
        "total": 7,
        "submitted": 6,
        "counts": {
          "notSubmitted": 1,
          "uncertain": 0,
          "pending": 1,
          "running": 1,
          "succeeded": 1,
          "failed": 1,
          "expired": 1,
          "cancelled": 1,
          "downloaded": 0
        },
        "unanswered": 0,
        "requests": {
          "planned": null,
          "answered": 0,
          "unanswered": 0
        },
        "quota": {
          "jobs": 2,
          "tokens": 12,
          "mostJobs": 100
        },
        "oldestPendingHours": <hours>,
        "deadlines": [
          {
            "what": "input",
            "at": "<time>",
            "hoursLeft": <hours>,
            "batches": [
              5
            ]
          },
          {
            "what": "job",
            "at": "<time>",
            "hoursLeft": <hours>,
            "batches": [
              5,
              6
            ]
          },
          {
            "what": "results",
            "at": "<time>",
            "hoursLeft": <hours>,
            "batches": [
              1
            ]
          }
        ],
        "batches": [
          {
            "batch": 1,
            "status": "succeeded",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_SUCCEEDED",
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          },
          {
            "batch": 2,
            "status": "failed",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_FAILED",
            "downloaded": false,
            "attempt": 1,
            "detail": "The input of the batch is invalid.",
            "duplicates": []
          },
          {
            "batch": 3,
            "status": "expired",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_EXPIRED",
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          },
          {
            "batch": 4,
            "status": "cancelled",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_CANCELLED",
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          },
          {
            "batch": 5,
            "status": "submitted",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_PENDING",
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          },
          {
            "batch": 6,
            "status": "submitted",
            "job": "batches/<job>",
            "jobState": "JOB_STATE_RUNNING",
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          },
          {
            "batch": 7,
            "status": "pending",
            "job": null,
            "jobState": null,
            "downloaded": false,
            "attempt": 1,
            "detail": null,
            "duplicates": []
          }
        ]
      }
      "
    `);
  });

  test('is zeros and an empty list in an empty folder', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [] });
    const { code, stdout } = await cli('status --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, total: 0, submitted: 0, batches: [] });
  });

  test('with --refresh is one document too, with no event before it', async ({ openWorkbench, expect }) => {
    const { cli } = await oneOfEach(openWorkbench);
    const { stdout } = await cli('status --refresh --json');
    expect(JSON.parse(stdout)).toMatchObject({ total: 7, counts: { succeeded: 1, failed: 1 } });
  });

  test('with --refresh --list holds one line for each batch when it is piped', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli } = await oneOfEach(openWorkbench);
    expect((await cli('status --refresh --list')).stdout.trimEnd().split('\n')).toHaveLength(7);
  });
});
