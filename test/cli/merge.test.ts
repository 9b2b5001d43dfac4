import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { batchText } from './batch-files.ts';
import { parseLines } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

describe.concurrent('batch-submit merge', () => {
  test('packs the input folder into another one, which can then be sent', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, path } = await openWorkbench({ batches: [1, 2, 3, 4, 5] });
    const ended = await cli('merge --into packed --jobs 2', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	written	packed/batch_001.jsonl	534	6	17
      2	written	packed/batch_002.jsonl	356	4	11
      --- stderr
      10 requests from 5 files. Wrote 2 files (890 B).

      Next: batch-submit validate --input packed    check every line; nothing is sent
            batch-submit --input packed --dry-run   see the plan"
    `);
    expect(await readdir(path('packed'))).toEqual([
      'batch_001.jsonl',
      'batch_002.jsonl',
      'merged_input.json',
    ]);
    await given('validate --input packed --strict');
    await given('--input packed');
  });

  test('traces an answer back to the file that its request is from', async ({ openWorkbench, expect }) => {
    const { given, path } = await openWorkbench({ batches: [], clock: 'real' });
    await mkdir(path('batches'));
    for (const batch of [7, 9]) await writeFile(path(`batches/${batch}.jsonl`), batchText(1));
    await given('merge --into packed --prefix-keys');
    await given('run --input packed');
    const merged = parseLines(await readFile(path('batch_results/merged.jsonl'), 'utf8'));
    expect(merged.map(({ key, batch, line }) => [key, batch, line])).toEqual([
      ['7-b1-1', 1, 1],
      ['7-b1-2', 1, 2],
      ['9-b1-1', 1, 3],
      ['9-b1-2', 1, 4],
    ]);
    const manifest = JSON.parse(await readFile(path('packed/merged_input.json'), 'utf8'));
    expect(manifest).toMatchInlineSnapshot(`
      {
        "files": [
          {
            "batch": 1,
            "file": "batch_001.jsonl",
            "lines": 4,
            "sha256": "c05bac255b952f9a9136b9209189ab114ebcc6624c5a1d54f8ddcd401399eac9",
            "sources": [
              {
                "at": "1-2",
                "batch": 7,
                "file": "batches/7.jsonl",
                "lines": "1-2",
                "sha256": "4d9a5f1e2e894371d4df1289ff633c60c0b07c5a183c157b597cdc27e5355c27",
              },
              {
                "at": "3-4",
                "batch": 9,
                "file": "batches/9.jsonl",
                "lines": "1-2",
                "sha256": "4d9a5f1e2e894371d4df1289ff633c60c0b07c5a183c157b597cdc27e5355c27",
              },
            ],
          },
        ],
        "prefixKeys": true,
        "schemaVersion": 1,
      }
    `);
  });

  test('refuses what was submitted already, unless --fresh', async ({ openWorkbench, expect }) => {
    const { cli, given, folder } = await openWorkbench({ batches: [1, 2, 3, 4] });
    await given('1 2');
    expect(transcript(await cli('merge --into packed'), folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot merge batches 1-2: they were submitted already, and their requests would be paid for twice

      hint: leave them out with \`--only <set>\`, or pay again with \`--fresh\`"
    `);
    // Batch 1 of the state is another file, so that `submit` would take the packed one for sent.
    expect(transcript(await cli('merge 3 --into packed'), folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot write batch 1: the state knows it as submitted from other files

      hint: number the files from a free number on with \`--from 3\`, or name another state with \`--state <file>\`"
    `);
    expect((await cli('merge 3 --into packed --from 3')).code).toBe(0);
    expect((await cli('merge --into again --fresh')).code).toBe(10);
    expect((await cli('merge --into again --fresh --from 3')).code).toBe(0);
  });

  test('refuses when the state is gone and its log knows of jobs', async ({ openWorkbench, expect }) => {
    const { cli, given, path } = await openWorkbench();
    await given();
    await rm(path('batch_submission_state.json'));
    const { code, stderr } = await cli('merge --into packed');
    expect(code).toBe(10);
    expect(stderr).toContain('Cannot merge: the state file "batch_submission_state.json" is gone');
    expect((await cli('merge --into packed --fresh')).code).toBe(0);
  });

  test('offers --prefix-keys where files use the same key', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [] });
    await mkdir(path('batches'));
    for (const batch of [1, 2]) await writeFile(path(`batches/${batch}.jsonl`), batchText(1));
    expect(transcript(await cli('merge --into packed'), folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot merge "2.jsonl": line 1 has a key that another file uses too: "b1-1" (and 1 more)
        2.jsonl: line 1 has a key that another file uses too: "b1-1"
        2.jsonl: line 2 has a key that another file uses too: "b1-2"

      hint: pass \`--prefix-keys\` to put the number of its batch before each key, or make the keys unique"
    `);
    expect(await readdir(folder)).toEqual(['batches']);
  });

  test('--dry-run writes nothing', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    expect(transcript(await cli('merge 2 --into packed --dry-run'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	planned	packed/batch_001.jsonl	356	4	11
      --- stderr
      4 requests from 2 files. Would write 1 file (356 B). Nothing was written."
    `);
    expect(await readdir(folder)).toEqual(['batches']);
  });

  test.for([
    ['merge', 'no folder was named for the packed files'],
    ['merge --into batches', 'it is the input folder'],
    ['merge --into packed --jobs 1 --max-lines 3', 'within the limits they need 3'],
    ['merge 7 --into packed', 'Cannot find batches from 7 on'],
  ])('%s ends with 2', async ([line, message], { openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    const { code, stderr } = await cli(line);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(await readdir(folder)).toEqual(['batches']);
  });
});

describe('a merge that is killed', () => {
  test('makes the same files and the same manifest when it runs again', async ({ openWorkbench, expect }) => {
    const numbers = Array.from({ length: 400 }, (_, index) => index + 1);
    const bench = await openWorkbench({ batches: numbers });
    await bench.given('merge --into whole --max-lines 2');
    const running = bench.start('merge --into packed --max-lines 2');
    const names = (): Promise<string[]> => readdir(bench.path('packed')).catch(() => []);
    await until('the merge gives names', async () => (await names()).includes('batch_003.jsonl'));
    running.signal('SIGKILL');
    expect((await running.ended).code).toBe('SIGKILL');
    expect(await names()).not.toContain('merged_input.json');
    await bench.given('merge --into packed --max-lines 2');
    const whole = (await readdir(bench.path('whole'))).sort();
    expect((await names()).sort()).toEqual(whole);
    for (const name of whole) {
      const [one, other] = await Promise.all(
        ['whole', 'packed'].map((folder) => readFile(bench.path(folder, name), 'utf8')),
      );
      expect(other === one, name).toBe(true);
    }
  });
});
