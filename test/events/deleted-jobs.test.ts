import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDeletedJobs } from '../../src/events/deleted-jobs.ts';

test('readDeletedJobs() takes lines that are ours, and passes over all others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'log.jsonl');
  const displayName = 'bs1/k3v9q2ma/1/0123456789abcdef/a1';
  const line = (event: string, data: object): string => JSON.stringify({ event, batch: 1, data, run: 'r' });
  await writeFile(
    path,
    [
      line('job_deleted', { job: 'batches/a', displayName, model: 'gemini-2.5-flash' }),
      line('job_deleted', { job: 'batches/b' }),
      line('warning', { message: '"job_deleted"', job: 'batches/c', displayName }),
      '"job_deleted" {',
      line('job_deleted', { job: 'batches/d', displayName }),
      '{"event":"job_deleted","data":{"job":"batches/e"',
    ].join('\n'),
  );
  expect(await readDeletedJobs(path)).toEqual([
    { name: 'batches/a', displayName, model: 'gemini-2.5-flash', log: path },
    { name: 'batches/d', displayName, model: undefined, log: path },
  ]);
  expect(await readDeletedJobs(join(folder, 'none'))).toEqual([]);
  expect(await readDeletedJobs(folder)).toEqual([]);
});
