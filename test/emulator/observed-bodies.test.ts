import { expect, test } from 'vitest';
import { inputLines, type Body } from './support/api-client.ts';
import { startTestBed, type TestBed } from './support/emulator.ts';
import { readObserved, readObservedLine } from './support/fixtures.ts';
import { missingFrom, shapeOf } from './support/shape.ts';

/** Every member that was observed is there in the observed pattern; the captures were shortened, so more may be. */
function expectToContain(ours: Body, observed: Body): void {
  expect(missingFrom(shapeOf(ours), shapeOf(observed))).toEqual([]);
}

const INLINE = {
  batch: {
    display_name: 'test-batch-job',
    input_config: {
      requests: {
        requests: ['req_1', 'req_2', 'req_3'].map((key) => ({
          request: { contents: [{ parts: [{ text: '...' }] }] },
          metadata: { key },
        })),
      },
    },
  },
};

async function createInline({ api }: TestBed): Promise<Body> {
  return (await api.post('/v1beta/models/gemini-2.5-flash:batchGenerateContent', INLINE)).body;
}

test('a created job looks exactly as observed', async () => {
  const { api } = await startTestBed();
  const file = await api.upload(inputLines(2));
  const created = await api.create(file.name, 'my batch name');
  const observed = readObserved('batch-create-file');
  expect(created.status).toBe(observed.status);
  expect(shapeOf(created.body)).toEqual(shapeOf(observed.body));
  expect(created.body.metadata.batchStats).toEqual({ requestCount: '2', pendingRequestCount: '2' });
  expect(created.body).not.toHaveProperty('done');
});

test('a created inline job looks exactly as observed, from a body in snake case', async () => {
  const bed = await startTestBed();
  const created = await createInline(bed);
  expect(shapeOf(created)).toEqual(shapeOf(readObserved('batch-create-inline').body));
  expect(shapeOf(created)).toEqual(shapeOf(readObserved('batch-pending-2026-03').body));
  expect(created.metadata.displayName).toBe('test-batch-job');
});

test('a finished job contains what was observed, its output in both places', async () => {
  const { api, clock } = await startTestBed();
  const { name } = await api.submit(9);
  clock.advance(10_000);
  const job = await api.job(name);
  expectToContain(job, readObserved('batch-succeeded-file').body);
  expect(job.metadata.output.responsesFile).toBe(job.response.responsesFile);
  expect(job.response.responsesFile).toBe(`files/batch-${name.slice('batches/'.length)}`);
});

test('a finished inline job nests its responses twice, as observed', async () => {
  const bed = await startTestBed();
  const { name } = await createInline(bed);
  bed.clock.advance(10_000);
  const job = await bed.api.job(name);
  expectToContain(job, readObserved('batch-succeeded-inline').body);
  const items = job.metadata.output.inlinedResponses.inlinedResponses;
  expect(items.map((item: Body) => item.metadata.key)).toEqual(['req_1', 'req_2', 'req_3']);
});

test('a job with item errors ends SUCCEEDED and counts them, as observed', async () => {
  const bed = await startTestBed({ damage: { error: 0.5 } });
  const created = await bed.api.post('/v1beta/models/gemini-2.5-flash:batchGenerateContent', {
    batch: {
      ...INLINE.batch,
      input_config: {
        requests: { requests: Array.from({ length: 20 }, () => ({ request: { contents: [] } })) },
      },
    },
  });
  bed.clock.advance(10_000);
  const job = await bed.api.job(created.body.name);
  const observed = readObserved('batch-succeeded-partial-errors').body;
  const items = job.response.inlinedResponses.inlinedResponses;
  const failed = items.filter((item: Body) => 'error' in item);
  expectToContain(
    { ...job, response: { ...job.response, inlinedResponses: { inlinedResponses: failed } } },
    observed,
  );
  expect(job.metadata.batchStats.failedRequestCount).toBe(String(failed.length));
  expect(job.metadata.batchStats.successfulRequestCount).toBe(String(20 - failed.length));
});

test('a job cancelled before its start carries code 13 and its pending count', async () => {
  const { api } = await startTestBed();
  const { name } = await api.submit(1);
  expect((await api.call(`/v1beta/${name}:cancel`, { method: 'POST', body: '{}' })).body).toEqual({});
  const job = await api.job(name);
  const observed = readObserved('batch-cancelled-before-start').body;
  expectToContain(job, observed);
  expect(job.error).toEqual({
    ...observed.error,
    message: `Batch ${name.slice('batches/'.length)} failed without error.`,
  });
  expect(job.metadata.batchStats).toEqual(observed.metadata.batchStats);
  expect(job.done).toBe(true);
});

