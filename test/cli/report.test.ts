import { readFile, writeFile } from 'node:fs/promises';
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
      Requests: 6 planned = 2 answered + 0 failed + 2 missing + 2 pending
      Tokens: 6 in (18 estimated), 30 out; 0.000038 USD at prices of 2026-09-11
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
          "missing": 2,
          "pending": 2
        },
        "requests_exhausted": 0,
        "requests_refused": 0,
        "defects_by_kind": {},
        "defects": [
          {
            "batch": 2,
            "line": 1,
            "key": "b2-1",
            "kind": "missing",
            "reason": "batch_failed"
          },
          {
            "batch": 2,
            "line": 2,
            "key": "b2-2",
            "kind": "missing",
            "reason": "batch_failed"
          }
        ],
        "defects_omitted": 0,
        "tokens": {
          "estimated_prompt": 18,
          "prompt": 6,
          "cached": 0,
          "answer": 30,
          "thoughts": 0,
          "total": 36
        },
        "cost": {
          "currency": "USD",
          "amount": 0.000038,
          "prices_as_of": "2026-09-11",
          "source": "ai.google.dev/gemini-api/docs/pricing",
          "by_model": [
            {
              "model": "gemini-2.5-flash",
              "input_tokens": 6,
              "output_tokens": 30,
              "amount": 0.000038
            }
          ],
          "notes": []
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
        "batches": [
          {
            "batch": 1,
            "file": "batch_001.jsonl",
            "job": "batches/<job>",
            "model": "gemini-2.5-flash",
            "status": "collected",
            "attempt": 1,
            "submitted_at": "<time>",
            "ended_at": "<time>",
            "saved_at": "<time>",
            "planned": 2,
            "answered": 2,
            "failed": 0,
            "missing": 0,
            "pending": 0,
            "tokens": {
              "estimated_prompt": 6,
              "prompt": 6,
              "cached": 0,
              "answer": 30,
              "thoughts": 0,
              "total": 36
            },
            "cost": 0.000038
          },
          {
            "batch": 2,
            "file": "batch_002.jsonl",
            "job": "batches/<job>",
            "model": "gemini-2.5-flash",
            "status": "failed",
            "attempt": 1,
            "submitted_at": "<time>",
            "ended_at": "<time>",
            "saved_at": null,
            "planned": 2,
            "answered": 0,
            "failed": 0,
            "missing": 2,
            "pending": 0,
            "tokens": {
              "estimated_prompt": 6,
              "prompt": 0,
              "cached": 0,
              "answer": 0,
              "thoughts": 0,
              "total": 0
            },
            "cost": null
          },
          {
            "batch": 3,
            "file": "batch_003.jsonl",
            "job": "batches/<job>",
            "model": "gemini-2.5-flash",
            "status": "submitted",
            "attempt": 1,
            "submitted_at": "<time>",
            "ended_at": null,
            "saved_at": null,
            "planned": 2,
            "answered": 0,
            "failed": 0,
            "missing": 0,
            "pending": 2,
            "tokens": {
              "estimated_prompt": 6,
              "prompt": 0,
              "cached": 0,
              "answer": 0,
              "thoughts": 0,
              "total": 0
            },
            "cost": null
          },
          {
            "batch": 4,
            "file": null,
            "job": null,
            "model": null,
            "status": "pending",
            "attempt": 1,
            "submitted_at": null,
            "ended_at": null,
            "saved_at": null,
            "planned": 0,
            "answered": 0,
            "failed": 0,
            "missing": 0,
            "pending": 0,
            "tokens": {
              "estimated_prompt": 0,
              "prompt": 0,
              "cached": 0,
              "answer": 0,
              "thoughts": 0,
              "total": 0
            },
            "cost": null
          }
        ],
        "waves": [
          {
            "run": "<run>",
            "first_submitted_at": "<time>",
            "last_ended_at": "<time>",
            "batches": "1-3",
            "count": 3,
            "planned": 6,
            "answered": 2,
            "failed": 0,
            "missing": 2,
            "pending": 2,
            "sent_again": 0,
            "sent_again_answered": 0,
            "tokens": {
              "estimated_prompt": 18,
              "prompt": 6,
              "cached": 0,
              "answer": 30,
              "thoughts": 0,
              "total": 36
            },
            "cost": 0.000038
          }
        ],
        "row_retries": [],
        "merged": null,
        "records": null,
        "notes": [],
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

  test.for([
    'batch_submission_state.json',
    'batch_submission_log.jsonl',
    'batches/batch_001.jsonl',
    'batch_results/batch_001.jsonl',
  ])('refuses to take the place of %s', async (name, { openWorkbench, expect }) => {
    const { cli, path } = await mixed(openWorkbench);
    const before = await readFile(path(name), 'utf8');
    expect(before).not.toBe('');
    const { code, stderr } = await cli(`report --output ${name}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Cannot write the report to "${name}"`)]);
    expect(await readFile(path(name), 'utf8')).toBe(before);
  });

  test('may take the place of a report', async ({ openWorkbench, expect }) => {
    const { cli, given, path } = await mixed(openWorkbench);
    for (const line of ['report --output mine.json --markdown --html', 'report --output mine.md']) {
      await given(line);
      await given(line);
    }
    await writeFile(path('empty.json'), '');
    await given('report --output empty.json');
    for (const name of ['mine.json', 'mine.md', 'empty.json'])
      expect(await readFile(path(name), 'utf8')).toContain('"report_generated"');
    const mine = 'my notes\n';
    await writeFile(path('mine.md'), mine);
    expect((await cli('report --output mine.json --markdown')).code).toBe(2);
    expect(await readFile(path('mine.md'), 'utf8')).toBe(mine);
  });

  test('is refused by run where the state is, before anything is sent', async ({ openWorkbench, expect }) => {
    const { cli, given, emulator, path } = await openWorkbench({ batches: [1, 2] });
    await given('submit 1 1');
    const before = await readFile(path('batch_submission_state.json'), 'utf8');
    const sent = emulator.requests().length;
    const { code, stderr } = await cli('run --report batch_submission_state.json');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Cannot write the report')]);
    expect(emulator.requests()).toHaveLength(sent);
    expect(await readFile(path('batch_submission_state.json'), 'utf8')).toBe(before);
  });

  test('is zeros in an empty folder', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [] });
    expect(transcript(await cli('report'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      0 of 0 submitted (0%), 0 failed, 0 downloaded
      Requests: 0 planned = 0 answered + 0 failed + 0 missing + 0 pending
      Tokens: 0 in (0 estimated), 0 out; 0 USD at prices of 2026-09-11
      Report written to batch_submission_final_report.json
      --- stderr
      "
    `);
  });
});

test('results may not go into the folder of the input', async ({ openWorkbench, expect }) => {
  const { cli, emulator } = await openWorkbench({ batches: [1] });
  for (const line of ['run --output batches', 'download --output ./batches/']) {
    const { code, stderr } = await cli(line);
    expect([code, stderr]).toEqual([2, expect.stringContaining('for the input and for the results')]);
  }
  expect(emulator.requests()).toEqual([]);
});
