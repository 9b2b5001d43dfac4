import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discoverBatches } from '../../src/input/discover.ts';
import { type FileLimits, LARGEST_FILE_BYTES } from '../../src/model/file-limits.ts';
import { unfoldLines } from '../../src/model/line-ranges.ts';
import { mergeInput, type MergeOptions } from '../../src/prepare/merge.ts';
import type { Prepared } from '../../src/prepare/prepared.ts';
import { splitInput } from '../../src/prepare/split.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { filesIn, sampleLine, sampleLines, textOf } from './requests.ts';

const NONE: FileLimits = { maxLines: undefined, maxBytes: LARGEST_FILE_BYTES, maxTokens: undefined };
const NO_STATE = { stateId: '', createdAt: '', lastRun: undefined, batches: new Map<number, never>() };
const SIGNAL = new AbortController().signal;

const line = (key: string, text = 'Why?'): string =>
  JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } });

/** Merges `batches/` into `packed/`. */
async function merge(folder: string, options: Partial<MergeOptions> = {}): Promise<Prepared> {
  const inputFolder = join(folder, 'batches');
  const found = await discoverBatches({
    directory: inputFolder,
    pattern: undefined,
    selection: { kind: 'all' },
  });
  return await mergeInput(
    {
      files: found.files,
      inputFolder,
      folder: join(folder, 'packed'),
      pattern: undefined,
      from: 1,
      limits: NONE,
      jobs: undefined,
      prefixKeys: false,
      isDry: false,
      state: NO_STATE,
      ...options,
    },
    SIGNAL,
  );
}

interface Manifest {
  readonly files: readonly {
    readonly file: string;
    readonly lines: number;
    readonly sources: readonly {
      readonly at: string;
      readonly batch: number;
      readonly file: string;
      readonly lines: string;
    }[];
  }[];
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'packed/merged_input.json'), 'utf8')) as Manifest;
}

/** Where each packed line is from, by what the manifest says: `batch:line`, in order. */
function placesIn({ files }: Manifest): readonly string[] {
  return files.flatMap(({ sources, lines }) => {
    expect(sources.flatMap(({ at }) => unfoldLines(at))).toEqual(
      Array.from({ length: lines }, (_, index) => index + 1),
    );
    return sources.flatMap(({ batch, lines: from }) => unfoldLines(from).map((at) => `${batch}:${at}`));
  });
}

