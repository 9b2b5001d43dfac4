import { expect, test } from 'vitest';
import { JOB_OUTCOMES } from '../../src/emulator/index.ts';
import { type Body, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

const HOUR = 3_600_000;

test('a job is pending, then running, then done, and only then says done', async () => {
  const { api, clock } = await startTestBed({ jobTimeMs: 100_000 });
  const { name } = await api.submit();
  const seen: string[] = [];
  for (let step = 0; step <= 20; step += 1) {
    const job = await api.job(name);
    const state = job.metadata.state.replace('BATCH_STATE_', '');
    if (seen.at(-1) !== state) seen.push(state);
    expect('done' in job).toBe(state === 'SUCCEEDED');
    clock.advance(5000);
  }
  expect(seen).toEqual(['PENDING', 'RUNNING', 'SUCCEEDED']);
});

test('the time of a job comes from the range and the seed', async () => {
  const durations: number[][] = [];
  for (const seed of [7, 7, 8]) {
    const { api, clock } = await startTestBed({ seed, jobTimeMs: { min: 1000, max: 9000 } });
    const jobs = [await api.submit(), await api.submit(), await api.submit()];
    clock.advance(10_000);
    const ended = await Promise.all(jobs.map(async ({ name }) => await api.job(name)));
    durations.push(
      ended.map(({ metadata }) => Date.parse(metadata.endTime) - Date.parse(metadata.createTime)),
    );
  }
  expect(durations[0]).toEqual(durations[1]);
  expect(durations[0]).not.toEqual(durations[2]);
  expect(durations.flat().every((duration) => duration >= 1000 && duration <= 9000)).toBe(true);
});

test.for([
  ['failed', 'FAILED', 3],
  ['failed_quota', 'FAILED', 8],
  ['failed_internal', 'FAILED', 13],
  ['cancelled', 'CANCELLED', 13],
  ['expired', 'EXPIRED', undefined],
  ['succeeded', 'SUCCEEDED', undefined],
] as const)('emulate=%s in the display name ends the job as %s', async ([outcome, state, code]) => {
  const { api, clock } = await startTestBed();
  const { name } = await api.submit(2, `run emulate=${outcome} part 1`);
  clock.advance(10_000);
  const job = await api.job(name);
  expect(job.metadata.state).toBe(`BATCH_STATE_${state}`);
  expect(job.error?.code).toBe(code);
  expect(job.done).toBe(true);
  expect('response' in job).toBe(outcome === 'succeeded');
});

test.for([
  ['stuck', 'PENDING'],
  ['stuck_running', 'RUNNING'],
] as const)('a %s job stays %s and expires after 48 hours without results', async ([outcome, state]) => {
  const { api, clock } = await startTestBed({ outcome: () => outcome });
  const { name } = await api.submit();
  clock.advance(48 * HOUR - 1);
  expect((await api.job(name)).metadata.state).toBe(`BATCH_STATE_${state}`);
  clock.advance(1);
  const job = await api.job(name);
  expect(job.metadata.state).toBe('BATCH_STATE_EXPIRED');
  expect(job).not.toHaveProperty('response');
});

test('cancelling a running job leaves it SUCCEEDED with code 1 on what was not reached', async () => {
  const { api, clock, emulator } = await startTestBed({ jobTimeMs: 100_000 });
  const { name } = await api.submit(100);
  clock.advance(75_000);
  expect((await api.call(`/v1beta/${name}:cancel`, { method: 'POST', body: '{}' })).status).toBe(200);
  const job = await api.job(name);
  expect(job.metadata.state).toBe('BATCH_STATE_SUCCEEDED');
  const results = await api.results(name);
  const cancelled = results.filter(({ error }) => error?.code === 1);
  expect(results).toHaveLength(100);
  expect(cancelled.length).toBeGreaterThan(0);
  expect(cancelled.length).toBeLessThan(100);
  expect(job.metadata.batchStats).toEqual({
    requestCount: '100',
    successfulRequestCount: String(100 - cancelled.length),
    failedRequestCount: String(cancelled.length),
  });
  expect(emulator.accepted().cancels.map((entry) => entry.name)).toEqual([name]);
});

test('cancelling a running job can leave it CANCELLED with partial output instead', async () => {
  const { api, clock } = await startTestBed({ jobTimeMs: 100_000, cancelRunning: 'cancelled' });
  const { name } = await api.submit(100);
  clock.advance(75_000);
  await api.call(`/v1beta/${name}:cancel`, { method: 'POST' });
  const job = await api.job(name);
  expect(job.metadata.state).toBe('BATCH_STATE_CANCELLED');
  const results = await api.results(name);
  const { successfulRequestCount, pendingRequestCount } = job.metadata.batchStats;
  expect(results).toHaveLength(Number(successfulRequestCount));
  expect(Number(successfulRequestCount) + Number(pendingRequestCount)).toBe(100);
  expect(results.every((line) => 'response' in line)).toBe(true);
});

test.for([
  ['error', 400],
  ['empty', 200],
] as const)('cancelling a finished job answers %s', async ([cancelFinished, status]) => {
  const { api, clock } = await startTestBed({ cancelFinished });
  const { name } = await api.submit();
  clock.advance(10_000);
  expect((await api.call(`/v1beta/${name}:cancel`, { method: 'POST' })).status).toBe(status);
  expect((await api.job(name)).metadata.state).toBe('BATCH_STATE_SUCCEEDED');
});

test('a deleted job is gone from get and list, and frees its place in the quota', async () => {
  const { api } = await startTestBed({ quotaJobs: 1 });
  const { name } = await api.submit();
  expect((await api.call(`/v1beta/${name}`, { method: 'DELETE', body: '{}' })).body).toEqual({});
  expect((await api.call(`/v1beta/${name}`)).status).toBe(404);
  expect((await api.call('/v1beta/batches?pageSize=5')).body).toEqual({});
  expect((await api.call(`/v1beta/${name}`, { method: 'DELETE' })).status).toBe(404);
  await api.submit();
});

test('a line that is no JSON fails the job with code 3 and its line number', async () => {
  const { api, clock } = await startTestBed();
  const file = await api.upload(`${inputLines(2)}{"key": "broken",\n${inputLines(1)}`);
  const { name } = (await api.create(file.name)).body;
  clock.advance(10_000);
  const job = await api.job(name);
  expect(job.metadata.state).toBe('BATCH_STATE_FAILED');
  expect(job.error.code).toBe(3);
  expect(job.error.message).toContain('line 3');
});

test('two creates make two jobs: nothing is deduplicated', async () => {
  const { api, emulator } = await startTestBed();
  const file = await api.upload(inputLines(1));
  const [first, second] = [await api.create(file.name, 'same'), await api.create(file.name, 'same')];
  expect(first.body.name).not.toBe(second.body.name);
  expect(emulator.accepted().jobs).toHaveLength(2);
});

test.for([
  ['files/UPPER', 400],
  ['no-prefix', 400],
  [`files/batch-${'a'.repeat(36)}`, 400],
  ['files/absent', 403],
] as const)('a create from %s is refused with %i', async ([fileName, status]) => {
  const { api, emulator } = await startTestBed();
  expect((await api.create(fileName)).status).toBe(status);
  expect(emulator.accepted().jobs).toEqual([]);
});

test('a create without input, without a batch, or for an unknown model is refused', async () => {
  const { api } = await startTestBed();
  const path = '/v1beta/models/gemini-2.5-flash:batchGenerateContent';
  expect((await api.post(path, { batch: { displayName: 'x' } })).status).toBe(400);
  expect((await api.post(path, {})).status).toBe(400);
  const file = await api.upload(inputLines(1));
  for (const model of ['gemini-0', 'gemini-embedding-001']) {
    const refused = await api.create(file.name, 'x', model);
    expect(refused.status).toBe(404);
    expect(refused.body.error.message).toContain(`models/${model} is not found for API version v1beta`);
  }
  const embed = '/v1beta/models/gemini-2.5-flash:asyncBatchEmbedContent';
  expect((await api.post(embed, { batch: { inputConfig: { fileName: file.name } } })).status).toBe(404);
});

test('an inline job beyond 20 MiB is refused with the observed words', async () => {
  const { api } = await startTestBed();
  const text = 'x'.repeat(20_971_520);
  const refused = await api.post('/v1beta/models/gemini-2.5-flash:batchGenerateContent', {
    batch: { inputConfig: { requests: { requests: [{ request: { contents: [{ parts: [{ text }] }] } }] } } },
  });
  expect(refused.status).toBe(400);
  expect(refused.body.error.message).toBe('Request payload size exceeds the limit: 20971520 bytes.');
});

test('the outcome option sees the job and decides its end', async () => {
  const seen: Body[] = [];
  const { api, clock } = await startTestBed({
    outcome(job) {
      seen.push(job);
      return job.number === 2 ? 'failed' : undefined;
    },
  });
  const names = [await api.submit(1, 'a'), await api.submit(2, 'b')].map(({ name }) => name);
  clock.advance(10_000);
  const states = await Promise.all(names.map(async (name) => (await api.job(name)).metadata.state));
  expect(states).toEqual(['BATCH_STATE_SUCCEEDED', 'BATCH_STATE_FAILED']);
  expect(seen).toMatchObject([
    { number: 1, displayName: 'a', requestCount: 1, model: 'gemini-2.5-flash' },
    { number: 2, displayName: 'b', requestCount: 2 },
  ]);
});

test('every outcome is covered by a test above', () => {
  expect([...JOB_OUTCOMES].sort()).toEqual(
    [
      'succeeded',
      'failed',
      'failed_quota',
      'failed_internal',
      'expired',
      'cancelled',
      'stuck',
      'stuck_running',
    ].sort(),
  );
});
