import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileLimits } from '../../../src/model/file-limits.ts';
import type { AnswerRecord } from '../../../src/refine/answer-record.ts';
import { askForTexts, type AskedTexts, type AskOptions } from '../../../src/refine/embed/ask-for-texts.ts';
import { refuseOtherSpace, workFolderAt } from '../../../src/refine/embed/work-folder.ts';
import type { RecordFiles } from '../../../src/refine/record-files.ts';
import { readParsed } from '../../../src/refine/summary.ts';
import { nameOf, openVectors, type Vectors } from '../../../src/refine/vectors.ts';
import { tempFolder } from '../../config/temp-folder.ts';
import { sampleRecord, sampleRecords, writeDuplicates, writeRecords } from '../sample-records.ts';

const SPACE = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 2 };
const LIMITS: FileLimits = { maxLines: 2, maxBytes: 1e9, maxTokens: undefined };

interface Asking extends Partial<AskOptions> {
  readonly vectors?: Vectors | undefined;
  readonly takesMerged?: boolean;
  readonly fields?: readonly string[];
}

async function ask(files: RecordFiles, asking: Asking = {}): Promise<AskedTexts> {
  const summary = await readParsed(files.summary);
  const { vectors, takesMerged = false, fields = summary.parse.fields, ...options } = asking;
  return await askForTexts(
    { files, summary, choice: { fields, takesMerged }, vectors },
    {
      space: SPACE,
      limits: LIMITS,
      isDry: false,
      onInline: undefined,
      onFirst: () => Promise.resolve(0),
      ...options,
    },
    undefined,
  );
}

async function batchesIn(files: RecordFiles): Promise<Record<string, string>> {
  const { batches } = workFolderAt(files.embedding);
  const names = await readdir(batches);
  const texts = await Promise.all(names.map((name) => readFile(join(batches, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

async function filesWith(records: readonly AnswerRecord[]): Promise<RecordFiles> {
  return await writeRecords(await tempFolder(), records);
}

describe('askForTexts()', () => {
  test('puts each text once into numbered files, under its name', async () => {
    const twice = sampleRecord('1-9-1', 'What is thing 1?', 'It is called thing1.');
    const files = await filesWith([...sampleRecords(3), twice]);
    const asked = await ask(files);
    expect(asked).toMatchObject({
      counts: { records: 4, merged: 0, withoutText: 0, wanted: 4 },
      embedded: 0,
      made: { files: 2, lines: 3 },
      before: 0,
    });
    const batches = await batchesIn(files);
    expect(Object.keys(batches)).toEqual(['batch_00001.jsonl', 'batch_00002.jsonl']);
    const text = 'What is thing 1?\nIt is called thing1.';
    expect(JSON.parse(batches['batch_00001.jsonl']?.split('\n')[0] ?? '')).toEqual({
      key: nameOf(text),
      request: {
        content: { parts: [{ text }] },
        task_type: 'SEMANTIC_SIMILARITY',
        output_dimensionality: 2,
      },
    });
  });

  test('asks for nothing that has a vector, or that a file of an earlier run holds', async () => {
    const files = await filesWith(sampleRecords(5));
    await ask(files);
    const before = await batchesIn(files);
    expect(await ask(files)).toMatchObject({ made: { files: 0 }, before: 5, embedded: 0 });
    expect(await batchesIn(files)).toEqual(before);

    const vectors = await openVectors(files.vectors, SPACE, 'write');
    await vectors?.add([{ text: 'What is thing 2?\nIt is called thing2.', values: [0, 1] }]);
    const more = await writeRecords(join(files.folder, '..'), sampleRecords(6));
    expect(await ask(more, { vectors })).toMatchObject({
      made: { files: 1, lines: 1 },
      before: 4,
      embedded: 1,
    });
    await vectors?.close();
    expect(await batchesIn(files)).toEqual({ ...before, 'batch_00004.jsonl': expect.any(String) });
  });

  test('makes the same files whether it was killed in between or not', async () => {
    const [whole, killed] = [await filesWith(sampleRecords(7)), await filesWith(sampleRecords(7))];
    await ask(whole);
    await ask(killed);
    const { batches } = workFolderAt(killed.embedding);
    for (const name of ['batch_00003.jsonl', 'batch_00004.jsonl']) await rm(join(batches, name));
    await writeFile(join(batches, '.embedding.99999999.0123456789abcdef.tmp'), '{"key":"half');
    await ask(killed);
    expect(await batchesIn(killed)).toEqual(await batchesIn(whole));
  });

  test('leaves out what was merged into another record, unless it is wanted', async () => {
    const records = sampleRecords(3);
    const files = await filesWith(records);
    await writeDuplicates(files, records, [{ id: '1-2-1', into: '1-1-1' }]);
    expect(await ask(files, { isDry: true })).toMatchObject({
      counts: { merged: 1, wanted: 2 },
      made: { lines: 2 },
    });
    expect(await ask(files, { isDry: true, takesMerged: true })).toMatchObject({
      counts: { merged: 0, wanted: 3 },
      made: { lines: 3 },
    });
    // Of other records nothing is known.
    const other = await writeRecords(join(files.folder, '..'), sampleRecords(4));
    expect(await ask(other, { isDry: true })).toMatchObject({ counts: { merged: 0, wanted: 4 } });
  });

  test('counts records without text, and takes other fields', async () => {
    const files = await filesWith([...sampleRecords(2), sampleRecord('1-3-1', ' ', '')]);
    expect(await ask(files, { isDry: true })).toMatchObject({ counts: { withoutText: 1, wanted: 2 } });
    expect(await ask(files, { isDry: true, fields: ['no_such'] })).toMatchObject({
      counts: { withoutText: 3, wanted: 0 },
      made: { files: 0 },
    });
  });

  test('writes nothing in a dry run', async () => {
    const files = await filesWith(sampleRecords(3));
    expect(await ask(files, { isDry: true })).toMatchObject({ made: { files: 2, lines: 3 } });
    expect((await readdir(files.folder)).sort()).toEqual(['records.jsonl', 'summary.json']);
  });

  test('gives no number again that the state knows', async () => {
    const files = await filesWith(sampleRecords(1));
    await ask(files, { onFirst: () => Promise.resolve(7) });
    expect(Object.keys(await batchesIn(files))).toEqual(['batch_00008.jsonl']);
  });

  test('refuses records that are not what parse wrote', async () => {
    const files = await filesWith(sampleRecords(2));
    await writeFile(files.records, `${JSON.stringify(sampleRecord('1-1-1', 'a', 'b'))}\n`);
    await expect(ask(files)).rejects.toMatchObject({ code: 'E_RECORDS' });
  });

  test('asks for nothing anew where a file of an earlier run cannot be read', async () => {
    const files = await filesWith(sampleRecords(3));
    await ask(files);
    const { batches } = workFolderAt(files.embedding);
    await rm(join(batches, 'batch_00001.jsonl'));
    await mkdir(join(batches, 'batch_00001.jsonl'));
    await expect(ask(files)).rejects.toMatchObject({ code: 'E_INPUT' });
    expect(await readdir(batches)).toHaveLength(2);
  });

  test('refuses a folder that asks for other vectors', async () => {
    const files = await filesWith(sampleRecords(1));
    await ask(files);
    const work = workFolderAt(files.embedding);
    await refuseOtherSpace(work, SPACE);
    for (const other of [{ model: 'gemini-embedding-2' }, { taskType: undefined }, { dimensions: 3 }]) {
      await expect(refuseOtherSpace(work, { ...SPACE, ...other })).rejects.toMatchObject({
        code: 'E_RECORDS',
      });
    }
  });
});
