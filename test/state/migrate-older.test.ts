import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { migrateOlder, type MigratedState } from '../../src/state/migrate-older.ts';
import { serializeState } from '../../src/state/state-schema.ts';
import { loadState, parseStateBytes } from '../../src/state/load-state.ts';
import { openStateStore } from '../../src/state/state-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const origin = { now: () => new Date('2026-09-28T09:00:00Z'), newStateId: () => 'k3v9q2ma' };

function older(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/state/${name}.json`, import.meta.url));
}

async function migrateFixture(name: string): Promise<MigratedState> {
  return parseStateBytes(await readFile(older(name)), name, origin);
}

function migrate(value: object): MigratedState {
  return migrateOlder({ submitted_jobs: {}, ...value }, 'state.json', origin);
}

test('migrateOlder() takes real jobs over and treats invented ones as not submitted', async () => {
  const { state, notes } = await migrateFixture('older-mixed');
  expect(Object.fromEntries(state.batches)).toEqual({
    79: {
      status: 'submitted',
      attempt: 1,
      file: { uri: 'https://generativelanguage.googleapis.com/v1beta/files/3k9d0qv7m2xw' },
      job: {
        name: 'batches/u7x2kq0c1m9dz4h8r5tn3wpb6yv0ae1f',
        submittedAt: '2025-11-20T14:03:22.123Z',
        adopted: true,
      },
      jobState: 'pending',
    },
    80: {
      status: 'submitted',
      attempt: 1,
      file: { uri: 'https://generativelanguage.googleapis.com/v1beta/files/8w1n5bz0t4rc' },
      job: {
        name: 'batches/k2m8vq5r0t7yx3c1n9w4hb6zp0de8sfa',
        submittedAt: '2025-11-20T14:04:10.871Z',
        adopted: true,
      },
      jobState: 'unknown',
    },
    81: { status: 'pending', attempt: 1 },
    82: { status: 'pending', attempt: 1 },
    83: { status: 'pending', attempt: 1 },
    84: { status: 'pending', attempt: 1 },
    85: { status: 'pending', attempt: 1 },
    86: failed('the older script listed it in failed_batches'),
    87: failed('the older script listed it in failed_batches'),
    88: failed('the older script listed it in failed_batches: 429 RESOURCE_EXHAUSTED'),
  });
  expect(state).toMatchObject({
    stateId: 'k3v9q2ma',
    createdAt: '2026-09-28T09:00:00.000Z',
    lastRun: '2025-11-20T14:09:33.518Z',
  });
  expect(notes).toEqual([
    '2 jobs were taken over: batches 79-80',
    '3 job names were invented by the older script (batches/simulated_…): batches 81-83 are treated as not submitted',
    '1 job name is empty or not one the service gives: batch 84 is treated as not submitted',
    'batch 80 is in failed_batches too, but has a job and counts as submitted',
    'failed_batches held 2 duplicates',
    'the older upload of batch 85 cannot be checked and will be made again',
    'last_completed_batch 84 was not taken as proof',
  ]);
});

function failed(detail: string): object {
  const failedAt = '2025-11-20T14:09:33.518Z';
  return { status: 'failed', attempt: 1, step: 'create', reason: 'older_script', detail, failedAt };
}

test('migrateOlder() reads a dictionary of plain names', async () => {
  const { state, notes } = await migrateFixture('older-names-only');
  expect([...state.batches.values()].map((record) => record.status)).toEqual(Array(3).fill('submitted'));
  expect(state.batches.get(2)).toEqual({
    status: 'submitted',
    attempt: 1,
    job: { name: 'batches/c5d7f0a2e8b14936', adopted: true },
    jobState: 'unknown',
  });
  expect(notes).toEqual([
    '3 jobs were taken over: batches 1-3',
    'last_completed_batch 3 was not taken as proof',
  ]);
});

test('migrateOlder() reads a list, and forgets no job of a batch that has two', async () => {
  const { state, notes } = await migrateFixture('older-list');
  expect([...state.batches.keys()]).toEqual([10, 11, 12, 13]);
  expect(state.batches.get(10)).toMatchObject({ jobState: 'running', file: { uri: 'files/q1w2e3r4t5y6' } });
  expect(state.batches.get(11)).toEqual({
    status: 'submitted',
    attempt: 2,
    earlier: [{ attempt: 1, jobName: 'batches/1a2b3c4d5e6f7089', ended: 'unknown' }],
    job: { name: 'batches/77aa55bb33cc11dd', submittedAt: '2025-11-19T23:20:00.000Z', adopted: true },
    jobState: 'pending',
  });
  expect(state.batches.get(13)).toMatchObject({
    detail: 'the older script listed it in failed_batches: Connection reset by peer',
  });
  expect(notes).toContain('batch 11 has more than one job: the last one counts, the others are kept');
});

test('migrateOlder() submits nothing less when every job was invented', async () => {
  const { state, notes } = await migrateFixture('older-all-invented');
  expect(Object.fromEntries(state.batches)).toEqual({
    201: { status: 'pending', attempt: 1 },
    202: { status: 'pending', attempt: 1 },
    203: { status: 'pending', attempt: 1 },
    204: { status: 'pending', attempt: 1 },
  });
  expect(notes).toEqual([
    '4 job names were invented by the older script (batches/simulated_…): batches 201-204 are treated as not submitted',
    'the older uploads of batches 201-202 cannot be checked and will be made again',
    'last_completed_batch 204 was not taken as proof',
  ]);
});

test.for([
  'batches/simulated_81',
  'batches/SIMULATED_81',
  '',
  'batches/',
  'jobs/abc',
  'batches/a b',
  'batches/../x',
  'batches/abc\n',
  `batches/${'a'.repeat(129)}`,
  null,
  81,
  {},
  { job_name: null },
  { job_name: 'batches/simulated_81', state: 'JOB_STATE_SUCCEEDED' },
])('migrateOlder() does not believe the job %j', (job) => {
  const { state, notes } = migrate({ submitted_jobs: { '81': job } });
  expect(state.batches.get(81)).toEqual({ status: 'pending', attempt: 1 });
  expect(notes.join()).toContain('batch 81 is treated as not submitted');
});

test('migrateOlder() leaves a batch failed when its job was invented', () => {
  const { state } = migrate({ submitted_jobs: { '81': 'batches/simulated_81' }, failed_batches: [81] });
  expect(state.batches.get(81)?.status).toBe('failed');
});

test('migrateOlder() says how many entries name no batch', () => {
  const { state, notes } = migrate({
    failed_batches: ['none', {}, 0, -3, 1.5, 1e12],
    uploaded_files: { x: 'files/x' },
  });
  expect([...state.batches]).toEqual([]);
  expect(notes).toEqual(['7 entries without a batch number were left out']);
});

test('migrateOlder() gives a state that can be saved and read, whatever the older file holds', () => {
  const anyNumber = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }).map(String),
    fc.jsonValue(),
  );
  const anyJob = fc.oneof(
    fc.constantFrom('batches/simulated_7', '', 'batches/x'),
    fc.record(
      {
        job_name: fc.oneof(
          fc.uuid().map((id) => `batches/${id}`),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    ),
    fc.record({ batch: anyNumber, job_name: fc.uuid().map((id) => `batches/${id}`) }),
    fc.jsonValue(),
  );
  const anyEntries = fc.oneof(
    fc.array(anyJob),
    fc.dictionary(fc.integer({ min: 0, max: 40 }).map(String), anyJob),
    fc.constant(undefined),
  );
  const anyFile = fc.record({
    submitted_jobs: anyEntries,
    failed_batches: fc.oneof(fc.array(anyNumber), anyEntries),
    uploaded_files: anyEntries,
    last_completed_batch: fc.jsonValue(),
    last_run: fc.jsonValue(),
  });
  let migrated = 0;
  fc.assert(
    fc.property(anyFile, (value) => {
      const result = tryMigrate(value);
      if (result === undefined) return;
      migrated += 1;
      const again = parseStateBytes(Buffer.from(serializeState(result.state)), 'state.json', origin);
      expect(again.state).toEqual(result.state);
      for (const job of realJobsIn(value)) expect(serializeState(result.state)).toContain(job);
    }),
    { numRuns: 2_000 },
  );
  expect(migrated).toBeGreaterThan(1_000);
});

function tryMigrate(value: Record<string, unknown>): MigratedState | undefined {
  try {
    return migrateOlder(value, 'state.json', origin);
  } catch (error) {
    // A job that cannot be given to exactly one batch; anything else is a defect.
    expect(error).toMatchObject({ code: 'E_STATE_UNREADABLE' });
    return undefined;
  }
}

/** Every job name in the file that the service could have given: none of them may be lost. */
function realJobsIn(value: { readonly submitted_jobs: unknown }): readonly string[] {
  return (
    JSON.stringify(value.submitted_jobs ?? {}).match(/(?<="job_name":")batches\/[0-9a-f-]{36}(?=")/g) ?? []
  );
}

test('loadState() migrates in memory only', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await copyFile(older('older-mixed'), path);
  const loaded = await loadState(path);
  expect(loaded?.migratedFrom).toBe('older_script');
  expect(loaded?.notes).toHaveLength(7);
  expect(await readFile(path)).toEqual(await readFile(older('older-mixed')));
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('openStateStore() keeps the older file, byte for byte, before it writes its own', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await copyFile(older('older-mixed'), path);
  const store = await openStateStore({ path, ...origin });
  expect(store.notes).toHaveLength(7);
  expect(await readFile(`${path}.older`)).toEqual(await readFile(older('older-mixed')));
  const loaded = await loadState(path);
  expect(loaded?.migratedFrom).toBeUndefined();
  expect(loaded?.state).toEqual(store.current());
  expect((await readdir(folder)).sort()).toEqual(['state.json', 'state.json.ballast', 'state.json.older']);
});

test('openStateStore() never replaces an older file that it kept before', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  for (const name of ['older-mixed', 'older-list', 'older-mixed', 'older-list']) {
    await writeFile(path, await readFile(older(name)));
    await openStateStore({ path, ...origin });
  }
  expect((await readdir(folder)).sort()).toEqual([
    'state.json',
    'state.json.ballast',
    'state.json.older',
    'state.json.older.2',
  ]);
  expect(await readFile(`${path}.older`)).toEqual(await readFile(older('older-mixed')));
  expect(await readFile(`${path}.older.2`)).toEqual(await readFile(older('older-list')));
});
