import { describe, expect, test } from 'vitest';
import { createGeminiService } from '../../src/gemini/gemini-service.ts';
import { scripted, TEST_KEY } from './fixtures.ts';
import { reply } from './scripted-server.ts';

const HOSTILE = {
  GOOGLE_API_KEY: 'AIzaHostileKey000000000000',
  GEMINI_API_KEY: 'AIzaHostileKey111111111111',
  GOOGLE_GENAI_USE_VERTEXAI: 'true',
  GOOGLE_GENAI_USE_ENTERPRISE: 'false',
  GOOGLE_CLOUD_PROJECT: 'hostile-project',
  GOOGLE_CLOUD_LOCATION: 'eu',
  GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent.json',
};

describe('createGeminiService()', () => {
  test('takes nothing from the environment and prints nothing', async () => {
    const server = await scripted((_, response) => reply(response, 200, { name: 'batches/abc' }));
    const thief = await scripted((_, response) => reply(response, 200, { name: 'batches/stolen' }));
    const base = {
      GOOGLE_GEMINI_BASE_URL: thief.url,
      GOOGLE_VERTEX_BASE_URL: thief.url,
      HTTPS_PROXY: thief.url,
      HTTP_PROXY: thief.url,
    };
    const before = { ...process.env };
    const printed: unknown[] = [];
    const kept = {
      log: console.log,
      warn: console.warn,
      error: console.error,
      debug: console.debug,
      info: console.info,
    };
    Object.assign(process.env, HOSTILE, base);
    for (const name of ['log', 'warn', 'error', 'debug', 'info'] as const) {
      console[name] = (...values: unknown[]) => printed.push(values);
    }
    try {
      const service = createGeminiService({ apiKey: TEST_KEY, baseUrl: server.url });
      const created = await service.createJob({ model: 'm', displayName: 'd', fileName: 'files/a' });
      expect(created).toMatchObject({ ok: true, value: { name: 'batches/abc' } });
      await service.listJobs(undefined, new AbortController().signal);
      expect(process.env['GOOGLE_CLOUD_PROJECT']).toBe('hostile-project');
    } finally {
      Object.assign(console, kept);
      for (const name of [...Object.keys(HOSTILE), ...Object.keys(base)]) delete process.env[name];
      Object.assign(process.env, before);
    }
    expect(printed).toEqual([]);
    expect(thief.seen).toHaveLength(0);
    expect(server.seen.map((request) => request.headers['x-goog-api-key'])).toEqual([TEST_KEY, TEST_KEY]);
    expect(server.seen.map((request) => request.path)).toEqual([
      '/v1beta/models/m:batchGenerateContent',
      '/v1beta/batches?pageSize=100',
    ]);
  });

  test.for([
    ['http://example.com', 'E_CONFIG'],
    ['ftp://127.0.0.1', 'E_CONFIG'],
    ['https://user:pass@example.com', 'E_CONFIG'],
    ['https://example.com/?x=1', 'E_CONFIG'],
    ['not a url', 'E_CONFIG'],
    ['http://127.0.0.1.example.com', 'E_CONFIG'],
  ] as const)('does not take the base URL %s', ([baseUrl, code]) => {
    expect(() => createGeminiService({ apiKey: TEST_KEY, baseUrl })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test.for([[''], ['  '], ['a b'], ['a\nb'], ['schlüssel']] as const)(
    'does not take the key %j',
    ([apiKey]) => {
      expect(() => createGeminiService({ apiKey, baseUrl: 'https://example.com' })).toThrow(
        expect.objectContaining({ code: 'E_KEY_REFUSED' }),
      );
    },
  );

  test('takes plain http for this machine only, and keeps a path prefix', async () => {
    const server = await scripted((_, response) => reply(response, 200, {}));
    const service = createGeminiService({ apiKey: TEST_KEY, baseUrl: `${server.url}/gateway/` });
    await service.listJobs(undefined, new AbortController().signal);
    expect(server.seen[0]?.path).toBe('/gateway/v1beta/batches?pageSize=100');
    for (const baseUrl of [
      'http://localhost:1',
      'http://[::1]:1',
      'http://127.1.2.3',
      'https://example.com',
    ]) {
      expect(() => createGeminiService({ apiKey: TEST_KEY, baseUrl })).not.toThrow();
    }
  });

  test('reports each request without its query', async () => {
    const infos: unknown[] = [];
    const server = await scripted((_, response) => reply(response, 200, {}, { 'x-request-id': 'r-1' }));
    const service = createGeminiService({
      apiKey: TEST_KEY,
      baseUrl: server.url,
      onRequest: (info) => infos.push(info),
    });
    await service.listJobs('secret-token', new AbortController().signal);
    expect(infos).toEqual([
      { method: 'GET', path: '/v1beta/batches', status: 200, ms: expect.any(Number), requestId: 'r-1' },
    ]);
  });
});
