import { expect, test } from 'vitest';
import { type Body, inputLine, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

const CREATE = '/v1beta/models/gemini-2.5-flash:batchGenerateContent';

test('damage is known once results are written, and over HTTP like in code', async () => {
  const { api, clock, emulator } = await startTestBed({ damage: { missing: 0.3, error: 0.3, foreign: 0.3 } });
  const first = await api.submit(20, 'first');
  const second = await api.submit(20, 'second');
  clock.advance(10_000);
  expect(emulator.damaged()).toEqual([]);
  await api.results(second.name);
  const early = emulator.damaged();
  expect(new Set(early.map(({ displayName }) => displayName))).toEqual(new Set(['second']));
  await api.results(first.name);
  await api.results(second.name);
  const all = emulator.damaged();
  expect([...new Set(all.map(({ job }) => job))]).toEqual([first.name, second.name]);
  expect(all.slice(-early.length)).toEqual(early);
  const { body } = await api.call('/_emulator/damaged');
  expect(body).toEqual({ damaged: JSON.parse(JSON.stringify(all)) });
});

test('the second half of a job that was cancelled is not called damaged', async () => {
  const { api, clock, emulator } = await startTestBed({ damage: { truncated: 1 } });
  const { name } = await api.submit(20);
  clock.advance(7500);
  await api.call(`/v1beta/${name}:cancel`, { method: 'POST' });
  const lines = await api.results(name);
  const truncated = lines.filter(({ response }) => response !== undefined).map(({ key }) => key);
  expect(truncated.length).toBeGreaterThan(0);
  expect(truncated.length).toBeLessThan(20);
  expect(emulator.damaged().map(({ key }) => key)).toEqual(truncated);
});

test('inline results are damaged too, except by what needs a file', async () => {
  const { api, clock, emulator } = await startTestBed({
    damage: { conflicting: 0.4, garbled: 0.3, foreign: 1, blocked: 0.5 },
  });
  const requests = Array.from({ length: 40 }, (_, index) => ({
    request: inputLine(`k${index}`).request,
    metadata: { key: `k${index}` },
  }));
  const { body } = await api.post(CREATE, {
    batch: { displayName: 'inline', inputConfig: { requests: { requests } } },
  });
  clock.advance(10_000);
  const results: readonly Body[] = (await api.job(body.name)).response.inlinedResponses.inlinedResponses;
  const count = (key: string): number => results.filter(({ metadata }) => metadata.key === key).length;
  const truth = emulator.damaged();
  expect(new Set(truth.flatMap(({ kinds }) => kinds))).toEqual(new Set(['blocked', 'conflicting']));
  for (const { metadata } of requests) {
    const kinds = truth.find(({ key }) => key === metadata.key)?.kinds ?? [];
    expect(count(metadata.key), metadata.key).toBe(kinds.includes('conflicting') ? 2 : 1);
  }
  expect(truth[0]).not.toHaveProperty('inputFile', expect.anything());
  await api.job(body.name);
  expect(emulator.damaged()).toEqual(truth);
});

test('the keys of a job are those of its input, in order, even after the file is deleted', async () => {
  const { api, emulator } = await startTestBed();
  const keyless = JSON.stringify({ request: inputLine('x').request });
  const file = await api.upload(`${inputLines(2)}\n${keyless}\n{"key":7}\nnot json\n`);
  const { name } = (await api.create(file.name)).body;
  await api.call(`/v1beta/${file.name}`, { method: 'DELETE' });
  const keys = ['k0', 'k1', null, null, null];
  expect(await emulator.requestKeys(name)).toEqual(keys);
  expect((await api.call('/_emulator/keys')).body).toEqual({ keys: { [name]: keys } });
  await expect(emulator.requestKeys('batches/none')).rejects.toThrow('no such job');
});

test('the keys of an inline job are those of its metadata', async () => {
  const { api, emulator } = await startTestBed();
  const requests = ['a', undefined].map((key) => ({ request: inputLine('x').request, metadata: { key } }));
  const { body } = await api.post(CREATE, {
    batch: { displayName: 'inline', inputConfig: { requests: { requests } } },
  });
  expect(await emulator.requestKeys(body.name)).toEqual(['a', null]);
});

test('the bytes of an upload are those that were sent', async () => {
  const { api, emulator } = await startTestBed();
  const bytes = Buffer.from('any bytes\u0000\r\n\u00e9', 'latin1');
  const { name } = await api.upload(bytes);
  expect(await emulator.readFile(name)).toEqual(bytes);
  expect(await emulator.readFile('files/absent')).toBeUndefined();
  await api.call(`/v1beta/${name}`, { method: 'DELETE' });
  expect(await emulator.readFile(name)).toBeUndefined();
});

test('results are gone after a life that was set', async () => {
  const { api, clock } = await startTestBed({ resultTtlMs: 600_000 });
  const { name } = await api.submit();
  clock.advance(10_000);
  const path = `/download/v1beta/${(await api.job(name)).response.responsesFile}:download?alt=media`;
  clock.advance(599_999);
  expect((await api.call(path)).status).toBe(200);
  clock.advance(1);
  const gone = await api.call(path);
  expect([gone.status, gone.body.error.status]).toEqual([403, 'PERMISSION_DENIED']);
});

test('embeddings are damaged by what is not about text', async () => {
  const outcomes: Record<string, unknown> = {};
  for (const kind of ['empty', 'filtered', 'placeholder', 'invalidJson', 'conflicting', 'refused'] as const) {
    const { api, clock, emulator } = await startTestBed({ damage: { [kind]: 1 } });
    const request = { content: { parts: [{ text: 'a' }] }, outputDimensionality: 1 };
    const file = await api.upload(`${JSON.stringify({ key: 'a', request })}\n`);
    const batch = { displayName: 'embed', inputConfig: { fileName: file.name } };
    const path = '/v1beta/models/gemini-embedding-2:asyncBatchEmbedContent';
    const { name } = (await api.post(path, { batch })).body;
    clock.advance(10_000);
    const lines = await api.results(name);
    const values = lines.map(({ error, response }) => error?.code ?? response.embedding?.values[0]);
    outcomes[kind] = { values: values.map(Number), isKnown: emulator.damaged().length > 0 };
  }
  const whole = { values: [expect.toSatisfy((value) => Math.abs(value) === 1)], isKnown: false };
  const hollow = { values: [Number.NaN], isKnown: true };
  expect(outcomes).toEqual({
    empty: hollow,
    filtered: hollow,
    placeholder: whole,
    invalidJson: whole,
    conflicting: { values: expect.toSatisfy(([one, other]) => one === -other), isKnown: true },
    refused: { values: [3], isKnown: true },
  });
});

test('a vector can be too short, hold something else than numbers, or be zero', async () => {
  const valuesOf = async (kind: 'shortVector' | 'oddVector' | 'zeroVector'): Promise<readonly unknown[]> => {
    const { api, clock, emulator } = await startTestBed({ damage: { [kind]: 1 } });
    const request = { content: { parts: [{ text: 'a b c' }] }, output_dimensionality: 4 };
    const file = await api.upload(`${JSON.stringify({ key: 'a', request })}\n`);
    const batch = { displayName: 'embed', inputConfig: { fileName: file.name } };
    const path = '/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent';
    const { name } = (await api.post(path, { batch })).body;
    clock.advance(10_000);
    const [line] = await api.results(name);
    expect(emulator.damaged()).toMatchObject([{ key: 'a', kinds: [kind] }]);
    return line.response.embedding.values;
  };
  expect(await valuesOf('shortVector')).toHaveLength(3);
  const odd = await valuesOf('oddVector');
  expect(odd.filter((value) => !Number.isFinite(value))).toHaveLength(1);
  expect(await valuesOf('zeroVector')).toEqual([0, 0, 0, 0]);
});
