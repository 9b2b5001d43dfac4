import { describe, expect, test, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import type { EmbedRequest } from '../../src/model/service.ts';
import { noSignal, scripted, serviceAt, TEST_KEY } from './fixtures.ts';
import { googleError, reply } from './scripted-server.ts';
import { JOB } from './hostile-answers.ts';

const REQUEST: EmbedRequest = {
  model: 'gemini-embedding-001',
  texts: ['one', 'two'],
  taskType: 'SEMANTIC_SIMILARITY',
  dimensions: 3,
};

async function embedFrom(body: unknown, status = 200): Promise<unknown> {
  const server = await scripted((_, response) => reply(response, status, body));
  return await serviceAt(server.url).embedTexts?.(REQUEST, noSignal);
}

describe('createJob() for an embedding model', () => {
  test('sends one request to the method of embeddings, and says nothing on the console', async () => {
    const warn = vi.spyOn(console, 'warn');
    const server = await scripted((_, response) => reply(response, 200, JOB));
    const created = await serviceAt(server.url).createJob({
      model: 'gemini-embedding-001',
      displayName: 'bs1/a/1',
      fileName: 'files/bs1-a-00001',
    });
    expect(created).toMatchObject({ ok: true, value: { name: 'batches/abc123' } });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: '/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent',
    });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-goog-api-key': TEST_KEY });
    expect(JSON.parse(server.seen[0]?.body.toString() ?? '')).toEqual({
      batch: { inputConfig: { fileName: 'files/bs1-a-00001' }, displayName: 'bs1/a/1' },
    });
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('embedTexts()', () => {
  test('asks for all texts at once, and gives their vectors in order', async () => {
    const server = await scripted((_, response) =>
      reply(response, 200, { embeddings: [{ values: [1, 0, 0] }, { values: [0, 0.5, 0] }] }),
    );
    const answer = await serviceAt(server.url).embedTexts?.(REQUEST, noSignal);
    expect(answer).toEqual({
      ok: true,
      value: [Float32Array.from([1, 0, 0]), Float32Array.from([0, 0.5, 0])],
    });
    expect(server.seen[0]?.path).toBe('/v1beta/models/gemini-embedding-001:batchEmbedContents');
    expect(JSON.parse(server.seen[0]?.body.toString() ?? '')).toEqual({
      requests: ['one', 'two'].map((text) => ({
        model: 'models/gemini-embedding-001',
        content: { parts: [{ text }] },
        taskType: 'SEMANTIC_SIMILARITY',
        outputDimensionality: 3,
      })),
    });
  });

  test.for([
    [{}, 'the answer holds 0 embeddings for 2 texts'],
    [{ embeddings: [{ values: [1, 0, 0] }] }, 'the answer holds 1 embeddings for 2 texts'],
    [{ embeddings: [{ values: [1, 0, 0] }, {}] }, 'an embedding holds no numbers'],
    [
      { embeddings: [{ values: [1, 0] }, { values: [1, 0, 0] }] },
      'an embedding has 2 dimensions where 3 were asked for',
    ],
    [
      { embeddings: [{ values: [1, 0, 'NaN'] }, { values: [1, 0, 0] }] },
      'an embedding holds something else than numbers',
    ],
    [
      { embeddings: [{ values: [1, 0, 1e39] }, { values: [1, 0, 0] }] },
      'an embedding holds something else than numbers',
    ],
    [
      { embeddings: [{ values: [0, 0, 0] }, { values: [1, 0, 0] }] },
      'an embedding is zero in every dimension',
    ],
  ] as const)('takes no vector that could not be compared: %j', async ([body, message]) => {
    expect(await embedFrom(body)).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable', reason: 'MALFORMED_ANSWER', message },
    });
  });

  test.for([
    [429, 'RESOURCE_EXHAUSTED', 'quota', 'rate_limited'],
    [404, 'NOT_FOUND', 'models/x is not found for API version v1beta', 'model_unknown'],
    [400, 'INVALID_ARGUMENT', 'no', 'refused'],
    [503, 'UNAVAILABLE', 'later', 'unavailable'],
  ] as const)('tells what %i %s means', async ([status, word, message, kind]) => {
    expect(await embedFrom(googleError(status, word, message), status)).toMatchObject({
      ok: false,
      failure: { kind },
    });
  });

  test('finds texts that share words near each other on the emulator', async () => {
    const emulator = await startEmulator({});
    try {
      const texts = ['the dam was built in 1911', 'In 1911 the dam was finished', 'bees make honey'];
      const request = { ...REQUEST, texts, dimensions: 768 };
      const answer = await serviceAt(emulator.url).embedTexts?.(request, noSignal);
      if (answer?.ok !== true) throw new Error('no vectors');
      const [one, other, third] = answer.value;
      const product = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number =>
        a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
      // Below 3072 dimensions this model gives no unit vectors.
      expect(Math.sqrt(product(one, one))).toBeCloseTo(0.7, 5);
      expect(product(one, other)).toBeGreaterThan(0.6 * product(one, one));
      expect(Math.abs(product(one, third))).toBeLessThan(0.2 * product(one, one));
    } finally {
      await emulator.close();
    }
  });
});
