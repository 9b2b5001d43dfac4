import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { inputFile, noSignal, scripted, serviceAt } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';
import { startUploadServer } from './upload-server.ts';
import { uploadOf } from './upload-request.ts';

const MIB = 1024 * 1024;
/** Only what is silent meets these limits; everything else answers far sooner. */
const SHORT = { headersMs: 400, idleMs: 400 };

describe('uploadFile() after a break', () => {
  test('continues after a reset where the server stands', async () => {
    const input = await inputFile(4 * MIB);
    const server = await startUploadServer({ sends: [{ cutAt: 2_000_000 }, { cutAt: 3_000_000 }] });
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
    });
    expect(server.calls).toEqual(['start', 'send 0', 'query', 'send 2000000', 'query', 'send 3000000']);
    expect(server.content()?.equals(input.bytes)).toBe(true);
    // What was under way when the connection broke is all that is sent again.
    expect(server.wireBytes()).toBeLessThanOrEqual(input.sizeBytes + 2 * MIB);
  });

  test('goes back when the server lost bytes that it had', async () => {
    const input = await inputFile(3 * MIB);
    const server = await startUploadServer({
      sends: [{ cutAt: 2 * MIB }, { cutAt: 2.5 * MIB, forget: MIB }],
    });
    const { request, progress } = uploadOf(input);
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({ ok: true });
    expect(progress, 'tells where it goes on').toEqual(expect.arrayContaining([0, 2 * MIB, 1.5 * MIB]));
    expect(server.calls.filter((call) => call.startsWith('send'))).toEqual([
      'send 0',
      `send ${2 * MIB}`,
      `send ${1.5 * MIB}`,
    ]);
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });

  test('continues the session of another process', async () => {
    const input = await inputFile(4 * MIB);
    const server = await startUploadServer({
      sends: [{ cutAt: 3 * MIB }],
      onQuery: (response, count) => {
        if (count > 1) return false;
        response.socket?.resetAndDestroy();
        return true;
      },
    });
    const first = uploadOf(input);
    const broken = await serviceAt(server.url).uploadFile(first.request, noSignal);
    expect(broken).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
    expect(first.sessions).toHaveLength(1);

    const second = uploadOf(input, { sessionUrl: first.sessions[0] });
    expect(await serviceAt(server.url).uploadFile(second.request, noSignal)).toMatchObject({ ok: true });
    expect(second.progress).toEqual([3 * MIB, 4 * MIB]);
    expect(server.calls).toEqual(['start', 'send 0', 'query', 'query', `send ${3 * MIB}`]);
    expect(second.sessions).toEqual([]);
    expect(server.wireBytes()).toBeLessThanOrEqual(input.sizeBytes + MIB);
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });

  test('finds the file when only the last answer was lost', async () => {
    const input = await inputFile(MIB);
    const server = await startUploadServer({ sends: [{ loseAnswer: true }] });
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
    });
    expect(server.calls).toEqual(['start', 'send 0', 'query']);
    expect(server.wireBytes()).toBe(input.sizeBytes);
  });

  test('completes a session that has all bytes but was not finalized', async () => {
    const input = await inputFile(MIB);
    const server = await startUploadServer({
      sends: [{ answer: (response) => reply(response, 200, '', { 'x-goog-upload-status': 'active' }) }],
    });
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
    });
    expect(server.calls).toEqual(['start', 'send 0', 'query', `send ${MIB}`]);
    expect(server.wireBytes()).toBe(MIB);
  });

  test.for([
    ['500', (response) => reply(response, 500, googleError(500, 'INTERNAL', 'x'))],
    ['400 active', (response) => reply(response, 400, 'bad offset', { 'x-goog-upload-status': 'active' })],
    ['308', (response) => reply(response, 308)],
    ['412', (response) => reply(response, 412)],
    ['416', (response) => reply(response, 416)],
    ['200 HTML', (response) => reply(response, 200, '<html>')],
    [
      '200 without a status',
      (response) => reply(response, 200, { file: { name: 'files/x', sizeBytes: '1' } }),
    ],
    ['silence', () => undefined],
  ] as const satisfies readonly (readonly [
    string,
    (response: import('node:http').ServerResponse) => void,
  ])[])('asks where it stands after %s', async ([, answer]) => {
    const input = await inputFile(1000);
    const server = await startUploadServer({ sends: [{ answer }] });
    const uploaded = await serviceAt(server.url, { deadlines: SHORT }).uploadFile(
      uploadOf(input).request,
      noSignal,
    );
    expect(uploaded).toMatchObject({ ok: true });
    expect(server.calls).toEqual(['start', 'send 0', 'query', 'send 1000']);
  });

  test.for([
    ['429', (response) => reply(response, 429, googleError(429, 'RESOURCE_EXHAUSTED', 'x')), 'rate_limited'],
    [
      '429 storage',
      (response) => reply(response, 429, googleError(429, 'RESOURCE_EXHAUSTED', 'file_storage_bytes')),
      'storage_full',
    ],
    [
      '400 key',
      (response) => reply(response, 400, googleError(400, 'INVALID_ARGUMENT', 'API key not valid.')),
      'key_refused',
    ],
    [
      '400 final',
      (response) =>
        reply(response, 400, googleError(400, 'INVALID_ARGUMENT', 'no'), { 'x-goog-upload-status': 'final' }),
      'refused',
    ],
    [
      '200 storage',
      (response) =>
        reply(response, 200, googleError(429, 'RESOURCE_EXHAUSTED', 'file_storage_bytes'), {
          'x-goog-upload-status': 'final',
        }),
      'storage_full',
    ],
  ] as const satisfies readonly (readonly [
    string,
    (response: import('node:http').ServerResponse) => void,
    string,
  ])[])('ends the call after %s', async ([, answer, kind]) => {
    const input = await inputFile(1000);
    const server = await startUploadServer({ sends: [{ answer }] });
    const uploaded = await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal);
    expect(uploaded).toMatchObject({ ok: false, failure: { kind } });
    expect(server.calls).toEqual(['start', 'send 0']);
  });

  test('gives up a server that never gets further', async () => {
    const input = await inputFile(1000);
    const answer = (response: import('node:http').ServerResponse): void => reply(response, 503);
    const server = await startUploadServer({ sends: Array.from({ length: 50 }, () => ({ answer })) });
    const uploaded = await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal);
    expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'unavailable', httpStatus: 503 } });
    expect(server.calls.length).toBeLessThan(12);
  });

  test('starts at most three sessions, and forgets each dead one', async () => {
    const input = await inputFile(1000);
    const answer = (response: import('node:http').ServerResponse): void =>
      reply(response, 400, 'Upload has already been terminated.', { 'content-type': 'text/plain' });
    const server = await startUploadServer({ sends: Array.from({ length: 9 }, () => ({ answer })) });
    const { request, sessions } = uploadOf(input);
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable' },
    });
    expect(server.sessions()).toBe(3);
    expect(sessions.map((url) => url === undefined)).toEqual([false, true, false, true, false, true]);
  });

  test.for([
    ['an unknown session', 'UNKNOWN'],
    ['one that has more than the file', 'TOO_MUCH'],
    ['one that does not say how much', 'NO_COUNT'],
    ['one that was cancelled', 'CANCELLED'],
  ] as const)('begins again after %s', async ([, what]) => {
    const input = await inputFile(1000);
    const server = await startUploadServer({
      onQuery: (response) => {
        if (what === 'UNKNOWN') reply(response, 404, 'Not Found', { 'content-type': 'text/plain' });
        if (what === 'CANCELLED') reply(response, 200, '', { 'x-goog-upload-status': 'cancelled' });
        const active = { 'x-goog-upload-status': 'active' };
        if (what === 'TOO_MUCH')
          reply(response, 200, '', { ...active, 'x-goog-upload-size-received': '1001' });
        if (what === 'NO_COUNT') reply(response, 200, '', active);
        return true;
      },
    });
    const sessionUrl = `${server.url}/upload/v1beta/files?upload_id=s77`;
    const { request, sessions } = uploadOf(input, { sessionUrl });
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({ ok: true });
    expect(server.calls).toEqual(['query', 'get', 'start', 'send 0']);
    expect(sessions[0]).toBeUndefined();
  });

  test('adopts the file of a session that died by being completed', async () => {
    const input = await inputFile(1000);
    const done = { name: 'files/bs1-a-00001', sizeBytes: '1000', sha256Hash: input.sha256, state: 'ACTIVE' };
    const server = await startUploadServer({ getFile: (response) => reply(response, 200, done) });
    const { request } = uploadOf(input, { sessionUrl: `${server.url}/upload/v1beta/files?upload_id=s9` });
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({ ok: true });
    expect(server.calls).toEqual(['query', 'get']);
  });

  test('sends nothing to a session on another server', async () => {
    const input = await inputFile(1000);
    const thief = await scripted((_, response) => reply(response, 200));
    const server = await startUploadServer({ sessionOrigin: thief.url });
    const { request, sessions } = uploadOf(input);
    const uploaded = await serviceAt(server.url).uploadFile(request, noSignal);
    expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'refused', reason: 'FOREIGN_SESSION' } });
    expect(JSON.stringify(uploaded)).not.toContain('upload_id');
    expect(sessions).toEqual([]);

    const stored = uploadOf(input, { sessionUrl: `${thief.url}/upload/v1beta/files?upload_id=s0` });
    await serviceAt((await startUploadServer()).url).uploadFile(stored.request, noSignal);
    expect(stored.sessions[0]).toBeUndefined();
    expect(thief.seen).toHaveLength(0);
  });

  test('stops at once when it is aborted, and leaves the session to be continued', async () => {
    const input = await inputFile(8 * MIB);
    const controller = new AbortController();
    const reason = new Error('stop');
    const server = await startUploadServer();
    const { request, sessions } = uploadOf(input, {
      onProgress: (sent) => sent > 0 && controller.abort(reason),
    });
    await expect(serviceAt(server.url).uploadFile(request, controller.signal)).rejects.toBe(reason);
    expect(sessions).toEqual([expect.stringContaining('upload_id=s0')]);
    const descriptors = await open(input.path, 'r');
    await descriptors.close();
    const again = uploadOf(input, { sessionUrl: sessions[0] });
    expect(await serviceAt(server.url).uploadFile(again.request, noSignal)).toMatchObject({ ok: true });
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });
});
