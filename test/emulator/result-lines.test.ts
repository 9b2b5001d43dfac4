import { expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { type Body, inputLine, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

async function run(
  content: string,
  options: EmulatorOptions = {},
): Promise<{ lines: readonly Body[]; job: Body }> {
  const { api, clock } = await startTestBed(options);
  const { name } = (await api.create((await api.upload(content)).name)).body;
  clock.advance(10_000);
  return { lines: await api.results(name), job: await api.job(name) };
}

const keysOf = (lines: readonly Body[]): readonly string[] => lines.map(({ key }) => key);
const allKeys = Array.from({ length: 200 }, (_, index) => `k${index}`);

test('without damage each key comes back once, in order, with an answer', async () => {
  const { lines } = await run(inputLines(200));
  expect(keysOf(lines)).toEqual(allKeys);
  expect(new Set(lines.map(({ response }) => response.candidates[0].content.parts[0].text)).size).toBe(200);
});

test('the order of members inside a line is arbitrary', async () => {
  const { lines } = await run(inputLines(50));
  expect(new Set(lines.map((line) => Object.keys(line).join()))).toEqual(
    new Set(['key,response', 'response,key']),
  );
});

test('shuffled results are complete but out of order', async () => {
  const { lines } = await run(inputLines(200), { damage: { shuffle: true } });
  expect(keysOf(lines)).not.toEqual(allKeys);
  expect([...keysOf(lines)].sort()).toEqual([...allKeys].sort());
});

test('missing lines are counted as successful all the same', async () => {
  const { lines, job } = await run(inputLines(200), { damage: { missing: 0.2 } });
  expect(lines.length).toBeGreaterThan(120);
  expect(lines.length).toBeLessThan(195);
  expect(job.metadata.batchStats).toEqual({ requestCount: '200', successfulRequestCount: '200' });
});

test('duplicate and foreign lines come on top', async () => {
  const { lines } = await run(inputLines(200), { damage: { duplicate: 0.1, foreign: 0.1 } });
  const keys = keysOf(lines);
  const foreign = keys.filter((key) => !allKeys.includes(key));
  expect(foreign.length).toBeGreaterThan(5);
  expect(keys.length - foreign.length).toBeGreaterThan(205);
  expect(new Set(keys.filter((key) => allKeys.includes(key))).size).toBe(200);
});

test('the content of a line can fail in four ways', async () => {
  const { lines, job } = await run(inputLines(200), {
    damage: { error: 0.2, truncated: 0.2, blocked: 0.2, empty: 0.2 },
  });
  const kinds = lines.map(({ error, response }) => {
    if (error !== undefined) return `error ${error.code}`;
    if (response.promptFeedback !== undefined) return response.promptFeedback.blockReason;
    const [candidate] = response.candidates;
    return candidate.content.parts === undefined ? 'empty' : candidate.finishReason;
  });
  expect([...new Set<string>(kinds)].sort()).toEqual([
    'MAX_TOKENS',
    'PROHIBITED_CONTENT',
    'STOP',
    'empty',
    'error 4',
  ]);
  expect(job.metadata.batchStats.failedRequestCount).toBe(
    String(kinds.filter((kind) => kind === 'error 4').length),
  );
});

test('damage repeats with the seed and changes with it', async () => {
  const texts = [];
  for (const seed of [3, 3, 4]) {
    texts.push(
      JSON.stringify((await run(inputLines(50), { seed, damage: { missing: 0.3, error: 0.3 } })).lines),
    );
  }
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).not.toBe(texts[2]);
});

test('keyless and bare lines get keyless results', async () => {
  const bare = JSON.stringify({ contents: [{ parts: [{ text: 'bare' }] }] });
  const keyless = JSON.stringify({ request: { contents: [{ parts: [{ text: 'keyless' }] }] } });
  const { lines, job } = await run(`${bare}\n${keyless}`);
  expect(lines.map((line) => Object.keys(line))).toEqual([['response'], ['response']]);
  expect(job.metadata.batchStats).toEqual({ requestCount: '2', successfulRequestCount: '2' });
});

test('other members are echoed, arrays emptied', async () => {
  const { lines } = await run(JSON.stringify({ ...inputLine('a'), note: 'n', tags: [1, 2], rank: 3 }));
  expect(lines[0]).toMatchObject({ key: 'a', note: 'n', tags: [], rank: 3 });
});

test('blank lines are no requests; duplicate keys are answered one by one', async () => {
  const line = JSON.stringify(inputLine('same'));
  const { lines, job } = await run(`\n${line}\r\n  \n${line}\n\n`);
  expect(keysOf(lines)).toEqual(['same', 'same']);
  expect(job.metadata.batchStats.requestCount).toBe('2');
});

test('a line without a usable request fails alone with code 3', async () => {
  const { lines, job } = await run(`${inputLines(1)}{"key":"odd","request":{"prompt":"x"}}\n`);
  expect(lines[1]).toMatchObject({ key: 'odd', error: { code: 3 } });
  expect(job.metadata.batchStats).toMatchObject({ successfulRequestCount: '1', failedRequestCount: '1' });
});

test.for([
  ['a byte order mark', `\uFEFF${inputLines(1)}`],
  ['an array', '[1]\n'],
  ['a cut line', inputLines(1).slice(0, -10)],
] as const)('%s makes the job fail', async ([, content]) => {
  const { api, clock } = await startTestBed();
  const { name } = (await api.create((await api.upload(content)).name)).body;
  clock.advance(10_000);
  expect((await api.job(name)).metadata.state).toBe('BATCH_STATE_FAILED');
});

test('a fault can damage one job and end another', async () => {
  const { api, clock } = await startTestBed({
    faults: [
      { endpoint: 'batches.create', at: 1, kind: 'damage', damage: { missing: 1 } },
      { endpoint: 'batches.create', at: 2, kind: 'job_outcome', outcome: 'expired' },
    ],
  });
  const [first, second, third] = [await api.submit(), await api.submit(), await api.submit()];
  clock.advance(10_000);
  expect(await api.results(first.name)).toEqual([]);
  expect((await api.job(second.name)).metadata.state).toBe('BATCH_STATE_EXPIRED');
  expect(await api.results(third.name)).toHaveLength(3);
});

test('thousands of lines come back whole', async () => {
  const { lines } = await run(inputLines(12_000), { damage: { shuffle: true } });
  expect(new Set(keysOf(lines)).size).toBe(12_000);
});
