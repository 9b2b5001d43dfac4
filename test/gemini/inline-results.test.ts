import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noSignal, scripted, serviceAt, sha256, temporaryDirectory } from './fixtures.ts';
import { reply } from './scripted-server.ts';

describe('downloadResult() of inline results', () => {
  const entries = [
    { response: { candidates: [{ text: 'a\u2028b' }] }, metadata: { key: 'r2' } },
    { metadata: { key: 'r1' }, error: { code: 4, message: 'Deadline expired' } },
    { response: { candidates: [] } },
  ];

  test.for([
    ['response', { response: { inlinedResponses: { inlinedResponses: entries } } }],
    ['metadata.output', { metadata: { output: { inlinedResponses: { inlinedResponses: entries } } } }],
    ['a single wrapping', { response: { inlinedResponses: entries } }],
    ['embeddings', { response: { inlinedEmbedContentResponses: { inlinedResponses: entries } } }],
  ] as const)('writes one line each, in the order sent, from %s', async ([, job]) => {
    const server = await scripted((_, response) =>
      reply(response, 200, { name: 'batches/abc', done: true, ...job }),
    );
    const path = join(await temporaryDirectory(), 'result.jsonl');
    const result = await serviceAt(server.url).downloadResult(
      'batches/abc',
      { kind: 'inline' },
      path,
      noSignal,
    );
    const text = await readFile(path, 'utf8');
    expect(text).toBe(
      '{"key":"r2","response":{"candidates":[{"text":"a\u2028b"}]}}\n' +
        '{"key":"r1","error":{"code":4,"message":"Deadline expired"}}\n' +
        '{"response":{"candidates":[]}}\n',
    );
    const bytes = Buffer.from(text);
    expect(result).toEqual({ ok: true, value: { sizeBytes: bytes.length, sha256: sha256(bytes) } });
  });

  test('finds nothing in a job without them', async () => {
    const server = await scripted((_, response) => reply(response, 200, { name: 'batches/abc', done: true }));
    const path = join(await temporaryDirectory(), 'result.jsonl');
    const result = await serviceAt(server.url).downloadResult(
      'batches/abc',
      { kind: 'inline' },
      path,
      noSignal,
    );
    expect(result).toMatchObject({ ok: false, failure: { kind: 'not_found' } });
    expect(await readdir(dirname(path))).toEqual([]);
  });
});
