import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { createMcpService } from '../../src/mcp-client/mcp-service.ts';
import type { McpOptions } from '../../src/mcp-client/options.ts';
import type { BatchService } from '../../src/model/service.ts';
import { until } from '../cli/until.ts';
import { inputFile, noSignal, serviceAt, temporaryDirectory, TEST_KEY } from '../gemini/fixtures.ts';
import { uploadOf } from '../gemini/upload-request.ts';
import { controlServer, type FakeControl, FAKE_SERVER, isRunning, notedCalls } from './fake-server.ts';

interface Opened {
  readonly service: BatchService;
  readonly control: string;
  readonly created: () => number;
}

async function open(
  control: FakeControl = {},
  { withKey = false, ...options }: Partial<McpOptions> & { readonly withKey?: boolean } = {},
): Promise<Opened> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const path = join(await temporaryDirectory(), 'control.json');
  const service = createMcpService({
    command: controlServer(path, control),
    environment: { ...process.env, GEMINI_BASE_URL: emulator.url },
    version: '0',
    api: withKey ? serviceAt(emulator.url) : undefined,
    apiKey: withKey ? TEST_KEY : undefined,
    ...options,
  });
  onTestFinished(async () => await service.close?.());
  return { service, control: path, created: () => emulator.accepted().jobs.length };
}

async function upload(service: BatchService): Promise<string> {
  const uploaded = await service.uploadFile(uploadOf(await inputFile(2000)).request, noSignal);
  expect(uploaded).toMatchObject({ ok: true });
  return uploaded.ok ? uploaded.value.name : '';
}

function createOf(fileName: string): Parameters<BatchService['createJob']>[0] {
  return { model: 'gemini-2.5-flash', displayName: 'one', fileName };
}

test('uploads a file whose bytes the API confirms', async () => {
  const { service, control } = await open({}, { withKey: true });
  const input = await inputFile(300_000);
  const { request, progress } = uploadOf(input);
  const uploaded = await service.uploadFile(request, noSignal);
  expect(uploaded).toMatchObject({
    ok: true,
    value: { sizeBytes: 300_000, sha256: input.sha256, active: true },
  });
  expect(progress).toEqual([0, 300_000]);
  expect(notedCalls(control)[0]?.parameters).toMatchObject({ filePath: input.path, displayName: 'batch 1' });
});

test('forgets the session of an upload that the API itself had begun', async () => {
  const { service } = await open();
  const { request, sessions } = uploadOf(await inputFile(100), { sessionUrl: 'https://example.com/u' });
  await service.uploadFile(request, noSignal);
  expect(sessions).toEqual([undefined]);
});

test.for([true, false])('refuses a file that was written to meanwhile, with a key: %s', async (withKey) => {
  const { service } = await open({}, { withKey });
  const input = await inputFile(2000);
  await writeFile(input.path, Buffer.alloc(2000, 'x'));
  const uploaded = await service.uploadFile(uploadOf(input).request, noSignal);
  expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'input_changed' } });
});

test('does not believe another size', async () => {
  const fault = { tool: 'upload_file', kind: 'changed', change: { sizeBytes: '1999' } } as const;
  const { service } = await open({ faults: [fault] });
  const uploaded = await service.uploadFile(uploadOf(await inputFile(2000)).request, noSignal);
  expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
});

test('calls the outcome of a create unknown when no answer comes in time, and starts the server anew', async () => {
  const faults = [{ tool: 'batch_create', at: 1, kind: 'silent' }] as const;
  const { service, control, created } = await open({ faults }, { deadlines: { createMs: 1500 } });
  const fileName = await upload(service);
  const first = await service.createJob(createOf(fileName));
  expect(first).toMatchObject({ ok: false, failure: { kind: 'unknown_outcome', reason: 'REQUEST_TIMEOUT' } });
  expect(created()).toBe(1);
  const second = await service.createJob(createOf(fileName));
  expect(second.ok).toBe(true);
  const pids = notedCalls(control, 'batch_create').map(({ pid }) => pid);
  expect(new Set(pids).size).toBe(2);
});

test('calls it unknown after an error of the protocol, and keeps the server', async () => {
  const faults = [{ tool: 'batch_create', at: 1, kind: 'protocol_error' }] as const;
  const { service, control } = await open({ faults });
  const fileName = await upload(service);
  const first = await service.createJob(createOf(fileName));
  expect(first).toMatchObject({ ok: false, failure: { kind: 'unknown_outcome', reason: 'PROTOCOL_ERROR' } });
  expect((await service.createJob(createOf(fileName))).ok).toBe(true);
  expect(new Set(notedCalls(control).map(({ pid }) => pid)).size).toBe(1);
});

