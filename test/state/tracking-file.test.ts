import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { SubmissionState } from '../../src/model/submission-state.ts';
import { serializeState } from '../../src/state/state-schema.ts';
import { readTrackingFile, type TrackingFile } from '../../src/state/tracking-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function read(text: string): Promise<TrackingFile> {
  const path = join(await temporaryFolder(), 'tracking');
  await writeFile(path, text);
  return await readTrackingFile(path);
}

const ONE_AND_81 = [
  { batch: 1, jobName: 'batches/a' },
  { batch: 81, jobName: 'batches/b' },
];

describe('readTrackingFile() of a state', () => {
  test.for([
    [
      'older-mixed',
      [
        { batch: 79, jobName: 'batches/u7x2kq0c1m9dz4h8r5tn3wpb6yv0ae1f' },
        { batch: 80, jobName: 'batches/k2m8vq5r0t7yx3c1n9w4hb6zp0de8sfa' },
      ],
    ],
    [
      'older-names-only',
      [
        { batch: 1, jobName: 'batches/a8c3e1f7b2d94650' },
        { batch: 2, jobName: 'batches/c5d7f0a2e8b14936' },
        { batch: 3, jobName: 'batches/e1b9d4c6a0f35827' },
      ],
    ],
  ] as const)('takes the real jobs of the older script (%s)', async ([name, jobs]) => {
    const path = fileURLToPath(new URL(`../../fixtures/state/${name}.json`, import.meta.url));
    expect(await readTrackingFile(path)).toMatchObject({ jobs, unnumbered: [] });
  });

  test('takes none of the jobs that the older script invented', async () => {
    const path = fileURLToPath(new URL('../../fixtures/state/older-all-invented.json', import.meta.url));
    await expect(readTrackingFile(path)).rejects.toMatchObject({ code: 'E_CONFIG' });
  });

  test('takes the jobs of our own state, however they ended', async () => {
    const at = '2026-09-28T10:00:00.000Z';
    const state: SubmissionState = {
      stateId: 'k3v9q2ma',
      createdAt: at,
      lastRun: undefined,
      batches: new Map([
        [1, { status: 'submitted', attempt: 1, job: { name: 'batches/a' }, jobState: 'pending' }],
        [2, { status: 'pending', attempt: 1 }],
        [81, { status: 'expired', attempt: 2, job: { name: 'batches/b' }, endedAt: at }],
      ]),
    };
    expect(await read(serializeState(state))).toEqual({ jobs: ONE_AND_81, unnumbered: [], notes: [] });
  });

  test('passes on that a newer version wrote it', async () => {
    const text = '{"submitted_jobs":{"1":"batches/a"},"version":999,"state_id":"k3v9q2ma","batches":{}}';
    await expect(read(text)).rejects.toMatchObject({ code: 'E_STATE_NEWER' });
  });
});

