import { existsSync, readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { ApiClient, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

test('the accepted record over HTTP is the one in code', async () => {
  const { api, clock, emulator } = await startTestBed();
  const { name } = await api.submit(2, 'run-1');
  clock.advance(10_000);
  await api.results(name);
  const { body } = await api.call('/_emulator/accepted');
  expect(body).toEqual(JSON.parse(JSON.stringify(emulator.accepted())));
  expect(body.jobs).toMatchObject([
    {
      name,
      displayName: 'run-1',
      model: 'gemini-2.5-flash',
      requestCount: 2,
      state: 'BATCH_STATE_SUCCEEDED',
    },
  ]);
  expect(body.jobs[0].inputSha256).toBe(body.files[0].sha256);
  expect(body.downloads).toHaveLength(1);
});

test('requests are recorded in order, without keys', async () => {
  const { api } = await startTestBed();
  const secret = 'very-secret-key';
  await api.call('/v1beta/files', { headers: { 'x-goog-api-key': secret } });
  await fetch(`${api.baseUrl}/v1beta/batches?pageSize=1&key=${secret}`);
  await fetch(`${api.baseUrl}/v1beta/models`);
  await fetch(`${api.baseUrl}/nowhere?key=${secret}`, { method: 'POST', body: 'abc' });
  const { text, body } = await api.call('/_emulator/requests');
  expect(text).not.toContain(secret);
  expect(body.requests).toMatchObject([
    { seq: 1, method: 'GET', path: '/v1beta/files', endpoint: 'files.list', status: 200, keyPresent: true },
    { seq: 2, path: '/v1beta/batches?pageSize=1', endpoint: 'batches.list', status: 200, keyPresent: true },
    { seq: 3, endpoint: 'models.list', status: 403, keyPresent: false },
    { seq: 4, path: '/nowhere', endpoint: 'unknown', bodyBytes: 3 },
  ]);
  expect(body.requests[0].keyHash).toBe(body.requests[1].keyHash);
  expect(body.requests[3].bodySha256).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('faults are added, shown and removed over HTTP', async () => {
  const { api } = await startTestBed();
  const rule = { endpoint: 'files.list', kind: 'status', status: 500 };
  expect((await api.post('/_emulator/faults', rule)).body).toEqual({ fault: rule });
  expect((await api.call('/v1beta/files')).status).toBe(500);
  expect((await api.call('/_emulator/faults')).body.faults).toHaveLength(1);
  expect((await api.call('/_emulator/faults', { method: 'DELETE' })).status).toBe(200);
  expect((await api.call('/v1beta/files')).status).toBe(200);
  const refused = await api.post('/_emulator/faults', { kind: 'explode' });
  expect(refused.status).toBe(400);
  expect(refused.body.error.message).toContain('"explode"');
});

test('a virtual clock is advanced over HTTP, and dates follow it', async () => {
  const { api } = await startTestBed();
  const before = await api.call('/v1beta/files');
  const advanced = await api.post('/_emulator/advance', { ms: 86_400_000 });
  expect(advanced.body.now).toBe('2026-09-29T00:00:00.000Z');
  expect((await api.post('/_emulator/advance', { ms: -1 })).status).toBe(400);
  expect((await api.call('/_emulator/nothing')).status).toBe(404);
  const after = await api.call('/v1beta/files');
  expect(Date.parse(after.headers.get('date') ?? '') - Date.parse(before.headers.get('date') ?? '')).toBe(
    86_400_000,
  );
});

test('the real clock cannot be advanced', async () => {
  const emulator = await startEmulator();
  onTestFinished(async () => await emulator.close());
  expect((await new ApiClient(emulator.url).post('/_emulator/advance', { ms: 1 })).status).toBe(400);
});

test('ids repeat with the seed', async () => {
  const names = [];
  for (const seed of [1, 1, 2]) {
    const { api } = await startTestBed({ seed });
    const { name, metadata } = await api.submit();
    names.push(`${name} ${metadata.inputConfig.fileName}`);
  }
  expect(names[0]).toBe(names[1]);
  expect(names[0]).not.toBe(names[2]);
});

test('closing ends hanging requests and removes the files', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'emulator-data-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const emulator = await startEmulator({ dataDir, faults: [{ endpoint: 'files.list', kind: 'hang' }] });
  const api = new ApiClient(emulator.url);
  await api.upload(inputLines(1));
  const hanging = api.call('/v1beta/files');
  const settled = expect(hanging).rejects.toThrow();
  await api.call('/_emulator/accepted');
  const [runDirectory = ''] = readdirSync(dataDir);
  expect(readdirSync(join(dataDir, runDirectory))).toHaveLength(1);
  await emulator.close();
  await settled;
  expect(existsSync(dataDir)).toBe(true);
});

test('latency is added to every reply', async () => {
  const { api } = await startTestBed({ latencyMs: 30 });
  const start = performance.now();
  await api.call('/v1beta/files');
  expect(performance.now() - start).toBeGreaterThanOrEqual(28);
});
