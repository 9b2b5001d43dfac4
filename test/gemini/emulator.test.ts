import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createVirtualClock,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from '../../src/emulator/index.ts';
import type { InputFacts } from '../../src/model/batch-record.ts';
import type { UploadRequest } from '../../src/model/service.ts';
import { noSignal, serviceAt, sha256, temporaryDirectory } from './fixtures.ts';

const running: Emulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close();
});

async function emulatorWith(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  running.push(emulator);
  return emulator;
}

async function requestFile(lines: number, padding = 10): Promise<InputFacts> {
  const text = Array.from({ length: lines }, (_, index) =>
    JSON.stringify({ key: `k${index}`, request: { contents: [{ parts: [{ text: 'x'.repeat(padding) }] }] } }),
  ).join('\n');
  const bytes = Buffer.from(`${text}\n`);
  const path = join(await temporaryDirectory(), 'batch_001.jsonl');
  await writeFile(path, bytes);
  return { path, sizeBytes: bytes.length, sha256: sha256(bytes), lines };
}

function uploadOf(input: InputFacts, sessions: (string | undefined)[] = []): UploadRequest {
  return {
    input,
    fileName: 'files/bs1-abcdefgh-00001-0123456789ab-a1',
    displayName: 'batch 1',
    sessionUrl: undefined,
    onSession: async (url) => {
      sessions.push(url);
    },
  };
}

