import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noSignal, scripted, serviceAt, sha256, temporaryDirectory, TEST_KEY } from './fixtures.ts';
import { googleError, reply, type Script } from './scripted-server.ts';
import { BODY, download, FILE, send } from './download-call.ts';

const ETAG = '"v1"';

/** Announces the whole body, sends a part, and breaks the connection. */
function cut(
  response: ServerResponse,
  bytes: Buffer,
  announced: number,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): void {
  response.writeHead(status, { 'content-length': `${announced}`, ...headers });
  response.write(bytes, () => setImmediate(() => response.socket?.resetAndDestroy()));
}

describe('downloadResult() of a file', () => {
  test('writes the bytes as sent, readable by the owner only, with their hash', async () => {
    const server = await scripted((_, response) => send(response, 200, BODY));
    const { result, path } = await download(server);
    expect(result).toEqual({ ok: true, value: { sizeBytes: BODY.length, sha256: sha256(BODY) } });
    expect((await readFile(path)).equals(BODY)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(server.seen.map((request) => request.path)).toEqual([
      '/v1beta/files/batch-abc:download?alt=media',
    ]);
    expect(server.seen[0]?.headers).toMatchObject({
      'x-goog-api-key': TEST_KEY,
      'accept-encoding': 'identity',
    });
  });

  test.for([0, 1, 65_536, 1024 * 1024, 3 * 1024 * 1024 + 1])('writes %i bytes in chunks', async (size) => {
    const body = Buffer.alloc(size, 'abcdefg\n');
    const server = await scripted((_, response) => {
      response.writeHead(200);
      response.end(body);
    });
    expect((await download(server)).result).toEqual({
      ok: true,
      value: { sizeBytes: size, sha256: sha256(body) },
    });
  });

  test('continues by Range when the server gave an ETag', async () => {
    const server = await scripted((request, response, index) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const rest = BODY.subarray(from);
      const headers = {
        etag: ETAG,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}` } : {}),
      };
      const status = from > 0 ? 206 : 200;
      if (index < 2) cut(response, rest.subarray(0, 100_000), rest.length, headers, status);
      else send(response, status, rest, headers);
    });
    const { result, path } = await download(server);
    expect(result).toEqual({ ok: true, value: { sizeBytes: BODY.length, sha256: sha256(BODY) } });
    expect((await readFile(path)).equals(BODY)).toBe(true);
    expect(server.seen.map((request) => [request.headers.range, request.headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=100000-', ETAG],
      ['bytes=200000-', ETAG],
    ]);
  });

  test.for([
    ['no ETag', {}, undefined],
    ['a weak ETag', { etag: 'W/"v1"' }, undefined],
    ['a whole answer to a range', { etag: ETAG }, { status: 200, headers: {} }],
    [
      'a range from elsewhere',
      { etag: ETAG },
      { status: 206, headers: { 'content-range': `bytes 5-${BODY.length - 1}/${BODY.length}` } },
    ],
    [
      'a range of another version',
      { etag: ETAG },
      {
        status: 206,
        headers: { etag: '"v2"', 'content-range': `bytes 100000-${BODY.length - 1}/${BODY.length}` },
      },
    ],
    ['a range without its place', { etag: ETAG }, { status: 206, headers: {} }],
    ['416', { etag: ETAG }, { status: 416, headers: {} }],
  ] as const)('begins again after a break and %s', async ([, first, ranged]) => {
    const server = await scripted((request, response, index) => {
      if (index === 0) cut(response, BODY.subarray(0, 100_000), BODY.length, { ...first });
      else if (request.headers.range !== undefined && ranged !== undefined) {
        const start = /^bytes (\d+)-/.exec(Object.values(ranged.headers).at(-1) ?? '')?.[1];
        const body = ranged.status === 200 ? BODY : BODY.subarray(Number(start ?? 100_000));
        send(response, ranged.status, body, { ...ranged.headers });
      } else send(response, 200, BODY);
    });
    const { result, path } = await download(server);
    expect(result).toEqual({ ok: true, value: { sizeBytes: BODY.length, sha256: sha256(BODY) } });
    expect((await readFile(path)).equals(BODY)).toBe(true);
  });

  test.for([
    ['a reset', (_, response) => cut(response, BODY.subarray(0, 1000), BODY.length)],
    [
      'a chunked body that is cut',
      (_, response) => {
        response.writeHead(200);
        response.write(BODY.subarray(0, 1000), () => setImmediate(() => response.socket?.destroy()));
      },
    ],
    [
      'a body that stops',
      (_, response) => {
        response.writeHead(200, { 'content-length': '5000' });
        response.write('{');
      },
    ],
    ['silence', () => undefined],
    [
      'a body without an end',
      (_, response) => {
        response.socket?.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"key":"a"}\n');
      },
    ],
    ['a compressed body', (_, response) => send(response, 200, BODY, { 'content-encoding': 'gzip' })],
    [
      'HTML under 200',
      (_, response) => reply(response, 200, '<html>login</html>', { 'content-type': 'text/html' }),
    ],
    ['an error under 200', (_, response) => reply(response, 200, googleError(500, 'INTERNAL', 'x'))],
    [
      'an error list under 200',
      (_, response) => reply(response, 200, [googleError(503, 'UNAVAILABLE', 'x')]),
    ],
    ['503', (_, response) => reply(response, 503, googleError(503, 'UNAVAILABLE', 'x'))],
    ['204', (_, response) => reply(response, 204)],
    ['206 unasked', (_, response) => send(response, 206, BODY)],
    ['a proxy 403', (_, response) => reply(response, 403, '<html>no</html>')],
    ['a redirect to nowhere', (_, response) => reply(response, 302)],
    [
      'a redirect to plain http',
      (_, response) => reply(response, 302, '', { location: 'http://storage.googleapis.com/x' }),
    ],
    [
      'a redirect to a stranger',
      (_, response) => reply(response, 302, '', { location: 'https://example.com/x' }),
    ],
    ['a redirect to a file', (_, response) => reply(response, 302, '', { location: 'file:///etc/passwd' })],
  ] as const satisfies readonly (readonly [string, Script])[])(
    'leaves nothing behind after %s',
    async ([, script]) => {
      const server = await scripted(script);
      const { result, left } = await download(server);
      expect(result).toMatchObject({ ok: false, failure: { kind: 'unavailable' } });
      expect(left).toEqual([]);
      expect(server.seen.length).toBeLessThanOrEqual(4);
    },
  );

  test.for([
    [
      403,
      googleError(403, 'PERMISSION_DENIED', 'You do not have permission to access the File'),
      'not_found',
      1,
    ],
    [404, googleError(404, 'NOT_FOUND', 'Requested entity was not found.'), 'not_found', 2],
    [200, googleError(404, 'NOT_FOUND', 'gone'), 'not_found', 2],
    [401, googleError(401, 'UNAUTHENTICATED', 'x'), 'key_refused', 1],
    [400, googleError(400, 'INVALID_ARGUMENT', 'API key not valid.'), 'key_refused', 1],
    [429, googleError(429, 'RESOURCE_EXHAUSTED', 'x'), 'rate_limited', 1],
  ] as const)('takes %i %j for %s', async ([status, body, kind, requests]) => {
    const server = await scripted((_, response) => reply(response, status, body));
    const { result, left } = await download(server);
    expect(result).toMatchObject({ ok: false, failure: { kind } });
    expect(left).toEqual([]);
    expect(server.seen).toHaveLength(requests);
  });

  test.for([
    '{"error":{"code":4,"message":"Deadline expired"}}\n',
    '{"error":{"code":400,"status":"INVALID_ARGUMENT"},"key":"a"}\n',
    '{"key":"a","error":{"code":500}}\n',
    '{"response":{}}\n',
    '{"error":{"code":500}}\n{"error":{"code":500}}\n',
    'anything else\n',
  ])('takes %j for results', async (body) => {
    const server = await scripted((_, response) => reply(response, 200, body));
    const { result, path } = await download(server);
    expect(result).toMatchObject({ ok: true, value: { sizeBytes: body.length } });
    expect(await readFile(path, 'utf8')).toBe(body);
  });

  test('neither overwrites nor removes what is at the path', async () => {
    const server = await scripted((_, response) => send(response, 200, BODY));
    const path = join(await temporaryDirectory(), 'result.jsonl');
    await writeFile(path, 'precious');
    const service = serviceAt(server.url);
    await expect(service.downloadResult('batches/abc', FILE, path, noSignal)).rejects.toMatchObject({
      code: 'E_DISK',
    });
    expect(await readFile(path, 'utf8')).toBe('precious');
    await mkdir(`${path}.d`);
    await expect(service.downloadResult('batches/abc', FILE, `${path}.d`, noSignal)).rejects.toMatchObject({
      code: 'E_DISK',
    });
    expect(server.seen).toHaveLength(0);
  });

  test('does not take a full disk for a broken network', async () => {
    const server = await scripted((_, response) => send(response, 200, Buffer.alloc(3 * 1024 * 1024, 'x\n')));
    const path = join(await temporaryDirectory(), 'result.jsonl');
    const probe = await open(`${path}.probe`, 'w');
    const prototype = Object.getPrototypeOf(probe) as { writev: unknown };
    await probe.close();
    const { writev } = prototype;
    prototype.writev = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    try {
      const writing = serviceAt(server.url).downloadResult('batches/abc', FILE, path, noSignal);
      await expect(writing).rejects.toMatchObject({ code: 'E_DISK', cause: { code: 'ENOSPC' } });
    } finally {
      prototype.writev = writev;
    }
    expect(await readdir(dirname(path))).toEqual(['result.jsonl.probe']);
    expect(server.seen).toHaveLength(1);
  });

  test('stops at once when it is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const server = await scripted((_, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('{', () => controller.abort(reason));
    });
    const path = join(await temporaryDirectory(), 'result.jsonl');
    const service = serviceAt(server.url);
    await expect(service.downloadResult('batches/abc', FILE, path, controller.signal)).rejects.toBe(reason);
    expect(await readdir(dirname(path))).toEqual([]);
  });
});