test('the list shows a finished job without output and with the counts of its first day', async () => {
  const { api, clock } = await startTestBed();
  await api.submit(6);
  clock.advance(10_000);
  const list = (await api.call('/v1beta/batches?pageSize=10')).body;
  const observed = readObserved('batches-list').body;
  expectToContain(list, observed);
  const [operation] = list.operations;
  expect(Object.keys(operation)).toEqual(['name', 'metadata', 'done']);
  expect(operation.metadata).not.toHaveProperty('output');
  expect(operation.metadata.batchStats).toEqual(observed.operations[0].metadata.batchStats);
});

test('a finished embedding job contains what was observed', async () => {
  const { api, clock } = await startTestBed();
  const requests = ['sha256:aaa', 'sha256:bbb'].map((key) => ({
    request: { content: { parts: [{ text: key }] }, outputDimensionality: 3 },
    metadata: { key },
  }));
  const created = await api.post('/v1beta/models/gemini-embedding-2:asyncBatchEmbedContent', {
    batch: { displayName: 'kio', inputConfig: { requests: { requests } } },
  });
  clock.advance(10_000);
  const observed = readObserved('embed-batch-succeeded-inline').body;
  delete observed.response;
  expectToContain(await api.job(created.body.name), observed);
});

test('errors are word for word those observed', async () => {
  const { api } = await startTestBed({ quotaJobs: 0 });
  const missing = await api.call('/v1beta/files/qi1b6ynxmps4');
  expect({ status: missing.status, body: missing.body }).toEqual(readObserved('file-get-missing-403'));
  const tooLong = await api.call(`/v1beta/files/batch-${'a'.repeat(36)}`);
  expect({ status: tooLong.status, body: tooLong.body }).toEqual(readObserved('file-get-result-name-400'));
  const file = await api.upload(inputLines(1));
  const refused = await api.create(file.name);
  expect({ status: refused.status, body: refused.body }).toEqual(readObserved('batch-create-429'));
});

test('refusals at the last step of an upload are a 200, as observed', async () => {
  const { api } = await startTestBed({ rejectMimeTypes: ['jsonl'] });
  const refused = await api.command(await api.openSession(), 'upload, finalize', 'x');
  const badMime = readObserved('file-upload-final-200-bad-mime');
  expect({ status: refused.status, body: refused.body }).toEqual({
    status: badMime.status,
    body: badMime.body,
  });
  expect(refused.headers.get('x-goog-upload-status')).toBe('final');
});

test('a taken name is refused in a 200 at the last step, as observed', async () => {
  const { api, emulator } = await startTestBed();
  const name = '10325335-slower-x4';
  await api.upload('{}', { name: `files/${name}` });
  const refused = await api.command(await api.openSession({ name }), 'upload, finalize', '{}');
  const observed = readObserved('file-upload-final-name-conflict');
  expect({ status: refused.status, body: refused.body }).toEqual(observed);
  expect(emulator.accepted().files).toHaveLength(1);
});

test('a full storage is refused with the observed details', async () => {
  const { api } = await startTestBed({ storageBytes: 21474836480 });
  const refused = await api.startUpload({}, { 'x-goog-upload-header-content-length': '2147483648' });
  expect(refused.status).toBe(200);
  const small = await startTestBed({ storageBytes: 10 });
  const full = await small.api.startUpload({}, { 'x-goog-upload-header-content-length': '11' });
  const observed = readObserved('file-upload-429-storage');
  expect(full.status).toBe(observed.status);
  expectToContain(full.body, observed.body);
  expect(full.body.error.details.at(-1)).toEqual(observed.body.error.details.at(-1));
});

test('result lines contain what was observed', async () => {
  const { api, clock } = await startTestBed();
  const { name } = await api.submit(1);
  const embedInput = await api.upload(
    '{"key":"request_1","request":{"output_dimensionality":3,"content":{"parts":[{"text":"1"}]}}}\n',
  );
  const embed = await api.post('/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent', {
    batch: { displayName: 'e', inputConfig: { file_name: embedInput.name } },
  });
  clock.advance(10_000);
  const [generated] = await api.results(name);
  const observed = readObservedLine('result-line-generate');
  // Thought signatures come from thinking models only.
  observed.response.candidates[0].content.parts.pop();
  expectToContain(generated, observed);
  const [embedded] = await api.results(embed.body.name);
  expectToContain(embedded, readObservedLine('result-line-embed'));
});
