import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectFile } from '../../src/input/inspect-file.ts';
import { type FileLimits, LARGEST_FILE_BYTES } from '../../src/model/file-limits.ts';
import type { Prepared } from '../../src/prepare/prepared.ts';
import { splitInput, type SplitOptions } from '../../src/prepare/split.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { filesIn, requestOf, sampleLines, type SampleLine, textOf } from './requests.ts';

const NONE: FileLimits = { maxLines: undefined, maxBytes: LARGEST_FILE_BYTES, maxTokens: undefined };
const NO_STATE = { stateId: '', createdAt: '', lastRun: undefined, batches: new Map<number, never>() };

const line = (key: string, text = 'Why?'): string =>
  JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } });

async function split(folder: string, options: Partial<SplitOptions>): Promise<Prepared> {
  return await splitInput(
    {
      paths: [join(folder, 'all.jsonl')],
      folder: join(folder, 'batches'),
      pattern: undefined,
      from: 1,
      limits: { ...NONE, maxLines: 2 },
      isDry: false,
      state: NO_STATE,
      ...options,
    },
    new AbortController().signal,
  );
}

/** Two files of lines, as an editor on any system may save them. */
const input = fc.record({
  lines: sampleLines(40),
  cut: fc.nat(40),
  lineEnd: fc.constantFrom('\n', '\r\n', '\n\n', ' \n'),
  endsInNewline: fc.boolean(),
});

