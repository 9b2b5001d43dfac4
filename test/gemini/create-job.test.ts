import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { CreateRequest } from '../../src/model/service.ts';
import { noSignal, scripted, serviceAt, TEST_KEY } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';
import { deadlinesFor, HOSTILE, JOB } from './hostile-answers.ts';

const CREATE: CreateRequest = {
  model: 'gemini-2.5-flash',
  displayName: 'bs1/a/1',
  fileName: 'files/bs1-a-00001',
};

describe('createJob()', () => {
  test('sends one request that names the file and the display name, and reads the job', async () => {
    const server = await scripted((_, response) => reply(response, 200, JOB));
    const created = await serviceAt(server.url, { userAgent: 'batch-submit/1.0' }).createJob(CREATE);
    expect(created).toMatchObject({
      ok: true,
      value: {
        name: 'batches/abc123',
        inputFile: 'files/bs1-a-00001',
        state: 'pending',
        stats: { requests: 2 },
      },
    });
    expect(server.seen).toHaveLength(1);
    const [sent] = server.seen;
    expect(sent).toMatchObject({
      method: 'POST',
      path: '/v1beta/models/gemini-2.5-flash:batchGenerateContent',
    });
    expect(sent?.headers).toMatchObject({ 'x-goog-api-key': TEST_KEY, 'user-agent': 'batch-submit/1.0' });
    expect(JSON.parse(sent?.body.toString() ?? '')).toEqual({
      batch: { inputConfig: { fileName: 'files/bs1-a-00001' }, displayName: 'bs1/a/1' },
    });
  });

  test.for(HOSTILE)('does not know the outcome after %s, and sends nothing twice', async ([what, script]) => {
    const server = await scripted(script);
    const created = await serviceAt(server.url, { deadlines: deadlinesFor(what) }).createJob(CREATE);
    expect(created).toMatchObject({ ok: false, failure: { kind: 'unknown_outcome' } });
    expect(server.seen).toHaveLength(1);
  });

  test.for([301, 302, 303, 307, 308])(
    'does not follow a %i, and shows the other port nothing',
    async (status) => {
      const other = await scripted((_, response) => reply(response, 200, JOB));
      const server = await scripted((_, response) =>
        reply(response, status, '', { location: `${other.url}/v1beta/x` }),
      );
      const created = await serviceAt(server.url).createJob(CREATE);
      expect(created).toMatchObject({
        ok: false,
        failure: { kind: 'unknown_outcome', reason: `HTTP_${status}` },
      });
      expect(server.seen).toHaveLength(1);
      expect(other.seen).toHaveLength(0);
    },
  );

  test.for([
    [400, 'INVALID_ARGUMENT', 'bad', 'refused'],
    [401, 'UNAUTHENTICATED', 'no', 'key_refused'],
    [
      403,
      'PERMISSION_DENIED',
      'You do not have permission to access the File x or it may not exist.',
      'not_found',
    ],
    [404, 'NOT_FOUND', 'models/x is not found for API version v1beta', 'model_unknown'],
    [429, 'RESOURCE_EXHAUSTED', 'quota', 'rate_limited'],
  ] as const)('takes %i %s for an answer, and sends nothing twice', async ([status, word, message, kind]) => {
    const server = await scripted((_, response) =>
      reply(response, status, googleError(status, word, message)),
    );
    expect(await serviceAt(server.url).createJob(CREATE)).toMatchObject({ ok: false, failure: { kind } });
    expect(server.seen).toHaveLength(1);
  });

  test('knows that nothing was sent to a closed port or an unknown host', async () => {
    const server = await scripted(() => undefined);
    await server.close();
    const refused = await serviceAt(server.url).createJob(CREATE);
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'not_sent', reason: 'ECONNREFUSED' } });
    const nowhere = await serviceAt('https://service.invalid').createJob(CREATE);
    expect(nowhere).toMatchObject({ ok: false, failure: { kind: 'not_sent' } });
  });

  test('knows that nothing was sent when the TLS handshake fails or does not end', async () => {
    const plain = createServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const silent = createServer(() => undefined);
    for (const server of [plain, silent]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const service = serviceAt(`https://127.0.0.1:${port}`, { deadlines: { connectMs: 60 } });
      expect(await service.createJob(CREATE)).toMatchObject({ ok: false, failure: { kind: 'not_sent' } });
      server.close();
    }
  });

  test('uses a new connection each time, so that a kept one cannot die under it', async () => {
    const ports = new Set<number | undefined>();
    const server = await scripted((_, response) => {
      ports.add(response.socket?.remotePort);
      reply(response, 200, JOB);
    });
    const service = serviceAt(server.url);
    for (let count = 0; count < 3; count += 1) await service.createJob(CREATE);
    expect(ports.size).toBe(3);
  });

  test('refuses names that are no names without sending anything', async () => {
    const server = await scripted((_, response) => reply(response, 200, JOB));
    const service = serviceAt(server.url);
    for (const model of ['../x', 'a b', 'a?b', '', 'models/', 'x\u0000']) {
      expect(await service.createJob({ ...CREATE, model })).toMatchObject({
        ok: false,
        failure: { kind: 'refused' },
      });
    }
    expect(await service.createJob({ ...CREATE, fileName: 'files/../x' })).toMatchObject({ ok: false });
    expect(server.seen).toHaveLength(0);
  });

  test('never repeats the key that a server echoes', async () => {
    const echo = `key ${TEST_KEY} at https://h/upload?upload_id=AAVLsecret&x=1 \u001b[31m${'y'.repeat(5000)}`;
    const server = await scripted((request, response) => {
      const status = request.method === 'POST' ? 400 : 503;
      reply(response, status, googleError(status, status === 400 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE', echo));
    });
    const service = serviceAt(server.url);
    for (const result of [await service.createJob(CREATE), await service.listJobs(undefined, noSignal)]) {
      if (result.ok) throw new Error('it must fail');
      const text = JSON.stringify(result.failure);
      expect(text).not.toContain(TEST_KEY.slice(4, 20));
      expect(text).not.toContain('AAVLsecret');
      expect(text).not.toContain('\\u001b');
      expect(result.failure.message.length).toBeLessThanOrEqual(2000);
    }
  });
});
