import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { maskOutput, transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

/** One collected, one failed, one under way, one not submitted. */
async function mixed(openWorkbench: OpenWorkbench): Promise<Workbench> {
  const outcomes = ['succeeded', 'failed', 'stuck'] as const;
  const bench = await openWorkbench({
    batches: [1, 2, 3, 4],
    service: { outcome: ({ number }) => outcomes[number - 1] },
  });
  await bench.given('1 3');
  bench.pass(10_000);
  await bench.cli('download');
  return bench;
}

function maskReport(text: string, folder: string): string {
  return maskOutput(text, folder).replaceAll(/"sha256": "[0-9a-f]{64}"/g, '"sha256": "<sha256>"');
}

describe.concurrent('batch-submit report', () => {
  test('writes the final report with the keys of the older script, and what was reconciled', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, path } = await mixed(openWorkbench);
    expect(transcript(await cli('report'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      3 of 4 submitted (75%), 1 failed, 1 downloaded
      Requests: 6 planned = 2 answered + 0 failed + 0 missing + 4 pending
      Report written to batch_submission_final_report.json
      --- stderr
      "
    `);
    const text = await readFile(path('batch_submission_final_report.json'), 'utf8');
    expect(maskReport(text, folder)).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "report_generated": "<time>",
        "batch_range": "1-4",
        "statistics": {
          "total": 4,
          "submitted": 3,
          "remaining": 1,
          "percentage": 75,
          "failed": 1
        },
        "submitted_jobs": {
          "1": {
            "job_name": "batches/<job>",
            "file_uri": "http://127.0.0.1:<port>/v1beta/files/bs1-<state>-00001-4d9a5f1e2e89-a1",
            "submitted_at": "<time>",
            "state": "JOB_STATE_SUCCEEDED"
          },
          "2": {
            "job_name": "batches/<job>",
            "file_uri": "http://127.0.0.1:<port>/v1beta/files/bs1-<state>-00002-cd0c05b98ac1-a1",
            "submitted_at": "<time>",
            "state": "JOB_STATE_FAILED"
          },
          "3": {
            "job_name": "batches/<job>",
            "file_uri": "http://127.0.0.1:<port>/v1beta/files/bs1-<state>-00003-fd7faf8aba08-a1",
            "submitted_at": "<time>",
            "state": "JOB_STATE_PENDING"
          }
        },
        "failed_batches": [
          2
        ],
        "last_run": "<time>",
        "uncertain_batches": [],
        "counts": {
          "notSubmitted": 1,
          "uncertain": 0,
          "pending": 1,
          "running": 0,
          "succeeded": 1,
          "failed": 1,
          "expired": 0,
          "cancelled": 0,
          "downloaded": 1
        },
        "requests": {
          "planned": 6,
          "answered": 2,
          "failed": 0,
          "missing": 0,
          "pending": 4
        },
        "results": [
          {
            "batch": 1,
            "path": "batch_results/batch_001.jsonl",
            "sha256": "<sha256>",
            "bytes": 804,
            "requests": 2,
            "answered": 2,
            "failed": 0,
            "missing": 0
          }
        ],
        "duplicate_jobs": [],
        "earlier_attempts": []
      }
      "
    `);
  });

  test('sends nothing and needs no key', async ({ openWorkbench, expect }) => {
    const { cli, emulator } = await mixed(openWorkbench);
    const before = emulator.requests().length;
    expect((await cli('report', { GEMINI_API_KEY: undefined })).code).toBe(0);
    expect(emulator.requests()).toHaveLength(before);
  });

  test.for(['report --output -', 'report --json', 'report --json --dry-run'])(
    '%s prints it as one document',
    async (line, { openWorkbench, expect }) => {
      const { cli } = await mixed(openWorkbench);
      const { stdout, code } = await cli(line);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        schemaVersion: 1,
        batch_range: '1-4',
        statistics: { total: 4, submitted: 3, remaining: 1, percentage: 75, failed: 1 },
        failed_batches: [2],
      });
    },
  );

  test('is zeros in an empty folder', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [] });
    expect(transcript(await cli('report'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      0 of 0 submitted (0%), 0 failed, 0 downloaded
      Requests: 0 planned = 0 answered + 0 failed + 0 missing + 0 pending
      Report written to batch_submission_final_report.json
      --- stderr
      "
    `);
  });
});
