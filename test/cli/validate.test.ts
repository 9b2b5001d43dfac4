import { execFile } from 'node:child_process';
import { mkdir, open, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { batchText } from './batch-files.ts';
import { statusesIn } from './saved-files.ts';
import { requestsTo } from './service-record.ts';
import { createTerminal } from './terminal.ts';
import { maskOutput, transcript } from './transcript.ts';
import { test, type Workbench } from './workbench.ts';

const good = (key: string, text = 'Why?'): string =>
  JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } });

/** Lines as an older import tool made them: each line of one prompt in a request of its own. */
const CUT_PROMPT = Array.from({ length: 60 }, (_, index) => [
  `Pair ${index + 1}`,
  `Q: What does average ${index} say?`,
  'A: It says how the price moved.',
])
  .flat()
  .map((text, index) => `${good(`line-${index}`, text)}\n`)
  .join('');

/** Three files: an array of faults, warnings alone, and nothing to find. */
async function withFaults({ path }: Workbench): Promise<void> {
  await writeFile(
    path('batches/batch_001.jsonl'),
    [
      good('same'),
      good('same', 'What else?'),
      '{"key":"cut off',
      '{"custom_id":"r1","method":"POST","url":"/v1/chat/completions","body":{}}',
      '{"contents":[{"parts":[{"text":"bare"}]}]}',
    ].join('\n'),
  );
  await writeFile(path('batches/batch_002.jsonl'), `${good('b2')}\r\n\n${good('same')}\n`);
}

