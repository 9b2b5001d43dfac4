import { describe, expect, test } from 'vitest';
import { noSignal, scripted, serviceAt } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';

describe('getFile() and deleteFile()', () => {
  const file = { name: 'files/a-1', sizeBytes: '34', uri: 'https://h/v1beta/files/a-1', state: 'ACTIVE' };
  const absent = googleError(
    403,
    'PERMISSION_DENIED',
    'You do not have permission to access the File a-1 or it may not exist.',
  );
  const noKey = googleError(403, 'PERMISSION_DENIED', "Your API key doesn't have the required permissions.");

  test.for([
    ['NGE1ODM2N2U1ZDYwODNhMzk5OGU2MzNkYmI5ZmZhZGQ3ODkxM2Q2YWQzNzE4YmNmZDA2ZWFiNDUzYzcwZGRmYQ=='],
    [
      Buffer.from('4a58367e5d6083a3998e633dbb9ffadd78913d6ad3718bcfd06eab453c70ddfa', 'hex').toString(
        'base64',
      ),
    ],
    ['4A58367E5D6083A3998E633DBB9FFADD78913D6AD3718BCFD06EAB453C70DDFA'],
  ] as const)('getFile() reads the hash %s', async ([sha256Hash]) => {
    const server = await scripted((_, response) => reply(response, 200, { ...file, sha256Hash }));
    expect(await serviceAt(server.url).getFile('files/a-1', noSignal)).toMatchObject({
      value: {
        sizeBytes: 34,
        active: true,
        sha256: '4a58367e5d6083a3998e633dbb9ffadd78913d6ad3718bcfd06eab453c70ddfa',
      },
    });
  });

  test.for([
    [200, file, 'found'],
    [200, { ...file, sizeBytes: undefined }, 'unavailable'],
    [200, { ...file, name: 'x/y' }, 'unavailable'],
    [200, {}, 'unavailable'],
    [403, absent, 'absent'],
    [404, googleError(404, 'NOT_FOUND', 'x'), 'absent'],
    [403, noKey, 'key_refused'],
    [403, '<html>', 'unavailable'],
    [500, '', 'unavailable'],
  ] as const)('getFile() answers %i %j with %s', async ([status, body, expected]) => {
    const server = await scripted((_, response) => reply(response, status, body));
    const got = await serviceAt(server.url).getFile('files/a-1', noSignal);
    const seen = got.ok ? (got.value === undefined ? 'absent' : 'found') : got.failure.kind;
    expect(seen).toBe(expected);
  });

  test('deleteFile() succeeds for an absent file', async () => {
    const server = await scripted((_, response, index) =>
      reply(response, index === 0 ? 200 : 403, index === 0 ? {} : absent),
    );
    const service = serviceAt(server.url);
    expect(await service.deleteFile('files/a-1', noSignal)).toEqual({ ok: true, value: undefined });
    expect(await service.deleteFile('files/a-1', noSignal)).toEqual({ ok: true, value: undefined });
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/v1beta/files/a-1' });
    expect(await service.deleteFile('files/../a', noSignal)).toMatchObject({ failure: { kind: 'refused' } });
    expect(server.seen).toHaveLength(2);
  });

  test('listFiles() asks for pages of 100 and passes the token on', async () => {
    const server = await scripted((_, response, index) =>
      reply(response, 200, index === 0 ? { files: [file], nextPageToken: 'a+/=b' } : {}),
    );
    const service = serviceAt(server.url);
    expect(await service.listFiles(undefined, noSignal)).toMatchObject({
      ok: true,
      value: { files: [{ name: 'files/a-1', sizeBytes: 34 }], nextPageToken: 'a+/=b' },
    });
    expect(await service.listFiles('a+/=b', noSignal)).toEqual({
      ok: true,
      value: { files: [], nextPageToken: undefined },
    });
    expect(server.seen.map((request) => request.path)).toEqual([
      '/v1beta/files?pageSize=100',
      '/v1beta/files?pageSize=100&pageToken=a%2B%2F%3Db',
    ]);
  });

  test('listFiles() leaves out an entry that is no file we know, and keeps the others', async () => {
    const entries = [{ name: 'other/x', sizeBytes: '1' }, file, { name: 'files/no-size' }, 'text'];
    const server = await scripted((_, response) => reply(response, 200, { files: entries }));
    const listed = await serviceAt(server.url).listFiles(undefined, noSignal);
    expect(listed.ok && listed.value.files.map(({ name }) => name)).toEqual(['files/a-1']);
  });

  test.for([
    [200, { files: {} }, 'unavailable'],
    [200, { nextPageToken: 7 }, 'unavailable'],
    [200, { other: [] }, 'unavailable'],
    [200, '<html>', 'unavailable'],
    [403, noKey, 'key_refused'],
    [404, googleError(404, 'NOT_FOUND', 'x'), 'refused'],
    [500, '', 'unavailable'],
  ] as const)('listFiles() answers %i %j with %s', async ([status, body, kind]) => {
    const server = await scripted((_, response) => reply(response, status, body));
    expect(await serviceAt(server.url).listFiles(undefined, noSignal)).toMatchObject({ failure: { kind } });
  });
});
