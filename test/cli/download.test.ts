import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { requestsTo } from './service-record.ts';
import { parseLines, statusesIn } from './saved-files.ts';
import { maskOutput, transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

async function afterJobs(openWorkbench: OpenWorkbench, options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = await openWorkbench(options);
  await bench.given();
  bench.pass(10_000);
  return bench;
}

async function answersIn(path: string): Promise<readonly unknown[]> {
  return parseLines(await readFile(path, 'utf8')).map(({ key }) => key);
}

describe.concurrent('batch-submit download', () => {
  test('saves every result, one file for each batch', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await afterJobs(openWorkbench);
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	downloaded	batch_results/batch_001.jsonl
      2	downloaded	batch_results/batch_002.jsonl
      3	downloaded	batch_results/batch_003.jsonl
      --- stderr
      Saved 3 results in batch_results
      6 of 6 requests answered and verified; merged in batch_results/merged.jsonl"
    `);
    expect((await readdir(path('batch_results'))).sort()).toEqual([
      'batch_001.jsonl',
      'batch_002.jsonl',
      'batch_003.jsonl',
      'merged.jsonl',
    ]);
    expect(await answersIn(path('batch_results/batch_002.jsonl'))).toEqual(['b2-1', 'b2-2']);
    expect(await statusesIn(folder)).toEqual({ 1: 'collected', 2: 'collected', 3: 'collected' });
  });

  test('asks by :download only, never files.get', async ({ openWorkbench, expect }) => {
    const { given, emulator } = await afterJobs(openWorkbench);
    await given('download');
    expect(requestsTo(emulator, 'download')).toHaveLength(3);
    expect(requestsTo(emulator, 'files.get')).toEqual([]);
  });

  test('sends no request at all the second time that could cost anything: no download', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator } = await afterJobs(openWorkbench);
    await given('download');
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Saved 0 results in batch_results, 3 on disk already
      6 of 6 requests answered and verified; merged in batch_results/merged.jsonl"
    `);
    expect(requestsTo(emulator, 'download')).toHaveLength(3);
  });

  test('says when a result is no longer whole on disk, and fetches it again with --force', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path } = await afterJobs(openWorkbench);
    await given('download');
    await truncate(path('batch_results/batch_002.jsonl'), 10);
    const { code, stdout } = await cli('download');
    expect(code).toBe(3);
    expect(stdout).toContain(
      '2\tfailed\tdownload: "batch_results/batch_002.jsonl" exists and holds other bytes',
    );
    await given('download --force');
    expect(await answersIn(path('batch_results/batch_002.jsonl'))).toEqual(['b2-1', 'b2-2']);
  });

  test('leaves a file with other bytes alone, and takes it with --force', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, path } = await afterJobs(openWorkbench, { batches: [1, 2] });
    await mkdir(path('batch_results'));
    await writeFile(path('batch_results/batch_001.jsonl'), 'precious\n');
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	download: "batch_results/batch_001.jsonl" exists and holds other bytes; \`batch-submit download --force\` replaces it
      2	downloaded	batch_results/batch_002.jsonl
      --- stderr
      Saved 1 result in batch_results, 1 could not be saved
      2 of 4 requests answered and verified, 2 pending; merged in batch_results/merged.jsonl"
    `);
    expect(await readFile(path('batch_results/batch_001.jsonl'), 'utf8')).toBe('precious\n');
    await given('download --force');
    expect(await answersIn(path('batch_results/batch_001.jsonl'))).toEqual(['b1-1', 'b1-2']);
  });

  test('says of a folder in the place of a result what to do, also with --force, and saves the others', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path, emulator } = await afterJobs(openWorkbench);
    await mkdir(path('batch_results/batch_002.jsonl'), { recursive: true });
    const says =
      '2\tfailed\tdownload: "batch_results/batch_002.jsonl" is a folder; move it aside, then run `batch-submit download` again';
    for (const line of ['download', 'download --force']) {
      const { code, stdout } = await cli(line);
      expect(code).toBe(3);
      expect(stdout.split('\n')).toContain(says);
      expect(stdout).toContain('3\tdownloaded\tbatch_results/batch_003.jsonl');
    }
    expect(requestsTo(emulator, 'download')).toHaveLength(4);
    await rm(path('batch_results/batch_002.jsonl'), { recursive: true });
    await given('download');
    expect(await answersIn(path('batch_results/batch_002.jsonl'))).toEqual(['b2-1', 'b2-2']);
  });

  test('a folder that took the place of a saved result does not keep the others from being merged', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path } = await afterJobs(openWorkbench, { batches: [1, 2] });
    await given('download');
    await rm(path('batch_results/batch_001.jsonl'));
    await mkdir(path('batch_results/batch_001.jsonl'));
    const { code, stdout, stderr } = await cli('download');
    expect(code).toBe(3);
    expect(stdout).toContain('"batch_results/batch_001.jsonl" is a folder; move it aside');
    expect(stderr).toContain('2 of 4 requests answered and verified, 2 missing');
  });

  test.for(['download', 'run', 'watch'])(
    'a file in the place of the folder: %s names the flag for another',
    async (line, { openWorkbench, expect }) => {
      const { cli, path } = await afterJobs(openWorkbench, { batches: [1] });
      await writeFile(path('batch_results'), 'precious');
      const { code, stderr } = await cli(line);
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: Cannot .*"batch_results.*\((?:EEXIST|ENOTDIR)\)\n\nhint: .*`--output\b/);
      expect(await readFile(path('batch_results'), 'utf8')).toBe('precious');
    },
  );

  test('says that jobs are still under way (8), and that nothing is submitted (0)', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Nothing to download: no batch is submitted yet"
    `);
    await given();
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 8
      --- stdout

      --- stderr
      Saved 0 results in batch_results, 1 job still under way
      0 of 2 requests answered and verified, 2 pending

      Next: batch-submit watch       follow the jobs"
    `);
  });

  test('exits 3 beside a failed job, and saves the others', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await afterJobs(openWorkbench, {
      batches: [1, 2],
      service: { outcome: ({ number }) => (number === 1 ? 'failed' : 'succeeded') },
    });
    expect(transcript(await cli('download'), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	job: The input of the batch is invalid.
      2	downloaded	batch_results/batch_002.jsonl
      --- stderr
      Saved 1 result in batch_results
      2 of 4 requests answered and verified, 2 missing; merged in batch_results/merged.jsonl

      Next: batch-submit retry       submit again what failed"
    `);
  });

  test('leaves no part of a file behind when a download is cut short, and saves it the next time', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path, emulator } = await afterJobs(openWorkbench, { batches: [1] });
    emulator.addFault({ endpoint: 'download', kind: 'short_body', bytes: 100 });
    expect((await cli('download --max-retries 1')).code).toBe(3);
    expect(await readdir(path('batch_results'))).toEqual([]);
    emulator.clearFaults();
    await given('download');
    expect(await answersIn(path('batch_results/batch_001.jsonl'))).toEqual(['b1-1', 'b1-2']);
  });
});

describe.concurrent('batch-submit download --json', () => {
  test('names each bad row as a defect, and no good one', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await afterJobs(openWorkbench, {
      batches: [1],
      service: { damage: { error: 1 } },
    });
    const { stdout } = await cli('download --json');
    const start = stdout.indexOf('{\n');
    expect(
      maskOutput(stdout.slice(start), folder).replaceAll(/"sha256": "[0-9a-f]+"/g, '"sha256": "<sha256>"'),
    ).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "downloaded": [
          {
            "batch": 1,
            "path": "batch_results/batch_001.jsonl",
            "sizeBytes": 192,
            "sha256": "<sha256>",
            "lines": 2,
            "answered": 0,
            "failed": 2,
            "missing": 0,
            "savedAt": "<time>",
            "audit": {
              "against": "input",
              "defects": {
                "error": 2
              },
              "usage": {
                "prompt": 0,
                "cached": 0,
                "answer": 0,
                "thoughts": 0
              }
            }
          }
        ],
        "kept": [],
        "failed": [],
        "running": 0,
        "requests": {
          "planned": 2,
          "answered": 0,
          "failed": 2,
          "missing": 0,
          "pending": 0
        },
        "defects": [
          {
            "batch": 1,
            "line": 1,
            "key": "b1-1",
            "resultLine": 1,
            "kind": "error",
            "code": 4,
            "reason": "DEADLINE_EXCEEDED",
            "message": "Deadline expired before operation could complete."
          },
          {
            "batch": 1,
            "line": 2,
            "key": "b1-2",
            "resultLine": 2,
            "kind": "error",
            "code": 4,
            "reason": "DEADLINE_EXCEEDED",
            "message": "Deadline expired before operation could complete."
          }
        ],
        "merged": {
          "path": "batch_results/merged.jsonl",
          "lines": 2,
          "sha256": "<sha256>"
        },
        "exitCode": 3
      }
      "
    `);
  });

  test('prints one document, also when results were saved', async ({ openWorkbench, expect }) => {
    const { cli } = await afterJobs(openWorkbench, { batches: [1] });
    const { stdout } = await cli('download --json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      downloaded: [{ batch: 1 }],
      failed: [],
      exitCode: 0,
    });
  });
});