describe('mergeInput()', () => {
  test('gives back the lines that a split cut, within the limits and the jobs', async () => {
    await fc.assert(
      fc.asyncProperty(
        sampleLines(40),
        fc.integer({ min: 1, max: 6 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        fc.integer({ min: 3000, max: 6000 }),
        async (lines, maxLines, jobs, maxBytes) => {
          const folder = await mkdtemp(join(tmpdir(), 'batch-submit-'));
          try {
            const path = join(folder, 'all.jsonl');
            await writeFile(path, lines.map((one) => `${textOf(one)}\n`).join(''));
            const cut = { paths: [path], folder: join(folder, 'batches'), pattern: undefined, from: 1 };
            await splitInput(
              { ...cut, limits: { ...NONE, maxLines }, isDry: false, state: NO_STATE },
              SIGNAL,
            );
            const limits = jobs === undefined ? { ...NONE, maxBytes } : NONE;
            const { files } = await merge(folder, { limits, jobs });
            const packed = await filesIn(join(folder, 'packed'));
            expect(packed.flat()).toEqual((await filesIn(join(folder, 'batches'))).flat());
            expect(files.length).toBeLessThanOrEqual(jobs ?? lines.length);
            for (const { sizeBytes } of files) expect(sizeBytes).toBeLessThanOrEqual(limits.maxBytes);
            expect(placesIn(await manifestIn(folder))).toHaveLength(lines.length);
            const again = await merge(folder, { limits, jobs });
            expect(again.files.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
          } finally {
            await rm(folder, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('stays within the limits where every line gets a key, or a longer one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(sampleLine, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2500, max: 4000 }),
        async (batches, maxBytes) => {
          const files = batches.map((lines, index) => [
            `batches/${index * 90 + 1}.jsonl`,
            // The same keys in every file.
            lines
              .map((one, at) => textOf({ ...one, key: one.key === undefined ? undefined : `${at}é` }))
              .join('\n'),
          ]);
          const folder = await tempFolder(Object.fromEntries(files) as Record<string, string>);
          const prepared = await merge(folder, { prefixKeys: true, limits: { ...NONE, maxBytes } });
          for (const { sizeBytes } of prepared.files) expect(sizeBytes).toBeLessThanOrEqual(maxBytes);
          const keys = (await filesIn(join(folder, 'packed')))
            .flat()
            .map((text) => (JSON.parse(text) as { key: string }).key);
          expect(new Set(keys).size).toBe(batches.flat().length);
          const places = placesIn(await manifestIn(folder));
          expect(places.map((place) => place.split(':')[0])).toEqual(keys.map((key) => key.split('-')[0]));
          await rm(folder, { recursive: true, force: true });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('the manifest counts lines as an editor does', async () => {
    const folder = await tempFolder({
      'batches/3.jsonl': `${line('a')}\n\n${line('b')}\n`,
      'batches/5.jsonl': `\n${line('c')}`,
    });
    await merge(folder);
    expect(await manifestIn(folder)).toMatchObject({
      schemaVersion: 1,
      prefixKeys: false,
      files: [
        {
          batch: 1,
          file: 'batch_001.jsonl',
          lines: 3,
          sources: [
            { at: '1-2', batch: 3, lines: '1, 3' },
            { at: '3', batch: 5, lines: '2' },
          ],
        },
      ],
    });
  });

  test('refuses keys that two files use, and offers the way out', async () => {
    const folder = await tempFolder({ 'batches/1.jsonl': line('a'), 'batches/2.jsonl': line('a') });
    await expect(merge(folder)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'Cannot merge "2.jsonl": line 1 has a key that another file uses too: "a"',
      hint: expect.stringContaining('`--prefix-keys`') as string,
    });
    expect(await readdir(folder)).toEqual(['batches']);
    await merge(folder, { prefixKeys: true });
    expect(await filesIn(join(folder, 'packed'))).toEqual([[line('1-a'), line('2-a')]]);
  });

  test('refuses a key that one file uses twice, prefix or not', async () => {
    const folder = await tempFolder({ 'batches/1.jsonl': `${line('a')}\n${line('a')}` });
    await expect(merge(folder, { prefixKeys: true })).rejects.toThrow('repeats an earlier request');
  });

  test('cuts no file: one above a limit is refused', async () => {
    const folder = await tempFolder({ 'batches/1.jsonl': `${line('a')}\n${line('b')}\n` });
    await expect(merge(folder, { limits: { ...NONE, maxLines: 1 } })).rejects.toMatchObject({
      message: expect.stringContaining('does not fit into one file within --max-lines 1') as string,
      hint: expect.stringContaining('batch-submit split') as string,
    });
  });

  test('says how many jobs the limits need', async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`batches/${n}.jsonl`, line(`k${n}`)]));
    const folder = await tempFolder(files);
    await expect(merge(folder, { jobs: 2, limits: { ...NONE, maxLines: 1 } })).rejects.toMatchObject({
      message: 'Cannot merge 3 files into 2: within the limits they need 3',
      hint: expect.stringContaining('--jobs 3') as string,
    });
  });

  test('refuses a folder with other batches, and its own input folder', async () => {
    const folder = await tempFolder({ 'batches/1.jsonl': line('a'), 'packed/7.jsonl': line('b') });
    await expect(merge(folder)).rejects.toThrow('it holds other files for batch 7');
    await expect(merge(folder, { folder: join(folder, 'packed/../batches') })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    expect((await readdir(join(folder, 'packed'))).map((name) => basename(name))).toEqual(['7.jsonl']);
  });
});
