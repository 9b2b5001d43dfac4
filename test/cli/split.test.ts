import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { batchText } from './batch-files.ts';
import { BIN } from './run-cli.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test, type Workbench } from './workbench.ts';

/** Five requests, and one that has no key. */
const SMALL = `${batchText(1, 5)}{"contents":[{"parts":[{"text":"bare"}]}]}\n`;

describe.concurrent('batch-submit split', () => {
  test('writes numbered files into the input folder, without a key', async ({ openWorkbench, expect }) => {
    const { cli, folder, path, emulator } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    const ended = await cli('split all.jsonl --max-lines 4', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	written	batches/batch_001.jsonl	356	4	11
      2	written	batches/batch_002.jsonl	176	2	4
      --- stderr
      6 requests from 1 file, 1 of them given a key. Wrote 2 files (532 B).

      Next: batch-submit validate    check every line; nothing is sent
            batch-submit --dry-run   see the plan"
    `);
    expect(await readdir(folder)).toEqual(['all.jsonl', 'batches']);
    expect(await readdir(path('batches'))).toEqual(['batch_001.jsonl', 'batch_002.jsonl']);
    expect((await cli('validate --strict')).code).toBe(0);
    expect(emulator.requests()).toEqual([]);
  });

  test('leaves alone what is there, and says so', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, path } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    await given('split all.jsonl --max-lines 4');
    await rm(path('batches/batch_001.jsonl'));
    expect(transcript(await cli('split all.jsonl --max-lines 4'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	written	batches/batch_001.jsonl	356	4	11
      2	unchanged	batches/batch_002.jsonl	176	2	4
      --- stderr
      6 requests from 1 file, 1 of them given a key. Wrote 1 file (356 B). 1 of 2 was there already.

      Next: batch-submit validate    check every line; nothing is sent
            batch-submit --dry-run   see the plan"
    `);
    const other = await cli('split all.jsonl --max-lines 3');
    expect(transcript(other, folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot write "batches/batch_001.jsonl": it is there already, with other content

      hint: move "batch_001.jsonl" aside, or write from another number on with \`--from <n>\`"
    `);
    expect((await cli('split all.jsonl --max-lines 3 --from 10')).code).toBe(0);
    expect(await readdir(path('batches'))).toHaveLength(4);
  });

  test('--dry-run says how many files of what size', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    const line = 'split all.jsonl --max-bytes 0.4KB --max-tokens 9 --dry-run';
    expect(transcript(await cli(line), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	planned	batches/batch_001.jsonl	267	3	9
      2	planned	batches/batch_002.jsonl	265	3	7
      --- stderr
      6 requests from 1 file, 1 of them given a key. Would write 2 files (532 B). Nothing was written."
    `);
    expect(await readdir(folder)).toEqual(['all.jsonl']);
  });

  test('2 GB is a limit like any other', async ({ openWorkbench, expect }) => {
    const { given, path } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    await given('split all.jsonl --max-bytes 5GB');
    expect(await readdir(path('batches'))).toEqual(['batch_001.jsonl']);
  });

  test('--json is one document', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    const { code, stdout, stderr } = await cli('split all.jsonl --max-lines 4 --json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "batches": [
          {
            "batch": 1,
            "bytes": 356,
            "estimatedTokens": 11,
            "lines": 4,
            "outcome": "written",
            "path": "batches/batch_001.jsonl",
            "sha256": "80a32a2343a9333442802d8bd8c91d834c715f87b7fa0a8fb85f404eee1f9a09",
            "sources": [
              {
                "at": "1-4",
                "lines": "1-4",
                "path": "all.jsonl",
              },
            ],
          },
          {
            "batch": 2,
            "bytes": 176,
            "estimatedTokens": 4,
            "lines": 2,
            "outcome": "written",
            "path": "batches/batch_002.jsonl",
            "sha256": "a80dd9617c41e0996690a4fbb5ebfd5a280437536d1838e25d9e9c8bd45ce1ed",
            "sources": [
              {
                "at": "1-2",
                "lines": "5-6",
                "path": "all.jsonl",
              },
            ],
          },
        ],
        "bytes": 532,
        "dryRun": false,
        "estimatedTokens": 15,
        "keysGiven": 1,
        "requests": 6,
        "schemaVersion": 1,
        "sources": [
          {
            "bytes": 488,
            "lines": 6,
            "path": "all.jsonl",
            "sha256": "7564200610c915867acc6166a7d177296cb5c57033eb1e5b846c4f3fcc61d912",
          },
        ],
      }
    `);
  });

  test.for([
    ['split all.jsonl', 'it was not said how large a file may become'],
    ['split --max-lines 4', 'Missing required argument "file"'],
    ['split all.jsonl --max-bytes 5XB', 'Cannot use --max-bytes "5XB": it is not a size such as 500MB'],
    ['split all.jsonl --max-lines 0', 'Cannot use --max-lines "0"'],
    ['split gone.jsonl --max-lines 4', 'Cannot split "gone.jsonl": it does not exist'],
    [
      'split all.jsonl --max-lines 4 --input all.jsonl',
      'Cannot write files into "all.jsonl": it is not a folder',
    ],
    ['split all.jsonl --max-lines 4 --pattern b_*_{batch}.jsonl', '* stands for anything'],
    ['split all.jsonl --max-lines 4 --from 900000000', 'belong to retries of rows'],
  ])('%s ends with 2', async ([line, message], { openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [] });
    await writeFile(path('all.jsonl'), SMALL);
    const { code, stdout, stderr } = await cli(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect((await readdir(folder)).filter((name) => name !== 'batches')).toEqual(['all.jsonl']);
  });

  test('does not give away the number of a batch that was sent from another file', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, path } = await openWorkbench({ batches: [1, 2] });
    await given();
    await rm(path('batches'), { recursive: true });
    await writeFile(path('all.jsonl'), SMALL);
    const refused = await cli('split all.jsonl --max-lines 4');
    expect(transcript(refused, folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot write batches 1-2: the state knows them as submitted from other files

      hint: number the files from a free number on with \`--from 3\`, or name another state with \`--state <file>\`"
    `);
    expect(await readdir(path('batches'))).toEqual([]);
    await given('split all.jsonl --max-lines 4 --from 3');
    await given();
    // The same files again, after they were sent.
    await given('split all.jsonl --max-lines 4 --from 3');
  });

  test.skipIf(process.platform === 'win32')(
    'a disk that takes no more is E_DISK, and what was begun is gone',
    async ({ openWorkbench, expect }) => {
      const { folder, path } = await openWorkbench({ batches: [] });
      await writeFile(path('all.jsonl'), batchText(1, 3000));
      // Blocks of 512 or 1,024 bytes, depending on the shell: both are below the size of one file.
      const limited = ['-c', 'ulimit -f 60; exec "$0" "$@"', process.execPath, BIN];
      const args = ['split', 'all.jsonl', '--max-lines', '1500', '--json'];
      const env = { PATH: process.env['PATH'] };
      const { status, stderr } = spawnSync('sh', [...limited, ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      expect({ status, ...(JSON.parse(stderr) as object) }).toMatchObject({
        status: 1,
        code: 'E_DISK',
        message: 'Cannot save "batches": the file would be larger than allowed (EFBIG)',
      });
      expect(await readdir(path('batches'))).toEqual([]);
    },
  );
});

describe('two splits at once', () => {
  test('of the same file make the same files, each once', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [] });
    const text = batchText(1, 300);
    await writeFile(path('all.jsonl'), text);
    const ended = await Promise.all([1, 2].map(() => cli('split all.jsonl --max-lines 10 --json')));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const outcomes = ended.flatMap(({ stdout }) =>
      (JSON.parse(stdout) as { batches: { outcome: string }[] }).batches.map(({ outcome }) => outcome),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(30);
    const names = (await readdir(path('batches'))).sort();
    const parts = await Promise.all(names.map((name) => readFile(path('batches', name), 'utf8')));
    expect(parts.join('')).toBe(text);
  });
});

