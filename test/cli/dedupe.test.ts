import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { describe } from 'vitest';
import { dedupeSummary, describeDuplicates } from '../../src/cli/commands/dedupe-view.ts';
import type { Deduped } from '../../src/refine/dedupe/dedupe.ts';
import { generateCorpus } from '../refine/dedupe/corpus.ts';
import { readDuplicates, type Sample, writeRecordFolder } from '../refine/dedupe/record-folder.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const ANSWER =
  'It follows the price of a share and smooths what is noise, so that a trend can be seen by anyone who cares to look at the chart for a while.';

const SAMPLES: readonly Sample[] = [
  { question: 'What does a moving average say?', answer: ANSWER, quality: 8 },
  { question: 'What does a moving average say?', answer: ANSWER.replace('noise', 'chance'), quality: 9 },
  { question: 'WHAT DOES A MOVING AVERAGE SAY', answer: ANSWER, quality: 7 },
  { question: 'What is RSI?', answer: '\u001B[31mA number\u202E from 0 to 100.' },
  { question: 'What is RSI?', answer: '\u001B[31mA number\u202E from 0 to 100!' },
];

describe('describeDuplicates()', () => {
  const DEDUPED: Deduped = {
    records: 1200,
    empty: 2,
    found: { exact: 10, near: 7, close: 3 },
    fields: ['refined_question'],
    threshold: 0.8,
    recall: 0.991,
    cosine: 0.97,
    samples: [
      {
        record: {
          id: '1-2-1',
          text: '\u001B[31mWhat is a\u202E moving average?\nIt follows the price of a share, day by day',
        },
        kept: { id: '1-1-1', text: '移動平均線'.repeat(20) },
        by: 'near',
        similarity: 0.8125,
      },
    ],
  };

  test('shows what was merged, and foreign text as it is', ({ expect }) => {
    const { lines } = describeDuplicates(DEDUPED, 'batch_records/duplicates.jsonl', false);
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "  Records    1200, compared by refined_question
        Exact      10   the same words
        Near       7   at least 0.8 alike, and the same numbers
        Close      3   vectors with a cosine of at least 0.97
        Kept       1180, 2 of them without a word to compare

      Least alike of what was merged
        near 0.8125
          1-2-1   \\u{1b}[31mWhat is a\\u{202e} moving average? It follows the price of a s…
          1-1-1   移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均線移動平均…   (kept)"
    `);
  });

  test('says where there were no vectors', ({ expect }) => {
    const bare: Deduped = { ...DEDUPED, cosine: null, samples: [], empty: 0 };
    expect(describeDuplicates(bare, 'x', true).lines.join('\n')).toMatchInlineSnapshot(`
      "  Records    1200, compared by refined_question
        Exact      10   the same words
        Near       7   at least 0.8 alike, and the same numbers
        Close      not compared: --cosine compares vectors, once there are any
        Kept       1180"
    `);
    expect(dedupeSummary(bare, 'x', true)).toMatchInlineSnapshot(
      `"20 of 1200 records say the same as another. Nothing was written."`,
    );
  });
});

describe.concurrent('batch-submit dedupe', () => {
  test('says what is merged into what, and needs no key', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [] });
    const files = await writeRecordFolder(path('batch_records'), SAMPLES);
    const records = await readFile(files.records, 'utf8');
    const ended = await cli('dedupe', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      5	2	1	2	0
      --- stderr
      3 of 5 records say the same as another. They are named in batch_records/duplicates.jsonl; no record was deleted.

      Next: batch-submit embed       turn their texts into vectors, for search
            batch-submit import      load them into a database"
    `);
    expect(await readDuplicates(files)).toMatchInlineSnapshot(`
      [
        {
          "by": "near",
          "id": "1-1-1",
          "into": "1-2-1",
          "similarity": 0.8947,
        },
        {
          "by": "near",
          "id": "1-3-1",
          "into": "1-2-1",
          "similarity": 0.8947,
        },
        {
          "by": "exact",
          "id": "1-5-1",
          "into": "1-4-1",
          "similarity": 1,
        },
      ]
    `);
    expect(await readFile(files.records, 'utf8')).toBe(records);
    expect((await readdir(files.folder)).sort()).toEqual([
      'duplicates.jsonl',
      'records.jsonl',
      'summary.json',
    ]);
  });

  test('prints one document, in which nothing acts on a terminal', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [] });
    const files = await writeRecordFolder(path('batch_records'), SAMPLES);
    const { stdout, code } = await cli('dedupe --json -n --fields refined_answer --threshold .9');
    expect(code).toBe(0);
    for (const hidden of ['\u001B', '\u202E']) expect(stdout).not.toContain(hidden);
    expect(stdout).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "dryRun": true,
        "path": "batch_records/duplicates.jsonl",
        "records": 5,
        "kept": 3,
        "empty": 0,
        "exact": 2,
        "near": 0,
        "close": 0,
        "fields": [
          "refined_answer"
        ],
        "threshold": 0.9,
        "recall": 0.9900550886233649,
        "cosine": null,
        "samples": [
          {
            "id": "1-3-1",
            "text": "It follows the price of a share and smooths what is noise, …",
            "into": "1-1-1",
            "intoText": "It follows the price of a share and smooths what is noise, …",
            "by": "exact",
            "similarity": 1
          },
          {
            "id": "1-5-1",
            "text": "\\u001b[31mA number\\u202e from 0 to 100!",
            "into": "1-4-1",
            "intoText": "\\u001b[31mA number\\u202e from 0 to 100.",
            "by": "exact",
            "similarity": 1
          }
        ]
      }
      "
    `);
    expect(existsSync(files.duplicates)).toBe(false);
    // Another folder, and a plan that leaves nothing behind.
    expect((await readdir(files.folder)).sort()).toEqual(['records.jsonl', 'summary.json']);
    await rm(files.folder, { recursive: true });
    expect((await cli('dedupe')).code).toBe(2);
    expect(existsSync(files.folder)).toBe(false);
  });

  test('refuses what it cannot use', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [] });
    const refused = async (line: string): Promise<string> => {
      const { code, stderr } = await cli(`dedupe ${line}`);
      expect([line, code]).toEqual([line, 2]);
      return stderr;
    };
    expect(await refused('')).toContain('`batch-submit parse`');
    await writeRecordFolder(path('batch_records'), SAMPLES);
    expect(await refused('--threshold 80')).toContain(
      'Cannot use --threshold "80": it is not a number from 0.5 to 1',
    );
    expect(await refused('--threshold 0.4')).toContain('from 0.5 to 1');
    expect(await refused('--cosine 0.7')).toContain('from 0.8 to 1');
    expect(await refused('--fields refined_question,')).toContain('a name is missing');
    expect(await refused('--fields question')).toContain('no record has such a field');
  });

  test('leaves the old files or the new ones when it is killed, and goes on when it is called again', async ({
    openWorkbench,
    expect,
  }) => {
    const { start, given, path } = await openWorkbench({ batches: [] });
    const files = await writeRecordFolder(path('batch_records'), generateCorpus(4000, 1));
    await given('dedupe --threshold 0.6');
    const read = async (): Promise<readonly string[]> =>
      await Promise.all([files.duplicates, files.summary].map((file) => readFile(file, 'utf8')));
    const old = await read();
    await given('dedupe');
    const whole = await read();
    expect(whole).not.toEqual(old);
    await given('dedupe --threshold 0.6');
    expect(await read()).toEqual(old);
    const run = start('dedupe');
    await until('it has the lock', () => existsSync(`${files.summary}.lock`));
    run.signal('SIGKILL');
    await run.ended;
    for (const [index, text] of (await read()).entries()) expect([old[index], whole[index]]).toContain(text);
    await given('dedupe');
    expect(await read()).toEqual(whole);
    expect((await readdir(files.folder)).sort()).toEqual([
      'duplicates.jsonl',
      'records.jsonl',
      'summary.json',
    ]);
  });
});