describe('readTrackingFile() of other JSON', () => {
  test.for([
    { what: 'a map from numbers', value: { '1': 'batches/a', '081': 'batches/b' } },
    { what: 'a map to objects', value: { '1': { job: 'batches/a' }, '81': { job: { name: 'batches/b' } } } },
    { what: 'a map inside', value: { made: 'today', jobs: { '1': 'batches/a', '81': 'batches/b' } } },
    {
      what: 'a list',
      value: [
        { batch: 1, job: 'batches/a' },
        { Batch_Number: '81', job: 'batches/b' },
      ],
    },
    {
      what: 'a list with the number beside the object that names the job',
      value: [
        { index: 1, job: { name: 'batches/a' } },
        { number: 81, made: { by: { name: 'batches/b' } } },
      ],
    },
    {
      what: 'a list with names that hold the number',
      value: [
        { job: 'batches/a', display_name: 'refinement_batch_001' },
        { job: 'batches/b', file: 'batch_081_proper.jsonl' },
      ],
    },
    { what: 'text before and after', value: 'spaces' },
  ])('$what', async ({ what, value }) => {
    const map = '\n  {"1":"batches/a","81":"batches/b"}\n\n';
    const text = what === 'text before and after' ? map : JSON.stringify(value);
    const { jobs, ...rest } = await read(text);
    expect([...jobs].sort((a, b) => a.batch - b.batch)).toEqual(ONE_AND_81);
    expect(rest).toEqual({ unnumbered: [], notes: [] });
  });

  test('names the jobs that no number stands beside, and guesses none', async () => {
    expect(await read('["batches/a", {"job": "batches/b"}, {"batch": 3, "job": "batches/c"}]')).toEqual({
      jobs: [{ batch: 3, jobName: 'batches/c' }],
      unnumbered: ['batches/a', 'batches/b'],
      notes: [],
    });
  });

  test('a number of one entry is not the number of the next', async () => {
    expect(await read('{"jobs": [{"batch": 3, "job": "batches/c"}, {"job": "batches/d"}]}')).toMatchObject({
      jobs: [{ batch: 3, jobName: 'batches/c' }],
      unnumbered: ['batches/d'],
    });
  });

  test('jobs that the older script invented are no jobs', async () => {
    expect(await read('{"1": "batches/a", "2": "batches/simulated_2"}')).toMatchObject({
      jobs: [{ batch: 1, jobName: 'batches/a' }],
    });
  });

  // Batches count from 1: what stands under 0 is an index, and no command can name batch 0.
  test('0 is no number of a batch', async () => {
    expect(await read('{"0": "batches/a"}')).toMatchObject({ jobs: [], unnumbered: ['batches/a'] });
  });

  test('says so when it is not valid', async () => {
    await expect(read('{"1": "batches/a"')).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining('not valid JSON'),
      hint: expect.stringContaining('--job'),
    });
  });
});

describe('readTrackingFile() of a table', () => {
  test.for([
    { what: 'CSV', text: 'batch,job\n1,batches/a\n81,batches/b\n' },
    { what: 'CSV with quotes and Windows line ends', text: '"1","batches/a"\r\n"081","batches/b"\r\n' },
    { what: 'CSV with semicolons and spaces', text: 'batches/a ; 1\nbatches/b ; 81' },
    { what: 'TSV', text: 'job\tnumber\nbatches/a\t1\nbatches/b\t81\n' },
    { what: 'names', text: 'refinement_batch_001,batches/a\nbatch-81-retry,batches/b\n' },
    { what: 'names of files', text: 'batches/a,batch_001.jsonl\nbatches/b,in/batch_081_proper.jsonl\n' },
    {
      what: 'a number and a name, of which the number counts',
      text: '1,batch_7,batches/a\nx_batch_9,81,batches/b',
    },
  ])('$what', async ({ text }) => {
    expect(await read(text)).toEqual({ jobs: ONE_AND_81, unnumbered: [], notes: [] });
  });

  test('job names alone have no number', async () => {
    expect(await read('batches/a\nbatches/b\n')).toEqual({
      jobs: [],
      unnumbered: ['batches/a', 'batches/b'],
      notes: [],
    });
  });

  test('names the job in each line that has one, and passes over the others', async () => {
    expect(await read('# my jobs\n\nbatch,job\n3,\n4,batches/d\n')).toMatchObject({
      jobs: [{ batch: 4, jobName: 'batches/d' }],
      unnumbered: [],
    });
  });
});

describe('readTrackingFile() of nothing', () => {
  test.for(['', '\n', '{}', '[]', 'hello', '{"1": "jobs/a"}', '1,files/a'])(
    '%j names no job',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({
        code: 'E_CONFIG',
        message: expect.stringContaining('names no job'),
      });
    },
  );

  test.for(['missing.csv', '.'])('says why "%s" cannot be read', async (name) => {
    const path = join(await temporaryFolder(), name);
    await expect(readTrackingFile(path)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringMatching(/^Cannot read ".*": E(NOENT|ISDIR)$/),
    });
  });
});
