import { createHash } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import { expect, test } from 'vitest';
import { startTestBed } from './support/emulator.ts';

const GRANULARITY = 8 * 1024 * 1024;
const BLOCK = 256 * 1024;

const CONTENT = Buffer.alloc(
  GRANULARITY * 2 + 1000,
  `${JSON.stringify({ contents: [{ parts: [{ text: 'x'.repeat(5000) }] }] })}\n`,
);

/** Opens a request that announces more bytes than will be sent. */
function openPart(url: string): ClientRequest {
  return request(url, {
    method: 'POST',
    headers: {
      'content-length': CONTENT.length,
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': 0,
    },
  });
}

/** Sends the first bytes in pieces that fit no block, and breaks the connection. */
async function sendBroken(url: string, sent: Buffer): Promise<void> {
  const call = openPart(url);
  const broken = new Promise((resolve) => call.on('error', resolve));
  for (let start = 0; start < sent.length; start += 100_001) {
    await new Promise((resolve) => call.write(sent.subarray(start, start + 100_001), resolve));
  }
  call.destroy();
  await broken;
}

test('chunks are put together in order, and the final answer can be asked for again', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession(
    { displayName: 'big' },
    { 'x-goog-upload-header-content-length': String(CONTENT.length) },
  );
  const first = await api.command(url, 'upload', CONTENT.subarray(0, GRANULARITY));
  expect(first.status).toBe(200);
  expect(first.text).toBe('');
  expect(first.headers.get('x-goog-upload-status')).toBe('active');
  expect((await api.command(url, 'query')).headers.get('x-goog-upload-size-received')).toBe(
    String(GRANULARITY),
  );
  await api.command(url, 'upload', CONTENT.subarray(GRANULARITY, 2 * GRANULARITY), GRANULARITY);
  const last = await api.command(url, 'upload, finalize', CONTENT.subarray(2 * GRANULARITY), 2 * GRANULARITY);
  expect(last.headers.get('x-goog-upload-status')).toBe('final');
  const sha256 = createHash('sha256').update(CONTENT).digest('hex');
  expect(Buffer.from(last.body.file.sha256Hash, 'base64').toString()).toBe(sha256);
  expect(emulator.accepted().files).toMatchObject([
    { sizeBytes: CONTENT.length, sha256, displayName: 'big' },
  ]);

  const again = await api.command(url, 'query');
  expect(again.headers.get('x-goog-upload-status')).toBe('final');
  expect(again.body).toEqual(last.body);
});

test('a bare finalize ends an upload whose bytes are all there', async () => {
  const { api } = await startTestBed();
  const url = await api.openSession();
  await api.command(url, 'upload', CONTENT.subarray(0, GRANULARITY));
  const final = await api.command(url, 'finalize', '', GRANULARITY);
  expect(final.body.file.sizeBytes).toBe(String(GRANULARITY));
});

test('an upload that was cut goes on from another connection', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession();
  await sendBroken(url, CONTENT.subarray(0, 3 * BLOCK + 77));
  // A query that overtakes the broken request would tell of a state that is about to change.
  while (emulator.requests().at(-1)?.status !== 'dropped') await api.call('/_emulator/requests');
  const query = await api.command(url, 'query');
  const received = Number(query.headers.get('x-goog-upload-size-received'));
  expect(query.headers.get('x-goog-upload-status')).toBe('active');
  expect(received % BLOCK).toBe(0);
  expect(received).toBeLessThanOrEqual(3 * BLOCK);

  const last = await api.command(url, 'upload, finalize', CONTENT.subarray(received), received);
  expect(last.body.file.sizeBytes).toBe(String(CONTENT.length));
  expect(emulator.accepted().files[0]?.sha256).toBe(createHash('sha256').update(CONTENT).digest('hex'));
});

test('a query ends the request that still writes, so that its answer stays true', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession();
  const call = openPart(url);
  const broken = new Promise((resolve) => call.on('error', resolve));
  call.write(CONTENT.subarray(0, BLOCK));
  while (emulator.requests().at(-1)?.endpoint !== 'upload.bytes') await api.call('/_emulator/requests');
  const received = Number((await api.command(url, 'query')).headers.get('x-goog-upload-size-received'));
  expect(await broken).toBeInstanceOf(Error);
  const last = await api.command(url, 'upload, finalize', CONTENT.subarray(received), received);
  expect(last.body.file.sizeBytes).toBe(String(CONTENT.length));
});

test('the last of several writers wins, and the bytes are never mixed', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession();
  const attempts = await Promise.allSettled(
    Array.from({ length: 5 }, async () => await api.command(url, 'upload, finalize', CONTENT)),
  );
  const answers = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const received = Number((await api.command(url, 'query')).headers.get('x-goog-upload-size-received'));
  const isDone = answers.some(({ body }) => body?.file !== undefined);
  if (!isDone) await api.command(url, 'upload, finalize', CONTENT.subarray(received), received);
  expect(emulator.accepted().files.map(({ sha256 }) => sha256)).toEqual([
    createHash('sha256').update(CONTENT).digest('hex'),
  ]);
});

