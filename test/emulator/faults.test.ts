import { expect, test } from 'vitest';
import type { FaultRule } from '../../src/emulator/index.ts';
import { type Body, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

const ON_CREATE = { endpoint: 'batches.create', at: 1 } as const;

test.for([
  ['status', { kind: 'status', status: 503 }, 503, 'UNAVAILABLE'],
  ['status 500', { kind: 'status', status: 500 }, 500, 'INTERNAL'],
  ['status 409', { kind: 'status', status: 409 }, 409, 'ABORTED'],
  ['rate_limit', { kind: 'rate_limit' }, 429, 'RESOURCE_EXHAUSTED'],
  ['rate_limit_bare', { kind: 'rate_limit_bare' }, 429, 'RESOURCE_EXHAUSTED'],
  [
    'rate_limit_retry_info',
    { kind: 'rate_limit_retry_info', retryDelay: '10.058s' },
    429,
    'RESOURCE_EXHAUSTED',
  ],
  ['rate_limit_zero', { kind: 'rate_limit_zero' }, 429, 'RESOURCE_EXHAUSTED'],
  ['storage_full', { kind: 'storage_full' }, 429, 'RESOURCE_EXHAUSTED'],
] as const)('%s answers a google-shaped error and creates nothing', async ([, rule, code, status]) => {
  const { api, emulator } = await startTestBed({ faults: [{ ...ON_CREATE, ...rule }] });
  const file = await api.upload(inputLines(1));
  const refused = await api.create(file.name);
  expect(refused.status).toBe(code);
  expect(refused.body.error).toMatchObject({ code, status });
  expect(emulator.accepted().jobs).toEqual([]);
  expect((await api.create(file.name)).status).toBe(200);
});

test('the kinds of 429 differ in their details', async () => {
  const details: Body[] = [];
  for (const kind of ['rate_limit', 'rate_limit_bare', 'rate_limit_retry_info', 'rate_limit_zero'] as const) {
    const { api } = await startTestBed({ faults: [{ ...ON_CREATE, kind, retryAfterSeconds: 7 }] });
    const answer = await api.create('files/any');
    expect(answer.headers.get('retry-after')).toBe('7');
    details.push(answer.body.error);
  }
  const types = details.map((error) =>
    (error.details ?? []).map((detail: Body) => detail['@type'].split('.').at(-1)),
  );
  expect(types).toEqual([
    ['Help'],
    [],
    ['QuotaFailure', 'Help', 'RetryInfo'],
    ['QuotaFailure', 'Help', 'RetryInfo'],
  ]);
  expect(details[2].details[2].retryDelay).toBe('26s');
  expect(details[3].message).toContain('limit: 0');
});

test.for([
  [{ kind: 'drop', phase: 'after' }, 1],
  [{ kind: 'drop', phase: 'before' }, 0],
  [{ kind: 'drop' }, 0],
  [{ kind: 'hang', phase: 'after', delayMs: 5 }, 1],
  [{ kind: 'hang', delayMs: 5 }, 0],
  [{ kind: 'reset_after_bytes', bytes: 20 }, 1],
] as const)('%o loses the answer of a create; jobs made: %i', async ([rule, jobs]) => {
  const { api, emulator } = await startTestBed({ faults: [{ ...ON_CREATE, ...rule }] });
  const file = await api.upload(inputLines(1));
  await expect(api.create(file.name, 'lost')).rejects.toThrow();
  expect(emulator.accepted().jobs).toHaveLength(jobs);
  const record = emulator.requests().at(-1);
  expect(record).toMatchObject({ endpoint: 'batches.create', fault: rule.kind, status: 'dropped' });
  const listed = (await api.call('/v1beta/batches?pageSize=100')).body.operations ?? [];
  expect(listed.map((job: Body) => job.metadata.displayName)).toEqual(jobs === 1 ? ['lost'] : []);
});

test.for([
  [{ kind: 'status', status: 503, phase: 'after' }, 503, 1],
  [{ kind: 'html', status: 502, phase: 'after' }, 502, 1],
  [{ kind: 'html' }, 502, 0],
  [{ kind: 'html', status: 200 }, 200, 0],
  [{ kind: 'empty_body', status: 200, phase: 'after' }, 200, 1],
  [{ kind: 'truncated_json' }, 200, 1],
  [{ kind: 'redirect', location: 'http://127.0.0.1:9/' }, 302, 0],
] as const)('%o gives an answer that hides the truth; jobs made: %3$i', async ([rule, status, jobs]) => {
  const { api, emulator } = await startTestBed({ faults: [{ ...ON_CREATE, ...rule }] });
  const file = await api.upload(inputLines(1));
  const answer = await api.create(file.name);
  expect(answer.status).toBe(status);
  expect(answer.body?.name).toBeUndefined();
  expect(emulator.accepted().jobs).toHaveLength(jobs);
});

test('a delayed commit lands later, in the list and in the record', async () => {
  const { api, clock, emulator } = await startTestBed({
    faults: [{ ...ON_CREATE, kind: 'delayed_commit', delayMs: 30_000 }],
  });
  const file = await api.upload(inputLines(1));
  await expect(api.create(file.name)).rejects.toThrow();
  expect((await api.call('/v1beta/batches?pageSize=100')).body).toEqual({});
  expect(emulator.accepted().jobs).toMatchObject([{ state: 'NOT_COMMITTED_YET' }]);
  clock.advance(30_000);
  expect((await api.call('/v1beta/batches?pageSize=100')).body.operations).toHaveLength(1);
  expect(emulator.accepted().jobs).toMatchObject([{ state: 'BATCH_STATE_PENDING' }]);
});

test('the lost answer of a last chunk can be had by a query', async () => {
  const { api, emulator } = await startTestBed({
    faults: [{ endpoint: 'upload.bytes', at: 1, kind: 'drop', phase: 'after' }],
  });
  const url = await api.openSession();
  await expect(api.command(url, 'upload, finalize', 'abc')).rejects.toThrow();
  const query = await api.command(url, 'query');
  expect(query.headers.get('x-goog-upload-status')).toBe('final');
  expect(query.body.file.name).toBe(emulator.accepted().files[0]?.name);
});

test.for(['mime_rejected', 'name_conflict'] as const)('%s refuses one upload in a 200', async (kind) => {
  const { api } = await startTestBed({ faults: [{ endpoint: 'upload.bytes', at: 1, kind }] });
  const refused = await api.command(await api.openSession({ name: 'mine' }), 'upload, finalize', 'abc');
  expect(refused.status).toBe(200);
  expect(refused.body.error.code).toBe(kind === 'mime_rejected' ? 400 : 409);
  expect((await api.upload('abc', { name: 'mine' })).name).toBe('files/mine');
});

test('file_expired lets the input expire under a create', async () => {
  const { api, emulator } = await startTestBed({ faults: [{ ...ON_CREATE, kind: 'file_expired' }] });
  const file = await api.upload(inputLines(1));
  expect((await api.create(file.name)).status).toBe(403);
  expect((await api.call(`/v1beta/${file.name}`)).status).toBe(403);
  expect(emulator.accepted().jobs).toEqual([]);
});

test('a rule counts by endpoint, from at on, as often as times says', async () => {
  const { api } = await startTestBed({
    faults: [{ endpoint: 'files.list', at: 2, times: 2, kind: 'status' }],
  });
  const statuses = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await api.call('/v1beta/models');
    statuses.push((await api.call('/v1beta/files')).status);
  }
  expect(statuses).toEqual([200, 503, 503, 200, 200]);
});