describe('createGeminiService() against the emulator', () => {
  test('goes all the way', async () => {
    const clock = createVirtualClock();
    const emulator = await emulatorWith({ clock, listNeedsPageSize: true });
    const service = serviceAt(emulator.url);
    const input = await requestFile(25);
    expect(await service.checkModel('gemini-2.5-flash', noSignal)).toEqual({ ok: true, value: undefined });
    expect(await service.checkModel('gemini-0', noSignal)).toMatchObject({
      failure: { kind: 'model_unknown' },
    });

    const request = uploadOf(input);
    expect(await service.getFile(request.fileName, noSignal)).toEqual({ ok: true, value: undefined });
    const uploaded = await service.uploadFile(request, noSignal);
    if (!uploaded.ok) throw new Error(uploaded.failure.message);
    expect(uploaded.value).toMatchObject({ name: request.fileName, sha256: input.sha256, active: true });
    expect(await service.getFile(request.fileName, noSignal)).toEqual(uploaded);

    const created = await service.createJob({
      model: 'gemini-2.5-flash',
      displayName: 'bs1/x/1',
      fileName: request.fileName,
    });
    if (!created.ok) throw new Error(created.failure.message);
    const { name } = created.value;
    expect(created.value).toMatchObject({
      state: 'pending',
      displayName: 'bs1/x/1',
      model: 'gemini-2.5-flash',
    });
    expect(await service.cancelJob(name, noSignal)).toMatchObject({ ok: true });

    const second = await service.createJob({
      model: 'gemini-2.5-flash',
      displayName: 'bs1/x/2',
      fileName: request.fileName,
    });
    if (!second.ok) throw new Error(second.failure.message);
    clock.advance(60_000);
    const listed = await service.listJobs(undefined, noSignal);
    expect(listed).toMatchObject({
      ok: true,
      value: { jobs: [{ name: second.value.name, state: 'succeeded' }, { name }] },
    });
    const got = await service.getJob(second.value.name, noSignal);
    expect(got).toMatchObject({
      ok: true,
      value: {
        state: 'succeeded',
        stats: { requests: 25, succeeded: 25 },
        results: { kind: 'file' },
        inputFile: request.fileName,
      },
    });
    if (!got.ok || got.value.results === undefined) throw new Error('no results');
    const path = join(await temporaryDirectory(), 'out.jsonl');
    const downloaded = await service.downloadResult(second.value.name, got.value.results, path, noSignal);
    const bytes = await readFile(path);
    expect(downloaded).toEqual({ ok: true, value: { sizeBytes: bytes.length, sha256: sha256(bytes) } });
    expect(bytes.toString().trimEnd().split('\n')).toHaveLength(25);

    expect(await service.listFiles(undefined, noSignal)).toMatchObject({
      value: { files: [{ name: request.fileName, sizeBytes: input.sizeBytes, sha256: input.sha256 }] },
    });
    expect(await service.deleteFile(request.fileName, noSignal)).toEqual({ ok: true, value: undefined });
    expect(await service.listFiles(undefined, noSignal)).toMatchObject({ value: { files: [] } });
    for (let round = 0; round < 2; round += 1)
      expect(await service.deleteJob(name, noSignal)).toEqual({ ok: true, value: undefined });
    expect(await service.listJobs(undefined, noSignal)).toMatchObject({
      value: { jobs: [{ name: second.value.name }] },
    });
    expect(await service.deleteFile(request.fileName, noSignal)).toEqual({ ok: true, value: undefined });
    expect(emulator.accepted().jobs).toHaveLength(2);
  });

  test('continues a cut upload with little sent twice', async () => {
    const input = await requestFile(2000, 2000);
    const emulator = await emulatorWith({
      faults: [
        {
          endpoint: 'upload.bytes',
          kind: 'reset_after_bytes',
          bytes: Math.round(input.sizeBytes * 0.6),
          at: 1,
        },
      ],
    });
    expect(await serviceAt(emulator.url).uploadFile(uploadOf(input), noSignal)).toMatchObject({ ok: true });
    const sent = emulator.requests().filter((request) => request.endpoint === 'upload.bytes');
    expect(sent).toHaveLength(2);
    expect(emulator.accepted().files).toHaveLength(1);
  });

  test.for([
    ['batches.create', 'drop', 'after', 'unknown_outcome', 1],
    ['batches.create', 'drop', 'before', 'unknown_outcome', 0],
    ['batches.create', 'status', 'after', 'unknown_outcome', 1],
    ['batches.create', 'html', 'after', 'unknown_outcome', 1],
    ['batches.create', 'empty_body', 'after', 'unknown_outcome', 1],
    ['batches.create', 'redirect', 'after', 'unknown_outcome', 1],
    ['batches.create', 'truncated_json', undefined, 'unknown_outcome', 1],
    ['batches.create', 'short_body', undefined, 'unknown_outcome', 1],
    ['batches.create', 'rate_limit', undefined, 'rate_limited', 0],
    ['batches.create', 'rate_limit_bare', undefined, 'rate_limited', 0],
    ['batches.create', 'rate_limit_retry_info', undefined, 'rate_limited', 0],
    ['batches.create', 'rate_limit_zero', undefined, 'no_quota', 0],
  ] as const)('%s with %s (%s) is %s', async ([endpoint, kind, phase, expected, jobs]) => {
    const input = await requestFile(3);
    const emulator = await emulatorWith({
      faults: [{ endpoint, kind, at: 1, ...(phase === undefined ? {} : { phase }) }],
    });
    const service = serviceAt(emulator.url);
    const request = uploadOf(input);
    await service.uploadFile(request, noSignal);
    const created = await service.createJob({
      model: 'gemini-2.5-flash',
      displayName: 'd',
      fileName: request.fileName,
    });
    expect(created).toMatchObject({ ok: false, failure: { kind: expected } });
    expect(emulator.requests().filter((one) => one.endpoint === 'batches.create')).toHaveLength(1);
    expect(emulator.accepted().jobs).toHaveLength(jobs);
  });

  test.for([
    ['upload.bytes', 'drop', 'after'],
    ['upload.bytes', 'status', 'before'],
    ['upload.bytes', 'status', 'after'],
    ['upload.bytes', 'html', 'before'],
    ['upload.bytes', 'empty_body', 'after'],
    ['upload.bytes', 'mime_rejected', undefined],
    ['upload.bytes', 'dead_session', undefined],
    ['download', 'reset_after_bytes', undefined],
    ['download', 'short_body', undefined],
  ] as const)('%s with %s (%s) is overcome within the call', async ([endpoint, kind, phase]) => {
    const clock = createVirtualClock();
    const input = await requestFile(50);
    const emulator = await emulatorWith({
      clock,
      faults: [{ endpoint, kind, at: 1, ...(phase === undefined ? {} : { phase }) }],
    });
    const service = serviceAt(emulator.url);
    const request = uploadOf(input);
    expect(await service.uploadFile(request, noSignal)).toMatchObject({ ok: true });
    expect(emulator.accepted().files).toHaveLength(1);
    const created = await service.createJob({
      model: 'gemini-2.5-flash',
      displayName: 'd',
      fileName: request.fileName,
    });
    if (!created.ok) throw new Error(created.failure.message);
    clock.advance(60_000);
    const got = await service.getJob(created.value.name, noSignal);
    if (!got.ok || got.value.results === undefined) throw new Error('no results');
    const path = join(await temporaryDirectory(), 'out.jsonl');
    expect(await service.downloadResult(created.value.name, got.value.results, path, noSignal)).toMatchObject(
      { ok: true },
    );
  });

  test('says whose fault an expired file, a bad key and full storage are', async () => {
    const input = await requestFile(3);
    const emulator = await emulatorWith({ storageBytes: 10 });
    const full = await serviceAt(emulator.url).uploadFile(uploadOf(input), noSignal);
    expect(full).toMatchObject({ ok: false, failure: { kind: 'storage_full' } });
    // The emulator asks to wait for 292 billion years, as the service does.
    expect(full).not.toHaveProperty('failure.retryAfterMs');
    const locked = serviceAt(emulator.url, { apiKey: 'bad-key' });
    expect(await locked.checkModel('gemini-2.5-flash', noSignal)).toMatchObject({
      failure: { kind: 'key_refused' },
    });
    expect(await locked.uploadFile(uploadOf(input), noSignal)).toMatchObject({
      failure: { kind: 'key_refused' },
    });
    expect(await locked.getFile('files/a', noSignal)).toMatchObject({ failure: { kind: 'key_refused' } });
    expect(await locked.listJobs(undefined, noSignal)).toMatchObject({ failure: { kind: 'key_refused' } });
    expect(await locked.listFiles(undefined, noSignal)).toMatchObject({ failure: { kind: 'key_refused' } });
    expect(await locked.deleteJob('batches/a', noSignal)).toMatchObject({ failure: { kind: 'key_refused' } });
    const absent = { model: 'gemini-2.5-flash', displayName: 'd', fileName: 'files/absent' };
    expect(await serviceAt(emulator.url).createJob(absent)).toMatchObject({ failure: { kind: 'not_found' } });
  });
});
