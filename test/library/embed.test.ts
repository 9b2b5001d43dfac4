import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createBatchSubmit } from '../../src/index.ts';
import { loadState } from '../../src/state/load-state.ts';
import { writeDatabase } from '../refine/sample-database.ts';
import { sampleRecords, writeRecords } from '../refine/sample-records.ts';
import { openBench } from './library-bench.ts';

const SPACE = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 16 };

test('embed() and search() work in a folder that is not the working directory', async () => {
  const bench = await openBench();
  const records = sampleRecords(5);
  const files = await writeRecords(bench.folder, records);
  const settings = { ...bench.options.settings, dimensions: 16 };
  const batchSubmit = createBatchSubmit({ ...bench.options, settings });
  const planned = await batchSubmit.embed({ maxLines: 2, dryRun: true });
  expect(planned.document).toMatchObject({ dryRun: true, embedded: 0, asked: { texts: 5, batches: 3 } });

  const { exitCode, document } = await batchSubmit.embed({ maxLines: 2 });
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ ...SPACE, wanted: 5, embedded: 5, asked: { batches: 3 } });
  // The state there means the same to who works there.
  const path = bench.path('batch_records/embedding/batch_submission_state.json');
  expect(await readFile(path, 'utf8')).toContain('"batches/batch_00001.jsonl"');
  expect((await loadState(path))?.state.batches.size).toBe(3);

  await writeDatabase({
    path: bench.path('batch_records.db'),
    records,
    vectors: { folder: files.vectors, space: SPACE },
  });
  const found = await batchSubmit.search({ id: '1-2-1', limit: 2 });
  expect(found.document.records).toHaveLength(2);
  const byText = await batchSubmit.search({ text: 'What is thing 4? It is called thing4.', limit: 1 });
  expect(byText.document.records[0]).toMatchObject({ id: '1-4-1', similarity: expect.closeTo(1, 5) });
});
