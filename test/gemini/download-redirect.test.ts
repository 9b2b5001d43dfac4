import { describe, expect, test } from 'vitest';
import { scripted, sha256, TEST_KEY } from './fixtures.ts';
import { reply } from './scripted-server.ts';
import { BODY, download, send } from './download-call.ts';

describe('downloadResult() of a file somewhere else', () => {
  test.for([400, 404])('tries the second address when the first is answered by %i', async (status) => {
    const server = await scripted((request, response) => {
      if (request.path.startsWith('/download/')) send(response, 200, BODY);
      else reply(response, status, 'no such route');
    });
    const { result } = await download(server);
    expect(result).toMatchObject({ ok: true, value: { sha256: sha256(BODY) } });
    expect(server.seen.map((request) => request.path)).toEqual([
      '/v1beta/files/batch-abc:download?alt=media',
      '/download/v1beta/files/batch-abc:download?alt=media',
    ]);
  });

  test.for([301, 302, 303, 307, 308])(
    'follows a %i to another port of this machine without the key',
    async (status) => {
      const other = await scripted((_, response) => send(response, 200, BODY));
      const server = await scripted((_, response) =>
        reply(response, status, '', { location: `${other.url}/elsewhere` }),
      );
      const { result } = await download(server);
      expect(result).toMatchObject({ ok: true, value: { sha256: sha256(BODY) } });
      expect(other.seen).toHaveLength(1);
      expect(JSON.stringify(other.seen[0]?.headers)).not.toContain(TEST_KEY);
    },
  );

  test('keeps the key on the way within the configured origin, and takes three hops at most', async () => {
    const server = await scripted((request, response) => {
      const hop = Number(/hop=(\d+)/.exec(request.path)?.[1] ?? 0);
      if (hop < 3) reply(response, 302, '', { location: `/v1beta/x?hop=${hop + 1}` });
      else send(response, 200, BODY);
    });
    expect((await download(server)).result).toMatchObject({ ok: true });
    expect(server.seen.every((request) => request.headers['x-goog-api-key'] === TEST_KEY)).toBe(true);
    const loop = await scripted((_, response) => reply(response, 302, '', { location: '/again' }));
    expect((await download(loop)).result).toMatchObject({ failure: { reason: 'REDIRECT_REFUSED' } });
    expect(loop.seen).toHaveLength(4);
  });
});