test('an upload cut by a fault keeps the whole blocks before the cut', async () => {
  const { api, emulator } = await startTestBed({
    faults: [{ endpoint: 'upload.bytes', at: 1, kind: 'reset_after_bytes', bytes: 2 * BLOCK + 5 }],
  });
  const url = await api.openSession();
  await expect(api.command(url, 'upload, finalize', CONTENT)).rejects.toThrow();
  const query = await api.command(url, 'query');
  expect(query.headers.get('x-goog-upload-size-received')).toBe(String(2 * BLOCK));
  expect(emulator.accepted().files).toEqual([]);
  expect(emulator.requests()[1]).toMatchObject({ status: 'dropped', fault: 'reset_after_bytes' });
});

test('a wrong offset is refused and changes nothing', async () => {
  const { api } = await startTestBed();
  const url = await api.openSession();
  await api.command(url, 'upload', CONTENT.subarray(0, GRANULARITY));
  for (const offset of [0, GRANULARITY - 1, GRANULARITY + 1]) {
    const refused = await api.command(url, 'upload, finalize', 'x', offset);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('x-goog-upload-status')).toBe('active');
  }
  expect((await api.command(url, 'query')).headers.get('x-goog-upload-size-received')).toBe(
    String(GRANULARITY),
  );
});

test('a chunk in the middle must be a multiple of the granularity', async () => {
  const { api } = await startTestBed();
  const url = await api.openSession();
  const refused = await api.command(url, 'upload', CONTENT.subarray(0, GRANULARITY - 1));
  expect(refused.status).toBe(400);
  expect((await api.command(url, 'query')).headers.get('x-goog-upload-size-received')).toBe('0');
});

test('a cancelled session says so and takes no more bytes', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession();
  expect((await api.command(url, 'cancel')).headers.get('x-goog-upload-status')).toBe('cancelled');
  expect((await api.command(url, 'query')).headers.get('x-goog-upload-status')).toBe('cancelled');
  const refused = await api.command(url, 'upload, finalize', 'x');
  expect(refused.status).toBe(400);
  expect(refused.text).toBe('Upload has already been terminated.');
  expect(emulator.accepted().files).toEqual([]);
});

test('a session killed by a fault stays dead', async () => {
  const { api } = await startTestBed({
    faults: [{ endpoint: 'upload.bytes', times: 1, kind: 'dead_session' }],
  });
  const url = await api.openSession();
  for (const command of ['upload, finalize', 'query', 'upload, finalize']) {
    const answer = await api.command(url, command, command === 'query' ? '' : 'x');
    expect(answer.status).toBe(400);
    expect(answer.text).toBe('Upload has already been terminated.');
  }
  expect((await api.upload('x')).name).toMatch(/^files\//u);
});

test('a session that is left alone for a week dies, and an unknown one is not found', async () => {
  const { api, clock } = await startTestBed();
  const url = await api.openSession();
  clock.advance(7 * 24 * 3_600_000);
  expect((await api.command(url, 'query')).status).toBe(400);
  expect((await api.command(`${api.baseUrl}/upload/v1beta/files?upload_id=none`, 'query')).status).toBe(404);
});

test('an upload that ends with fewer bytes than declared is refused', async () => {
  const { api, emulator } = await startTestBed();
  const url = await api.openSession({}, { 'x-goog-upload-header-content-length': '10' });
  expect((await api.command(url, 'upload, finalize', '12345')).status).toBe(400);
  expect(emulator.accepted().files).toEqual([]);
});

test.for([
  ['a'.repeat(41), 400],
  ['-a', 400],
  ['a-', 400],
  ['A', 400],
  ['a'.repeat(40), 200],
  ['files/a-1', 200],
] as const)('the name %s is answered with %i at the start', async ([name, status]) => {
  const { api } = await startTestBed();
  expect((await api.startUpload({ name })).status).toBe(status);
});

test('both spellings of the display name are taken', async () => {
  const { api } = await startTestBed();
  expect((await api.upload('x', { display_name: 'snake' })).displayName).toBe('snake');
  expect((await api.upload('x', { displayName: 'camel' })).displayName).toBe('camel');
});

test('a multipart upload and a plain one arrive whole', async () => {
  const { api, emulator } = await startTestBed();
  const media = Buffer.concat([Buffer.from('\r\n--not-the-end\r\n'), CONTENT]);
  const body = Buffer.concat([
    Buffer.from('--edge\r\nContent-Type: application/json\r\n\r\n{"file":{"displayName":"müll"}}\r\n'),
    Buffer.from('--edge\r\nContent-Type: text/plain\r\n\r\n'),
    media,
    Buffer.from('\r\n--edge--\r\n'),
  ]);
  const multipart = await api.call('/upload/v1beta/files?uploadType=multipart', {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary=edge', 'x-goog-upload-protocol': 'multipart' },
    body,
  });
  expect(multipart.body.file).toMatchObject({ displayName: 'müll', mimeType: 'text/plain' });
  const plain = await api.call('/upload/v1beta/files?uploadType=media', {
    method: 'POST',
    headers: { 'content-type': 'application/jsonl' },
    body: CONTENT,
  });
  expect(plain.body.file.mimeType).toBe('application/jsonl');
  expect(emulator.accepted().files.map(({ sha256 }) => sha256)).toEqual(
    [media, CONTENT].map((bytes) => createHash('sha256').update(bytes).digest('hex')),
  );
});