test('ends a server whose answer has no end', async () => {
  const text = 'x'.repeat(9 * 1024 * 1024);
  const { service } = await open({ faults: [{ tool: 'batch_create', at: 1, kind: 'answer', text }] });
  const fileName = await upload(service);
  const first = await service.createJob(createOf(fileName));
  expect(first).toMatchObject({ ok: false, failure: { kind: 'unknown_outcome' } });
  expect((await service.createJob(createOf(fileName))).ok).toBe(true);
});

test('does not read an answer of more than four million characters', async () => {
  const text = JSON.stringify({ batchName: 'batches/a', more: 'x'.repeat(5 * 1024 * 1024) });
  const { service } = await open({ faults: [{ tool: 'batch_create', at: 1, kind: 'answer', text }] });
  const first = await service.createJob(createOf(await upload(service)));
  expect(first).toMatchObject({ ok: false, failure: { kind: 'unknown_outcome' } });
});

test('lets no server make a job for an embedding model, which would be one for text', async () => {
  const { service, control, created } = await open();
  const fileName = await upload(service);
  const refused = await service.createJob({ ...createOf(fileName), model: 'gemini-embedding-001' });
  expect(refused).toMatchObject({ ok: false, failure: { kind: 'refused', reason: 'NO_EMBEDDINGS' } });
  expect(created()).toBe(0);
  expect(notedCalls(control, 'batch_create')).toEqual([]);
});

test('starts one server for many calls at once', async () => {
  const { service, control } = await open();
  await Promise.all(Array.from({ length: 8 }, () => upload(service)));
  expect(new Set(notedCalls(control).map(({ pid }) => pid)).size).toBe(1);
});

test('knows that a create was not sent when the server cannot be started', async () => {
  const { service, created } = await open({ diesAtStart: true, says: 'no key\n' });
  const made = await service.createJob(createOf('files/a'));
  expect(made).toMatchObject({ ok: false, failure: { kind: 'not_sent' } });
  expect(made.ok ? '' : made.failure.message).toContain('it said: no key');
  expect(created()).toBe(0);
});

test('stops waiting for an upload when it is told to', async () => {
  const { service, control } = await open({ faults: [{ tool: 'upload_file', kind: 'silent' }] });
  const stop = new AbortController();
  const uploading = service.uploadFile(uploadOf(await inputFile(100)).request, stop.signal);
  const rejected = expect(uploading).rejects.toThrow('enough');
  await until('the upload is under way', () => notedCalls(control).length === 1);
  stop.abort(new Error('enough'));
  await rejected;
});

test('says what it cannot do without a key', async () => {
  const { service } = await open();
  expect(service.listsJobs).toBe(false);
  for (const asked of [
    service.listJobs(undefined, noSignal),
    service.listFiles(undefined, noSignal),
    service.deleteFile('files/a', noSignal),
    service.deleteJob('batches/a', noSignal),
  ]) {
    const answer = await asked;
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'refused', reason: 'NO_API_KEY' } });
    expect(answer.ok ? '' : answer.failure.message).toContain('put GEMINI_API_KEY=… in .env');
  }
});

test.skipIf(process.platform === 'win32')('ends what the program started, too', async () => {
  const wrapper = [
    "const { spawn } = require('node:child_process');",
    'spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" });',
    'process.stdin.unref?.(); setInterval(() => {}, 1000);',
  ].join('\n');
  const path = join(await temporaryDirectory(), 'control.json');
  controlServer(path);
  const { service } = await open({}, { command: [process.execPath, '-e', wrapper, FAKE_SERVER, path] });
  await service.checkModel('m', noSignal);
  await service.createJob(createOf('files/absent'));
  const [call] = notedCalls(path, 'batch_create');
  expect(call).toBeDefined();
  await service.close?.();
  await until('the server has ended', () => !isRunning(call?.pid ?? 0));
});

test('leaves no server behind when the program ends without closing it', async () => {
  const path = join(await temporaryDirectory(), 'control.json');
  const command = controlServer(path, { staysOn: true });
  const program = `
    import { createMcpService } from ${JSON.stringify(new URL('../../dist/mcp-client/mcp-service.js', import.meta.url).href)};
    const service = createMcpService({ command: ${JSON.stringify(command)}, environment: process.env, version: '0', api: undefined, apiKey: undefined });
    service.getJob('batches/a', new AbortController().signal);
    process.stdin.on('data', () => process.exit(0));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await until('the server was called', () => notedCalls(path).length === 1);
  child.stdin.write('end\n');
  await once(child, 'close');
  await until('the server has ended', () => !isRunning(notedCalls(path)[0]?.pid ?? 0));
});