describe.concurrent('batch-submit validate', () => {
  test('finds nothing in good files: no key, no request, nothing written', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, path, emulator } = await openWorkbench();
    const ended = await cli('validate', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	ok		0		batch_001.jsonl
      2	ok		0		batch_002.jsonl
      3	ok		0		batch_003.jsonl
      --- stderr
      Checking 3 files (534 B)
      6 requests, 6 with a key, about 18 tokens of text
      0 errors, 0 warnings. Every file can be submitted. Nothing was sent."
    `);
    expect(await readdir(folder)).toEqual(['batches']);
    expect(await readdir(path('batches'))).toHaveLength(3);
    expect(emulator.requests()).toEqual([]);
  });

  test('tells each kind of finding with its lines in a pipe, and exits with 2', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    await withFaults(bench);
    expect(transcript(await bench.cli('validate'), bench.folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      1	error	invalid_json	1	3	batch_001.jsonl
      1	error	openai_line	1	4	batch_001.jsonl
      1	error	duplicate_key	1	2	batch_001.jsonl
      1	warning	bare_request	1	5	batch_001.jsonl
      2	warning	key_in_other_file	1	3	batch_002.jsonl
      2	warning	crlf	1	1	batch_002.jsonl
      2	warning	blank_line	1	2	batch_002.jsonl
      3	ok		0		batch_003.jsonl
      --- stderr
      Checking 3 files (588 B)
      9 requests, 6 with a key, about 13 tokens of text
      3 errors, 4 warnings. 1 of 3 files fails the check. Nothing was sent."
    `);
  });

  test('--json is one document with the facts and findings of every file', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await withFaults(bench);
    const { code, stdout, stderr } = await bench.cli('validate 2 --json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "batches": [
          {
            "batch": 2,
            "bytes": 136,
            "estimatedTokens": 2,
            "findings": [
              {
                "count": 1,
                "first": [
                  {
                    "detail": "line 1 ends in CR and LF",
                    "line": 1,
                  },
                ],
                "kind": "crlf",
                "severity": "warning",
              },
              {
                "count": 1,
                "first": [
                  {
                    "detail": "line 2 is blank",
                    "line": 2,
                  },
                ],
                "kind": "blank_line",
                "severity": "warning",
              },
            ],
            "keys": 2,
            "lines": 2,
            "path": "batches/batch_002.jsonl",
            "sha256": "e411d5fdd17b788dc60055fe4eee4dc95dc3d4d812666cf5dea50b1f1bf553f0",
          },
        ],
        "bytes": 136,
        "errors": 0,
        "estimatedTokens": 2,
        "files": 1,
        "findings": [
          {
            "count": 1,
            "files": 1,
            "first": [
              {
                "batch": 2,
                "detail": "line 1 ends in CR and LF",
                "line": 1,
                "path": "batches/batch_002.jsonl",
              },
            ],
            "hint": "write LF alone",
            "kind": "crlf",
            "severity": "warning",
            "title": "a line end of CR and LF",
          },
          {
            "count": 1,
            "files": 1,
            "first": [
              {
                "batch": 2,
                "detail": "line 2 is blank",
                "line": 2,
                "path": "batches/batch_002.jsonl",
              },
            ],
            "hint": "take it out",
            "kind": "blank_line",
            "severity": "warning",
            "title": "a blank line",
          },
        ],
        "keys": 2,
        "ok": true,
        "requests": 2,
        "schemaVersion": 1,
        "strict": false,
        "warnings": 2,
      }
    `);
  });

  test('--strict fails for a warning', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    await withFaults(bench);
    expect((await bench.cli('validate --only 2')).code).toBe(0);
    expect(transcript(await bench.cli('validate --only 2,3 --strict'), bench.folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      2	warning	crlf	1	1	batch_002.jsonl
      2	warning	blank_line	1	2	batch_002.jsonl
      3	ok		0		batch_003.jsonl
      --- stderr
      Checking 2 files (314 B)
      4 requests, 4 with a key, about 8 tokens of text
      0 errors, 2 warnings. 1 of 2 files fails the check. Nothing was sent."
    `);
    expect((await bench.cli('validate 3 --strict')).code).toBe(0);
  });

  test('tells requests that can never be one, and slips, which only --strict refuses', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    const slip = { contents: [{ role: 'assistant', parts: [{ txt: 'Why?' }] }], safetysettings: [] };
    await writeFile(bench.path('batches/batch_001.jsonl'), '{"key":"a","request":{"contents":"Why?"}}\n');
    await writeFile(bench.path('batches/batch_002.jsonl'), JSON.stringify({ key: 'b', request: slip }));
    expect(await onTerminal(bench, 'validate')).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
        001   batch_001.jsonl   1 error
        002   batch_002.jsonl   3 warnings

      error: a request of the wrong shape (1)
        batch_001.jsonl:1   has "contents" that is text, not a list
        hint: write "contents" as [{"role":"user","parts":[{"text":"…"}]}]; a "content" or "systemInstruction" is one such object

      warning: a name that the service does not know (2)
        batch_002.jsonl:1   has "safetysettings" in the request: did you mean "safetySettings"?
        batch_002.jsonl:1   has "txt" in a part: did you mean "text"?
        hint: correct the name or take it out: the service refuses such a request, or answers as if it were not there

      warning: a role that the service does not know (1)
        batch_002.jsonl:1   has a "role" in "contents" that is neither "user" nor "model"
        hint: write "user", or "model" for an earlier answer; what holds for all turns belongs in "systemInstruction"


      --- stderr
      Checking 2 files (144 B)
      2 requests, 1 with a key, about 0 tokens of text
      1 error, 3 warnings. 1 of 2 files fails the check. Nothing was sent.
      "
    `);
    expect((await bench.cli('validate 2')).code).toBe(0);
    expect((await bench.cli('validate 2 --strict')).code).toBe(2);
  });

  test('takes the model, the folder and the names of the files', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [] });
    await mkdir(path('in'));
    await writeFile(
      path('in/part-7.jsonl'),
      '{"key":"a","request":{"model":"models/gemini-2.5-pro","contents":[{"parts":[{"text":"a"}]}]}}\n',
    );
    await writeFile(path('in/9.jsonl'), 'not of the pattern\n');
    const line = 'validate --strict --input in --pattern part-{batch}.jsonl';
    expect(await cli(line)).toMatchObject({
      code: 2,
      stdout: '7\twarning\tmodel_differs\t1\t1\tpart-7.jsonl\n',
    });
    expect(await cli(`${line} --model gemini-2.5-pro`)).toMatchObject({ code: 0 });
  });

  test('goes on after a file that cannot be used', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [1, 2, 3, 4, 5, 6] });
    await truncate(path('batches/batch_001.jsonl'));
    await writeFile(path('batches/batch_002.jsonl'), gzipSync(batchText(2)));
    await writeFile(path('batches/batch_003.jsonl'), '%PDF-1.7\n');
    await truncate(path('batches/batch_004.jsonl'), 2 * 1024 ** 3 + 1);
    await writeFile(path('batches/batch_005.jsonl'), `\uFEFF${batchText(5)}`);
    const { code, stdout } = await cli('validate');
    expect(code).toBe(2);
    expect(stdout).toMatchInlineSnapshot(`
      "1	error	unreadable	1		batch_001.jsonl
      2	error	foreign_format	1		batch_002.jsonl
      3	error	foreign_format	1		batch_003.jsonl
      4	error	unreadable	1		batch_004.jsonl
      5	error	byte_order_mark	1	1	batch_005.jsonl
      6	ok		0		batch_006.jsonl
      "
    `);
  });

  test('shows no control character of a key, and none of the content', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [1] });
    const key = 'red\u001b[31m';
    await writeFile(
      path('batches/batch_001.jsonl'),
      [good(key, 'qzxj 1'), good(key, 'qzxj 2'), 'qzxj'].join('\n'),
    );
    const { stdout } = await cli('validate --json');
    expect(JSON.parse(stdout).findings[1].first[0].key).toBe('red\\u{1b}[31m');
    expect(stdout).not.toContain('qzxj');
  });
});

describe.concurrent('one prompt cut into single lines', () => {
  test('is told by validate, and --strict refuses it', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    await writeFile(bench.path('batches/batch_001.jsonl'), CUT_PROMPT);
    expect(await onTerminal(bench, 'validate')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
        001   batch_001.jsonl   1 warning

      warning: one prompt cut into single lines (1)
        batch_001.jsonl   the file looks like one prompt cut into 180 requests of one line each, and each would be answered, and paid for, by itself: 180 of them are only a label, a number, a bracket or the like
        hint: put the whole prompt into the "text" of one request, with \\n between its lines


      --- stderr
      Checking 1 file (16.1 KB)
      180 requests, 180 with a key, about 986 tokens of text
      0 errors, 1 warning. Every file can be submitted. Nothing was sent.
      "
    `);
    expect((await bench.cli('validate --strict')).code).toBe(2);
  });

  test('is told before the upload too', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [1] });
    await writeFile(path('batches/batch_001.jsonl'), CUT_PROMPT);
    const { code, stderr } = await cli();
    expect(code).toBe(0);
    expect(stderr).toContain('looks like one prompt cut into 180 requests of one line each');
  });
});

