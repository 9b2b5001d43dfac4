import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportRecords, type ExportOptions } from '../../../src/refine/export/export-records.ts';
import type { Imported } from '../../../src/refine/import/import-records.ts';
import { prepareImport } from '../../../src/refine/import/prepare.ts';
import type { RecordFiles } from '../../../src/refine/record-files.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { beside, NO_STATE } from '../import/import-bench.ts';
import { pair, pairs, writeDuplicates, writeParsed, writeVectors } from '../import/record-folder.ts';

/** The reader that comes with the writer. */
async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const reader = createRequire(import.meta.resolve('hyparquet-writer')).resolve('hyparquet');
  const { asyncBufferFromFile, parquetReadObjects } = await import(reader);
  return await parquetReadObjects({ file: await asyncBufferFromFile(path) });
}

async function given(records = pairs([1])): Promise<RecordFiles> {
  const files = await writeParsed(join(await temporaryFolder(), 'records'), records);
  await writeVectors(files, records.slice(0, 1));
  return files;
}

async function write(files: RecordFiles, more: Partial<ExportOptions>): Promise<Imported> {
  const prepared = await prepareImport(files, { allow: [], without: [] }, undefined);
  const format = more.format ?? 'jsonl';
  const path = join(files.folder, '..', `out.${format}`);
  return await exportRecords(
    {
      files,
      prepared,
      state: NO_STATE,
      format,
      path,
      withDuplicates: false,
      withEmbeddings: true,
      isDry: false,
      ...more,
    },
    undefined,
  );
}

describe('exportRecords()', () => {
  test.for([
    ['the records', 'records/records.jsonl', ''],
    ['results', 'batch_001.jsonl', '{"key":"1","response":{}}\n'],
    ['a database', 'qa.db', 'SQLite format 3\0'],
    ['a Parquet file of somebody else', 'theirs.parquet', 'PAR1 and what theirs is PAR1'],
  ] as const)('leaves %s alone', async ([, name, content]) => {
    const files = await given();
    const path = join(files.folder, '..', name);
    if (content !== '') await writeFile(path, content);
    const before = await readFile(path);
    for (const format of ['csv', 'jsonl', 'parquet'] as const) {
      await expect(write(files, { path, format })).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringContaining('something else is there'),
      });
    }
    expect(await readFile(path)).toEqual(before);
  });

  test('replaces an export of another day, of whichever format', async () => {
    const files = await given();
    const path = join(files.folder, '..', 'pairs');
    await writeFile(path, '');
    for (const format of ['csv', 'jsonl', 'parquet', 'csv'] as const)
      expect(await write(files, { path, format })).toMatchObject({ outcome: 'written', added: 10 });
  });

  test('writes plain objects, the originals beside the refined', async () => {
    const files = await given();
    const { path } = await write(files, { format: 'jsonl' });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      record_id: '1-1-1',
      qa_id: 1,
      pair_id: 1,
      refined_question: 'What is the value of indicator 1?',
      refined_answer: 'It is 7, as measured in the year before.',
      quality_score: 0.6,
      improvements_made: '["clearer","shorter"]',
      batch: 1,
      line: 1,
      request_key: 'request-1',
      attempt: 1,
      position: 1,
      is_cut: 0,
      model: null,
      job_name: null,
      input_file: null,
      flags: '',
      duplicate_of: null,
      similarity: null,
      question: 'value of 1',
      answer: '7',
      indicator_id: '1',
      topic: 'odd',
      embedding: [1, 0.5, -1, 0],
    });
  });

  test.for([
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', `"'\rx"`],
    ['a "word", and\nmore', `"a ""word"", and\nmore"`],
    ['plain', 'plain'],
  ])('takes the sting out of %j in CSV', async ([answer = '', field]) => {
    const value = { pair_id: -1, refined_question: 'q', refined_answer: answer, quality_score: -0.5 };
    const files = await given([pair(1, 1, 1, { value })]);
    const { path } = await write(files, { format: 'csv', withEmbeddings: false });
    expect((await readFile(path, 'utf8')).split('\r\n').slice(0, 2)).toEqual([
      'record_id,qa_id,pair_id,refined_question,refined_answer,quality_score,improvements_made,batch,line,request_key,attempt,position,is_cut,model,job_name,input_file,flags,duplicate_of,similarity,question,answer,indicator_id,topic',
      `1-1-1,1,-1,q,${field},-0.5,,1,1,request-1,1,1,0,,,,,,,value of 1,7,1,odd`,
    ]);
  });

  test('writes Parquet with lists of floats', async () => {
    const files = await given();
    const { path } = await write(files, { format: 'parquet' });
    const rows = await readParquet(path);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatchObject({
      record_id: '1-1-1',
      batch: 1n,
      quality_score: 0.6,
      embedding: [1, 0.5, -1, 0],
    });
    expect(rows[1]).toMatchObject({ record_id: '1-1-2', pair_id: '2', model: null, embedding: undefined });
  });

  test.for(['jsonl', 'csv', 'parquet'] as const)('writes the same bytes of %s twice', async (format) => {
    const files = await given();
    const first = await write(files, { format });
    const bytes = await readFile(first.path);
    expect(await write(files, { format })).toMatchObject({ outcome: 'unchanged', added: 0 });
    const other = await write(files, { format, path: `${first.path}.2` });
    expect((await readFile(other.path)).equals(bytes)).toBe(true);
  });

  test('leaves out duplicates unless they are asked for', async () => {
    const files = await given();
    await writeDuplicates(files, [{ id: '1-1-4', into: '1-1-2', similarity: 0.95 }]);
    expect(await write(files, {})).toMatchObject({ imported: 10, duplicates: 1, added: 9 });
    const { path } = await write(files, { withDuplicates: true });
    expect(
      (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('"1-1-2"')),
    ).toHaveLength(2);
  });

  test('plans only, with isDry', async () => {
    const files = await given();
    expect(await write(files, { isDry: true })).toMatchObject({ outcome: 'planned', added: 10 });
    expect(await beside(files)).toEqual(['records']);
  });
});
