import { describe, expect, test } from 'vitest';
import { inputFile, noSignal, serviceAt, TEST_KEY } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';
import { startUploadServer } from './upload-server.ts';
import { uploadOf } from './upload-request.ts';

const MIB = 1024 * 1024;

describe('uploadFile()', () => {
  test('starts a session, tells it before the first byte, and sends all bytes in one request', async () => {
    const input = await inputFile(3 * MIB + 17);
    const server = await startUploadServer();
    const { request, sessions, progress } = uploadOf(input);
    const uploaded = await serviceAt(server.url).uploadFile(
      {
        ...request,
        onSession: async (url) => {
          expect(server.wireBytes()).toBe(0);
          await request.onSession(url);
        },
      },
      noSignal,
    );
    expect(uploaded).toMatchObject({
      ok: true,
      value: { name: 'files/bs1-a-00001', sizeBytes: input.sizeBytes, sha256: input.sha256, active: true },
    });
    expect(server.calls).toEqual(['start', 'send 0']);
    expect(server.content()?.equals(input.bytes)).toBe(true);
    expect(sessions).toHaveLength(1);
    expect(progress).toEqual([0, MIB, 2 * MIB, 3 * MIB, 3 * MIB + 17]);
    const [start] = server.seen;
    expect(start?.headers).toMatchObject({
      'x-goog-api-key': TEST_KEY,
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-header-content-length': `${input.sizeBytes}`,
      'x-goog-upload-header-content-type': 'jsonl',
    });
    expect(JSON.parse(start?.body.toString() ?? '')).toEqual({
      file: {
        name: 'files/bs1-a-00001',
        displayName: 'batch 1',
        mimeType: 'jsonl',
        sizeBytes: `${input.sizeBytes}`,
      },
    });
  });

  test.for([1, 5, MIB - 1, MIB, MIB + 1, 2 * MIB])('sends %i bytes whole', async (size) => {
    const input = await inputFile(size);
    const server = await startUploadServer();
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
    });
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });

  test.for(['start', 'end'] as const)(
    'offers other MIME types when one is refused at the %s, and remembers',
    async (rejectAt) => {
      const input = await inputFile(1000);
      const server = await startUploadServer({
        rejectAt,
        rejectMimes: ['jsonl', 'application/jsonl', 'text/plain'],
      });
      const service = serviceAt(server.url);
      expect(await service.uploadFile(uploadOf(input).request, noSignal)).toMatchObject({ ok: true });
      const tried = ['jsonl', 'application/jsonl', 'text/plain', 'application/json'];
      expect(server.mimes).toEqual(tried);
      expect(await service.uploadFile(uploadOf(input).request, noSignal)).toMatchObject({ ok: true });
      expect(server.mimes).toEqual([...tried, 'application/json']);
    },
  );

  test('fails when every MIME type is refused', async () => {
    const input = await inputFile(1000);
    const server = await startUploadServer({ rejectMimes: ['a', 'b'] });
    const service = serviceAt(server.url, { mimeTypes: ['a', 'b'] });
    expect(await service.uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: false,
      failure: { kind: 'refused', reason: 'UNSUPPORTED_MIME_TYPE' },
    });
    expect(server.mimes).toEqual(['a', 'b']);
  });

  test.for([
    ['200', { message: 'bs1-a-00001 already exists.', code: 409 }],
    ['409', { message: 'bs1-a-00001 already exists.', code: 409, status: 'ALREADY_EXISTS' }],
  ] as const)(
    'adopts a file that holds our name, told by a %s, only if it holds our bytes',
    async ([status, error]) => {
      const input = await inputFile(1000);
      for (const [sha256Hash, expected] of [
        [input.sha256, { ok: true, value: { sha256: input.sha256 } }],
        ['0'.repeat(64), { ok: false, failure: { kind: 'refused', reason: 'ALREADY_EXISTS' } }],
      ] as const) {
        const server = await startUploadServer({
          sends: [
            {
              answer: (response) =>
                reply(response, Number(status), { error }, { 'x-goog-upload-status': 'final' }),
            },
          ],
          getFile: (response) =>
            reply(response, 200, {
              name: 'files/bs1-a-00001',
              sizeBytes: '1000',
              sha256Hash,
              state: 'ACTIVE',
            }),
        });
        expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject(
          expected,
        );
        expect(server.calls).toEqual(['start', 'send 0', 'get']);
      }
    },
  );

  test.for([
    ['another size', (file) => ({ ...file, sizeBytes: '999' })],
    ['another hash', (file) => ({ ...file, sha256Hash: Buffer.alloc(32).toString('base64') })],
    ['a hash that is none', (file) => ({ ...file, sha256Hash: 'xyz' })],
  ] as const satisfies readonly (readonly [
    string,
    (file: Record<string, unknown>) => Record<string, unknown>,
  ])[])('does not accept a copy with %s, and removes it', async ([, file]) => {
    const input = await inputFile(1000);
    const server = await startUploadServer({ file });
    const { request, sessions } = uploadOf(input);
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', reason: 'CHECK_FAILED' },
    });
    expect(server.calls).toEqual(['start', 'send 0', 'delete']);
    expect(sessions.at(-1)).toBeUndefined();
  });

  test('accepts a copy without a hash if the input was left alone', async () => {
    const input = await inputFile(1000);
    const server = await startUploadServer({ file: (file) => ({ ...file, sha256Hash: undefined }) });
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
      value: { sha256: undefined },
    });
  });

  test('waits until a file is ready, up to a limit', async () => {
    const input = await inputFile(1000);
    const file = { name: 'files/bs1-a-00001', sizeBytes: '1000', sha256Hash: input.sha256 };
    const states = [
      [['PROCESSING', 'PROCESSING', 'ACTIVE'], { ok: true, value: { active: true } }],
      [['FAILED'], { ok: false, failure: { kind: 'refused', reason: 'FILE_FAILED' } }],
      [
        Array.from({ length: 5000 }, () => 'PROCESSING'),
        { ok: false, failure: { kind: 'unavailable', reason: 'FILE_PROCESSING' } },
      ],
    ] as const;
    for (const [polls, expected] of states) {
      const server = await startUploadServer({
        file: (sent) => ({ ...sent, state: 'PROCESSING' }),
        getFile: (response, count) =>
          reply(response, 200, { ...file, state: polls[count - 1] ?? 'PROCESSING' }),
      });
      const service = serviceAt(server.url, { deadlines: { processingMs: 100, processingPollMs: 1 } });
      expect(await service.uploadFile(uploadOf(input).request, noSignal)).toMatchObject(expected);
    }
  });

  test('fails as the start fails', async () => {
    const input = await inputFile(10);
    for (const [status, body, kind] of [
      [429, googleError(429, 'RESOURCE_EXHAUSTED', 'x'), 'rate_limited'],
      [
        400,
        googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
        'key_refused',
      ],
      [400, googleError(400, 'INVALID_ARGUMENT', 'File name may only contain'), 'refused'],
      [503, 'x', 'unavailable'],
      [302, 'x', 'unavailable'],
      [200, 'x', 'unavailable'],
      [200, googleError(500, 'INTERNAL', 'x'), 'unavailable'],
    ] as const) {
      const server = await startUploadServer({
        onStart: (response) => {
          reply(response, status, body);
          return true;
        },
      });
      const uploaded = await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal);
      expect(uploaded).toMatchObject({ ok: false, failure: { kind } });
      expect(server.calls).toEqual(['start']);
    }
  });
});