describe('splitInput()', () => {
  test('writes every request once, in order, within the limits, and twice the same', async () => {
    const limits = fc.record({
      maxLines: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
      maxBytes: fc.integer({ min: 600, max: 3000 }),
      maxTokens: fc.option(fc.integer({ min: 250, max: 400 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(input, limits, async ({ lines, cut, lineEnd, endsInNewline }, within) => {
        const folder = await mkdtemp(join(tmpdir(), 'batch-submit-'));
        try {
          const parts = [lines.slice(0, cut), lines.slice(cut)].filter((part) => part.length > 0);
          const paths = parts.map((_, index) => join(folder, `part-${'ab'[index] ?? ''}.jsonl`));
          for (const [index, part] of parts.entries()) {
            const text = part.map((one) => textOf(one)).join(lineEnd);
            await writeFile(paths[index] ?? '', endsInNewline ? `${text}${lineEnd}` : text);
          }
          const first = await split(folder, { paths, limits: within });
          const written = await filesIn(join(folder, 'batches'));
          expectLines(written.flat(), lines);
          for (const { path, sizeBytes, lines: count, estimatedTokens } of first.files) {
            const report = await inspectFile(path, undefined, {});
            expect(report).toMatchObject({ sizeBytes, lines: count, keys: count, estimatedTokens });
            expect(count).toBeLessThanOrEqual(within.maxLines ?? Number.POSITIVE_INFINITY);
            expect(sizeBytes).toBeLessThanOrEqual(within.maxBytes);
            expect(estimatedTokens).toBeLessThanOrEqual(within.maxTokens ?? Number.POSITIVE_INFINITY);
          }
          const again = await split(folder, { paths, limits: within });
          expect(again.files).toEqual(withOutcome(first, 'unchanged'));
          expect(await readdir(join(folder, 'batches'))).toHaveLength(first.files.length);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('leaves lines with a key as they are, to the byte', async () => {
    const odd = '{ "request" : {"contents":[{"parts":[{"text":"\\u00e4 ä","n":1.0}]}]}, "key":"\\u006b1" }';
    const folder = await tempFolder({ 'all.jsonl': `${odd}\n${line('k2')}\n` });
    await split(folder, { limits: { ...NONE, maxLines: 1 } });
    expect(await filesIn(join(folder, 'batches'))).toEqual([[odd], [line('k2')]]);
  });

  test('gives keys that no line of any file has of its own', async () => {
    const keyless = '{"request":{"contents":[{"parts":[{"text":"a"}]}]}}';
    const folder = await tempFolder({ 'all.jsonl': `${keyless}\n${keyless}\n` });
    await split(folder, {});
    const [own] = await filesIn(join(folder, 'batches'));
    // The copies of an earlier split, and the original once more.
    await writeFile(join(folder, 'both.jsonl'), [keyless, ...(own ?? []), keyless].join('\n'));
    await split(folder, { paths: [join(folder, 'both.jsonl')], folder: join(folder, 'second') });
    const keys = (await filesIn(join(folder, 'second')))
      .flat()
      .map((text) => (JSON.parse(text) as { key: string }).key);
    expect(new Set(keys).size).toBe(4);
    expect(keys.slice(1, 3)).toEqual((own ?? []).map((text) => (JSON.parse(text) as { key: string }).key));
  });

  test('gives every name as many digits as the last one needs', async () => {
    const text = Array.from({ length: 3 }, (_, index) => `${line(`k${index}`)}\n`).join('');
    const folder = await tempFolder({ 'all.jsonl': text });
    await split(folder, { from: 998, limits: { ...NONE, maxLines: 1 }, pattern: 'b_{batch}_proper.jsonl' });
    expect((await readdir(join(folder, 'batches'))).sort()).toEqual([
      'b_0998_proper.jsonl',
      'b_0999_proper.jsonl',
      'b_1000_proper.jsonl',
    ]);
  });

  test.for<readonly [string, string, string]>([
    ['a line that is no JSON', `${line('a')}\n{"key`, 'line 2 is not valid JSON: it ends too early'],
    [
      'a request of the wrong shape',
      '{"key":"a","request":{"contents":"x"}}',
      'line 1 has "contents" that is text',
    ],
    [
      'a key used twice',
      `${line('a')}\n${line('a', 'b')}`,
      'has the key of an earlier, different request: "a"',
    ],
    ['a request twice', `${line('a')}\n${line('a')}`, 'line 2 repeats an earlier request, key and all: "a"'],
    ['an empty file', '', 'it is empty'],
    ['no request', '\n\n', 'the file holds no request'],
  ])('refuses %s before it writes', async ([, text, fact]) => {
    const folder = await tempFolder({ 'all.jsonl': text });
    await expect(split(folder, {})).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(`Cannot split "all.jsonl": `) as string,
    });
    await expect(split(folder, {})).rejects.toThrow(fact);
    expect(await readdir(folder)).toEqual(['all.jsonl']);
  });

  test('refuses a key that another file uses too, and lists the places', async () => {
    const folder = await tempFolder({
      'a.jsonl': `${line('x')}\n${line('y')}`,
      'b.jsonl': `${line('y')}\n{"`,
    });
    await expect(
      split(folder, { paths: [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')] }),
    ).rejects.toMatchObject({
      message: 'Cannot split "b.jsonl": line 1 has a key that another file uses too: "y" (and 1 more)',
      details: [
        'b.jsonl: line 1 has a key that another file uses too: "y"',
        'b.jsonl: line 2 is not valid JSON: it ends too early',
      ],
    });
  });

  test('refuses a line above a limit, and leaves nothing behind', async () => {
    const folder = await tempFolder({
      'all.jsonl': `${line('a')}\n${line('b', 'x'.repeat(500))}\n${line('c')}\n`,
    });
    await expect(split(folder, { limits: { ...NONE, maxBytes: 200 } })).rejects.toThrow(
      'Cannot split "all.jsonl": line 2 alone is above --max-bytes 200',
    );
    await expect(split(folder, { limits: { ...NONE, maxTokens: 100 } })).rejects.toThrow(
      'line 2 alone is above --max-tokens 100',
    );
    expect(await readdir(join(folder, 'batches'))).toEqual([]);
  });

  test('never overwrites: a file with other bytes stops all of it', async () => {
    const text = ['a', 'b', 'c'].map((key) => `${line(key)}\n`).join('');
    const folder = await tempFolder({ 'all.jsonl': text, 'batches/batch_002.jsonl': 'mine' });
    await expect(split(folder, {})).rejects.toMatchObject({ code: 'E_INPUT' });
    expect(await readdir(join(folder, 'batches'))).toEqual(['batch_002.jsonl']);
    expect(await readFile(join(folder, 'batches/batch_002.jsonl'), 'utf8')).toBe('mine');
  });

  test('makes no second file for a number', async () => {
    const folder = await tempFolder({ 'all.jsonl': line('a'), 'batches/part-1.jsonl': line('z') });
    await expect(split(folder, {})).rejects.toMatchObject({
      code: 'E_DUPLICATE_BATCH',
      hint: expect.stringContaining('--from 2') as string,
    });
    expect(await readdir(join(folder, 'batches'))).toEqual(['part-1.jsonl']);
  });

  test('refuses a source that is a batch itself, by whatever path it is named', async () => {
    const folder = await tempFolder({ 'batches/all-7.jsonl': line('a') });
    await mkdir(join(folder, 'other'));
    await symlink('../batches', join(folder, 'other/way'));
    const paths = [join(folder, 'other/way/all-7.jsonl')];
    await expect(split(folder, { paths })).rejects.toThrow('it is batch 7 itself');
  });

  test('refuses a file that is named twice', async () => {
    const folder = await tempFolder({ 'all.jsonl': '{"contents":[{"parts":[{"text":"a"}]}]}' });
    const paths = [`${folder}/all.jsonl`, `${folder}/batches/../all.jsonl`];
    await mkdir(join(folder, 'batches'));
    await expect(split(folder, { paths })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  test('sweeps what a killed run left, and nothing else', async () => {
    const dead = '.prepared.2147483646.0123456789abcdef.tmp';
    const alive = `.prepared.${process.pid}.0123456789abcdef.tmp`;
    const folder = await tempFolder({
      'all.jsonl': line('a'),
      [`batches/${dead}`]: 'x',
      [`batches/${alive}`]: 'x',
    });
    await split(folder, {});
    expect((await readdir(join(folder, 'batches'))).sort()).toEqual([alive, 'batch_001.jsonl']);
  });

  test('isDry: true finds the same, and writes nothing', async () => {
    const folder = await tempFolder({ 'all.jsonl': `${line('a')}\n${line('b')}\n${line('c')}\n` });
    const dry = await split(folder, { isDry: true });
    expect(await readdir(folder)).toEqual(['all.jsonl']);
    const wet = await split(folder, {});
    expect(wet.files).toEqual(withOutcome(dry, 'written'));
  });
});

function withOutcome({ files }: Prepared, outcome: string): readonly object[] {
  return files.map((file) => Object.assign({}, file, { outcome }));
}

/** Each line with the key it had, or one that was made for it; nothing else is different. */
function expectLines(written: readonly string[], lines: readonly SampleLine[]): void {
  const parsed = written.map((text) => JSON.parse(text) as { key: string; request: object });
  expect(parsed.map(({ request }) => request)).toEqual(lines.map((one) => requestOf(one)));
  for (const [index, { key }] of parsed.entries()) {
    const own = lines[index]?.key;
    if (own === undefined) expect(key).toMatch(/^bs-[0-9a-f]{20}(?:-\d+)?$/);
    else expect(key).toBe(String(own));
    if (typeof own === 'string')
      expect(written[index]).toBe(
        lines
          .slice(index, index + 1)
          .map((one) => textOf(one))
          .join(''),
      );
  }
  expect(new Set(parsed.map(({ key }) => key)).size).toBe(lines.length);
}
