import { expect, test } from 'vitest';
import type { Answer, ApiClient } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';
import { type Exchange, readRecording } from './support/fixtures.ts';
import { shapeOf } from './support/shape.ts';

const LIVE_ORIGIN = 'https://generativelanguage.googleapis.com';

/** Headers whose value is random or belongs to one connection: the name must be there, whatever it says. */
const FREE_VALUES = new Set([
  'server-timing',
  'x-goog-upload-url',
  'x-goog-upload-control-url',
  'x-guploader-uploadid',
]);

/** Sends the request of a recording, with names that the emulator gave in place of recorded ones. */
async function replay(
  api: ApiClient,
  { request }: Exchange,
  names: ReadonlyMap<string, string>,
): Promise<Answer> {
  let url = request.url.replace(LIVE_ORIGIN, '');
  for (const [recorded, ours] of names) url = url.replace(recorded, ours);
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name !== 'Content-Length')
      .map(([name, values]) => [name, values.join(', ')]),
  );
  // The recording leaves the credential out.
  if (url.includes('upload_id=')) headers['x-goog-api-key'] = '';
  const hasBody = request.method !== 'GET' && request.body !== undefined;
  return await api.call(url, { method: request.method, headers, ...(hasBody ? { body: request.body } : {}) });
}

function expectSameHeaders(answer: Answer, { response }: Exchange): void {
  for (const [name, values] of Object.entries(response.headers)) {
    const ours = answer.headers.get(name);
    expect(ours, name).not.toBeNull();
    if (name.toLowerCase() === 'content-length') expect(ours).toBe(String(Buffer.byteLength(answer.text)));
    else if (!FREE_VALUES.has(name.toLowerCase())) expect(ours, name).toBe(values.join(', '));
  }
}

test('a recorded life of a file is repeated step by step', async () => {
  const { api } = await startTestBed();
  const exchanges = readRecording('file-crud');
  const names = new Map<string, string>();
  const methods: string[] = [];
  for (const exchange of exchanges) {
    const answer = await replay(api, exchange, names);
    expect(answer.status).toBe(exchange.response.code);
    expectSameHeaders(answer, exchange);
    if (exchange.response.body === '') expect(answer.text).toBe('');
    else expect(shapeOf(answer.body)).toEqual(shapeOf(JSON.parse(exchange.response.body)));

    const uploadId = answer.headers.get('x-guploader-uploadid');
    if (uploadId !== null) names.set(exchange.response.headers['X-Guploader-Uploadid']?.[0] ?? '', uploadId);
    if (answer.body?.file !== undefined)
      names.set('qi1b6ynxmps4', answer.body.file.name.slice('files/'.length));
    methods.push(exchange.request.method);
  }
  expect(methods).toEqual(['POST', 'PUT', 'GET', 'GET', 'DELETE']);
});

test('the recorded upload keeps its size, its type and the hash in the recorded form', async () => {
  const { api } = await startTestBed();
  const [start, bytes] = readRecording('file-crud');
  if (start === undefined || bytes === undefined) throw new Error('The recording has no upload');
  const opened = await replay(api, start, new Map());
  const recordedId = start.response.headers['X-Guploader-Uploadid']?.[0] ?? '';
  const done = await replay(
    api,
    bytes,
    new Map([[recordedId, opened.headers.get('x-guploader-uploadid') ?? '']]),
  );
  const { sha256Hash, sizeBytes, mimeType, displayName } = JSON.parse(bytes.response.body).file;
  expect(done.body.file).toMatchObject({ sha256Hash, sizeBytes, mimeType, displayName });
});

test('the upload URL points back at the emulator', async () => {
  const { api } = await startTestBed();
  expect(await api.openSession()).toMatch(
    new RegExp(`^${api.baseUrl}/upload/v1beta/files\\?upload_id=`, 'u'),
  );
});

test.for(['bad-key-list-models', 'bad-key-generate'])(
  '%s: a bad key is refused as recorded',
  async (name) => {
    const { api } = await startTestBed();
    const [exchange] = readRecording(name);
    if (exchange === undefined) throw new Error('The recording is empty');
    const answer = await replay(
      api,
      { ...exchange, request: { ...exchange.request, headers: { 'x-goog-api-key': ['bad'] } } },
      new Map(),
    );
    expect(answer.status).toBe(exchange.response.code);
    expectSameHeaders(answer, exchange);
    expect(answer.text).toBe(exchange.response.body);
  },
);

test.for(['unknown-model', 'bad-model-generate'])('%s: the model is refused as recorded', async (name) => {
  const { api } = await startTestBed();
  const [exchange] = readRecording(name);
  if (exchange === undefined) throw new Error('The recording is empty');
  const answer = await replay(api, exchange, new Map());
  expect(answer.status).toBe(exchange.response.code);
  expectSameHeaders(answer, exchange);
  expect(answer.text).toBe(exchange.response.body);
});

test('a call without a key is refused, with it in the query accepted', async () => {
  const { api, emulator } = await startTestBed();
  expect((await fetch(`${api.baseUrl}/v1beta/files`)).status).toBe(403);
  expect((await fetch(`${api.baseUrl}/v1beta/files?key=good-key`)).status).toBe(200);
  expect((await fetch(`${api.baseUrl}/v1beta/files?key=bad-key`)).status).toBe(400);
  expect(JSON.stringify(emulator.requests())).not.toContain('good-key');
});

test('only listed keys work when keys are listed', async () => {
  const { api } = await startTestBed({ apiKeys: ['this-one'] });
  expect((await api.call('/v1beta/files')).status).toBe(400);
  expect((await api.call('/v1beta/files', { headers: { 'x-goog-api-key': 'this-one' } })).status).toBe(200);
});