describe.concurrent('the same check before an upload', () => {
  test('refuses what validate calls an error, and nothing of it leaves the machine', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    await withFaults(bench);
    const { code, stdout } = await bench.cli();
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 3,
      first: '1\tfailed\tinput: line 2 has the key of an earlier, different request (and 2 more)',
    });
    expect(requestsTo(bench.emulator, 'upload.start')).toHaveLength(2);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'failed', 2: 'submitted', 3: 'submitted' });
  });
});

describe('the memory of the check', () => {
  test(
    'does not grow with a line of 1 GB, nor with the lines',
    { timeout: 60_000 },
    async ({ openWorkbench, expect }) => {
      const { path } = await openWorkbench({ batches: [] });
      await mkdir(path('batches'));
      const file = await open(path('batches/1.jsonl'), 'w');
      await file.write(`${good('a')}\n{"key":"`);
      await file.truncate(1024 ** 3);
      await file.close();
      const text = 'What does a moving average say? '.repeat(30);
      for (let part = 0; part < 16; part += 1) {
        const lines = Array.from({ length: 4000 }, (_, index) => `${good(`${part}-${index}`, text)}\n`);
        await writeFile(path('batches/2.jsonl'), lines.join(''), { flag: 'a' });
      }
      expect((await stat(path('batches/2.jsonl'))).size).toBeGreaterThan(60e6);
      const long = await peakOf(path('batches/1.jsonl'));
      expect(long.findings).toMatchObject([{ kind: 'line_too_long', first: [{ line: 2 }] }]);
      const many = await peakOf(path('batches/2.jsonl'));
      expect(many.findings).toEqual([]);
      expect(Math.max(long.peakMb, many.peakMb)).toBeLessThan(150);
    },
  );
});

const INSPECT_FILE = new URL('../../dist/input/inspect-file.js', import.meta.url).href;

/** Checks one file in a process of its own, and gives the most memory that it ever had. */
async function peakOf(path: string): Promise<{ readonly peakMb: number; readonly findings: unknown }> {
  const script = `
    const { inspectFile } = await import(${JSON.stringify(INSPECT_FILE)});
    const { findings } = await inspectFile(process.argv[1], undefined, {});
    console.log(JSON.stringify({ findings, peakMb: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, path]);
  return JSON.parse(stdout) as { readonly peakMb: number; readonly findings: unknown }; // written by the script above
}

/** Runs one command in this process, with terminals for its streams. */
async function onTerminal(bench: Workbench, line: string): Promise<string> {
  const terminal = createTerminal({
    argv: [...line.split(' '), '--no-env-file'],
    env: { NO_COLOR: '1', BATCH_SUBMIT_INPUT: bench.path('batches') },
  });
  const code = await main(terminal.io);
  const output = [`exit ${code}`, '--- stdout', terminal.stdout(), '--- stderr', terminal.stderr()].join(
    '\n',
  );
  return maskOutput(output, bench.folder);
}