test('chances are seeded', async () => {
  const runs: number[][] = [];
  for (const seed of [5, 5, 6]) {
    const { api } = await startTestBed({
      seed,
      faults: [{ endpoint: '*', probability: 0.4, kind: 'status' }],
    });
    const statuses = [];
    for (let turn = 0; turn < 40; turn += 1) statuses.push((await api.call('/v1beta/files')).status);
    runs.push(statuses);
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
  const failures = runs[0]?.filter((status) => status === 503).length ?? 0;
  expect(failures).toBeGreaterThan(8);
  expect(failures).toBeLessThan(26);
});

test('a phase of either strikes on both sides of the effect', async () => {
  const { api, emulator } = await startTestBed({
    faults: [{ endpoint: 'batches.create', kind: 'status', phase: 'either' }],
  });
  const file = await api.upload(inputLines(1));
  for (let turn = 0; turn < 30; turn += 1) expect((await api.create(file.name)).status).toBe(503);
  const made = emulator.accepted().jobs.length;
  expect(made).toBeGreaterThan(5);
  expect(made).toBeLessThan(25);
  const after = emulator.requests().filter(({ faultPhase }) => faultPhase === 'after');
  expect(after).toHaveLength(made);
});

test('a stalled answer sends its part and no more', async () => {
  const { api, emulator } = await startTestBed({
    faults: [{ endpoint: 'files.list', kind: 'stall_after_bytes', bytes: 1 }],
  });
  const controller = new AbortController();
  const response = await fetch(`${emulator.url}/v1beta/files`, {
    headers: { 'x-goog-api-key': 'k' },
    signal: controller.signal,
  });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value).toHaveLength(1);
  controller.abort();
  expect(api.baseUrl).toBe(emulator.url);
});

test('a slow answer still comes whole', async () => {
  const rule: FaultRule = { endpoint: 'files.list', kind: 'slow', bytesPerSecond: 100 };
  const { api } = await startTestBed({ faults: [rule] });
  expect((await api.call('/v1beta/files')).body).toEqual({});
});
