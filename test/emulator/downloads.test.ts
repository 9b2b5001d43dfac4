import { expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import type { Answer } from './support/api-client.ts';
import { startTestBed, type TestBed } from './support/emulator.ts';

interface ReadyBed extends TestBed {
  readonly path: string;
  readonly whole: Answer;
}

async function startWithResults(options: EmulatorOptions = {}): Promise<ReadyBed> {
  const bed = await startTestBed(options);
  const { name } = await bed.api.submit(20);
  bed.clock.advance(10_000);
  const path = `/v1beta/${(await bed.api.job(name)).response.responsesFile}:download?alt=media`;
  return { ...bed, path, whole: await bed.api.call(path) };
}

test('both URL families of both versions give the same bytes with their length', async () => {
  const { api, path, whole, emulator } = await startWithResults();
  expect(whole.headers.get('content-length')).toBe(String(Buffer.byteLength(whole.text)));
  for (const variant of [
    path,
    `/download${path}`,
    path.replace('v1beta', 'v1'),
    `/download${path.replace('v1beta', 'v1')}`,
  ]) {
    expect((await api.call(variant)).text).toBe(whole.text);
  }
  expect(emulator.accepted().downloads).toHaveLength(5);
  expect(
    emulator.accepted().downloads.every(({ complete, bytes }) => complete && bytes === whole.text.length),
  ).toBe(true);
});

test.for([
  ['bytes=100-', 100, undefined],
  ['bytes=0-9', 0, 10],
  ['bytes=-50', -50, undefined],
] as const)('the range %s is served as 206', async ([range, start, end]) => {
  const { api, path, whole } = await startWithResults();
  const part = await api.call(path, { headers: { range } });
  expect(part.status).toBe(206);
  expect(part.text).toBe(whole.text.slice(start, end));
  const first = start < 0 ? whole.text.length + start : start;
  const last = (end ?? whole.text.length) - 1;
  expect(part.headers.get('content-range')).toBe(`bytes ${first}-${last}/${whole.text.length}`);
});

test('If-Range decides between the rest and the whole', async () => {
  const { api, path, whole } = await startWithResults();
  const etag = whole.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/u);
  expect((await api.call(path, { headers: { range: 'bytes=5-', 'if-range': etag } })).status).toBe(206);
  expect((await api.call(path, { headers: { range: 'bytes=5-', 'if-range': '"other"' } })).status).toBe(200);
  const beyond = await api.call(path, { headers: { range: `bytes=${whole.text.length}-` } });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe(`bytes */${whole.text.length}`);
});

test('without range support the whole file comes', async () => {
  const { api, path, whole } = await startWithResults({ ranges: false });
  const answer = await api.call(path, { headers: { range: 'bytes=5-' } });
  expect(answer.status).toBe(200);
  expect(answer.text).toBe(whole.text);
  expect(answer.headers.get('accept-ranges')).toBeNull();
});

test('uploaded files, unfinished jobs and calls without alt=media give nothing', async () => {
  const { api } = await startTestBed();
  const file = await api.upload('x');
  expect((await api.call(`/v1beta/${file.name}:download?alt=media`)).status).toBe(400);
  const { name } = await api.submit();
  const early = name.replace('batches/', 'files/batch-');
  expect((await api.call(`/v1beta/${early}:download?alt=media`)).status).toBe(403);
  expect((await api.call(`/v1beta/${early}:download`)).status).toBe(400);
});

test('a clean early end looks complete to HTTP but not to the record', async () => {
  const { api, path, whole, emulator } = await startWithResults();
  emulator.addFault({ endpoint: 'download', times: 1, kind: 'short_body', bytes: 321 });
  const short = await api.call(path);
  expect(short.text).toBe(whole.text.slice(0, 321));
  expect(emulator.accepted().downloads.at(-1)).toMatchObject({ bytes: 321, complete: false });
  expect((await api.call(path)).text).toBe(whole.text);
});

test('a reset in the middle breaks the transfer', async () => {
  const { api, path, emulator } = await startWithResults();
  emulator.addFault({ endpoint: 'download', times: 1, kind: 'reset_after_bytes', bytes: 100 });
  await expect(api.call(path)).rejects.toThrow();
  expect(emulator.accepted().downloads.at(-1)).toMatchObject({ bytes: 100, complete: false });
});

test('answers are compressed on demand', async () => {
  const plain = await startWithResults();
  const { api, path } = await startWithResults({ gzip: true });
  const answer = await api.call(path);
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(answer.text).toBe(plain.whole.text);
});

test('results stay after their job and its input are deleted', async () => {
  const { api, path, whole, emulator } = await startWithResults();
  const [job] = emulator.accepted().jobs;
  await api.call(`/v1beta/${job?.name}`, { method: 'DELETE' });
  await api.call(`/v1beta/${job?.inputFile}`, { method: 'DELETE' });
  expect((await api.call(path)).text).toBe(whole.text);
});