describe('a split that is killed', () => {
  const FILES = 600;

  async function writeLarge({ path }: Workbench): Promise<string> {
    const text = batchText(1, FILES * 2);
    await writeFile(path('all.jsonl'), text);
    return text;
  }

  /** Kills the split as soon as the folder holds what `isTime` waits for, and gives what it left. */
  async function kill(bench: Workbench, isTime: (names: readonly string[]) => boolean): Promise<string[]> {
    const running = bench.start('split all.jsonl --max-lines 2');
    const names = (): Promise<string[]> => readdir(bench.path('batches')).catch(() => []);
    await until('the split is under way', async () => isTime(await names()));
    running.signal('SIGKILL');
    const { code } = await running.ended;
    if (code !== 'SIGKILL') throw new Error(`the split ended before it was killed: ${code}`);
    return await names();
  }

  test.for([
    ['while it writes', (names: readonly string[]) => names.length > 20, 0],
    ['while it gives names', (names: readonly string[]) => names.includes('batch_003.jsonl'), 3],
  ] as const)(
    '%s makes the same files when it runs again',
    async ([, isTime, named], { openWorkbench, expect }) => {
      const bench = await openWorkbench({ batches: [] });
      const text = await writeLarge(bench);
      const left = await kill(bench, isTime);
      const finals = left.filter((name) => name.endsWith('.jsonl'));
      expect(finals.length).toBeGreaterThanOrEqual(named);
      expect(finals.length).toBeLessThan(FILES);
      expect(left.length).toBeGreaterThan(finals.length);
      await bench.given('split all.jsonl --max-lines 2');
      const names = (await readdir(bench.path('batches'))).sort();
      expect(names).toEqual(
        Array.from({ length: FILES }, (_, index) => `batch_${String(index + 1).padStart(3, '0')}.jsonl`),
      );
      const parts = await Promise.all(names.map((name) => readFile(bench.path('batches', name), 'utf8')));
      expect(parts.join('')).toBe(text);
    },
  );

  test('by a user leaves nothing behind', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await mkdir(bench.path('batches'));
    await writeFile(bench.path('all.jsonl'), batchText(1, 200_000));
    const running = bench.start('split all.jsonl --max-lines 100');
    await until('files are written', async () => (await readdir(bench.path('batches'))).length > 20);
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(await readdir(bench.path('batches'))).toEqual([]);
  });
});
