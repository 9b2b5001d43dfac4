import { describe, expect, test } from 'vitest';
import { noSignal, scripted, serviceAt, TEST_KEY } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';
import { deadlinesFor, HOSTILE, JOB } from './hostile-answers.ts';

describe('getJob(), listJobs() and cancelJob()', () => {
  test.for(HOSTILE.filter(([what]) => what !== 'an empty object'))(
    'say that the service is unavailable after %s',
    async ([what, script]) => {
      const server = await scripted(script);
      const service = serviceAt(server.url, { deadlines: deadlinesFor(what) });
      const listed = await service.listJobs(undefined, noSignal);
      const got = await service.getJob('batches/abc123', noSignal);
      const kind = what === '429 without a body' ? 'rate_limited' : 'unavailable';
      // Another job than expected is a good entry of a list.
      if (!what.startsWith('another') && !what.startsWith('a name') && !what.startsWith('a long')) {
        expect(listed).toMatchObject({ ok: false, failure: { kind } });
      }
      if (what !== 'another job' && what !== 'a huge body')
        expect(got).toMatchObject({ ok: false, failure: { kind } });
    },
  );

  test('listJobs() always asks for pages of 100 and passes the token on', async () => {
    const server = await scripted((_, response, index) =>
      reply(response, 200, index === 0 ? { operations: [JOB], nextPageToken: 'a+/=b' } : {}),
    );
    const service = serviceAt(server.url);
    const first = await service.listJobs(undefined, noSignal);
    expect(first).toMatchObject({
      ok: true,
      value: { jobs: [{ name: 'batches/abc123' }], nextPageToken: 'a+/=b' },
    });
    expect(await service.listJobs('a+/=b', noSignal)).toEqual({
      ok: true,
      value: { jobs: [], nextPageToken: undefined },
    });
    expect(server.seen.map((request) => request.path)).toEqual([
      '/v1beta/batches?pageSize=100',
      '/v1beta/batches?pageSize=100&pageToken=a%2B%2F%3Db',
    ]);
  });

  test('getJob() does not take the answer about another job', async () => {
    const server = await scripted((_, response) => reply(response, 200, { ...JOB, name: 'batches/other' }));
    expect(await serviceAt(server.url).getJob('batches/abc123', noSignal)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', reason: 'MALFORMED_ANSWER' },
    });
  });

  test('getJob() finds no job in a 404 of the service, but in one of a gateway it finds nothing', async () => {
    const server = await scripted((_, response, index) =>
      reply(
        response,
        404,
        index === 0 ? googleError(404, 'NOT_FOUND', 'Requested entity was not found.') : 'nginx',
      ),
    );
    const service = serviceAt(server.url);
    expect(await service.getJob('batches/abc123', noSignal)).toMatchObject({
      failure: { kind: 'not_found' },
    });
    expect(await service.getJob('batches/abc123', noSignal)).toMatchObject({
      failure: { kind: 'unavailable' },
    });
  });

  test('getJob() scrubs the reason of a failed job', async () => {
    const error = { code: 8, message: `quota of ${TEST_KEY}\u202e` };
    const server = await scripted((_, response) =>
      reply(response, 200, { name: 'batches/abc123', done: true, error }),
    );
    expect(await serviceAt(server.url).getJob('batches/abc123', noSignal)).toMatchObject({
      value: { state: 'failed', error: { code: 8, message: 'quota of [redacted]' } },
    });
  });

  test('cancelJob() accepts an empty answer', async () => {
    const server = await scripted((_, response) => reply(response, 200, {}));
    expect(await serviceAt(server.url).cancelJob('batches/abc123', noSignal)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v1beta/batches/abc123:cancel' });
  });

  test.for([
    [200, {}, 'deleted'],
    [200, { name: 'operations/x', done: true }, 'deleted'],
    [200, '', 'deleted'],
    [404, googleError(404, 'NOT_FOUND', 'Requested entity was not found.'), 'deleted'],
    [404, 'nginx', 'unavailable'],
    [403, googleError(403, 'PERMISSION_DENIED', 'x'), 'refused'],
    [400, googleError(400, 'FAILED_PRECONDITION', 'x'), 'refused'],
    [500, '', 'unavailable'],
  ] as const)('deleteJob() answers %i %j with %s', async ([status, body, expected]) => {
    const server = await scripted((_, response) => reply(response, status, body));
    const deleted = await serviceAt(server.url).deleteJob('batches/abc123', noSignal);
    expect(deleted.ok ? 'deleted' : deleted.failure.kind).toBe(expected);
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/v1beta/batches/abc123' });
  });

  test('deleteJob() sends nothing for what is no name of a job', async () => {
    const server = await scripted((_, response) => reply(response, 200, {}));
    expect(await serviceAt(server.url).deleteJob('files/a', noSignal)).toMatchObject({
      failure: { kind: 'refused' },
    });
    expect(server.seen).toEqual([]);
  });

  test('an abort ends a call at once with its own reason', async () => {
    const controller = new AbortController();
    const reason = new Error('the user pressed Ctrl-C');
    const server = await scripted(() => controller.abort(reason));
    await expect(serviceAt(server.url).listJobs(undefined, controller.signal)).rejects.toBe(reason);
    await expect(serviceAt(server.url).getJob('batches/a', controller.signal)).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });
});
