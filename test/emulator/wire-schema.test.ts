import { Ajv, type ValidateFunction } from 'ajv';
import { expect, test } from 'vitest';
import type { Body } from './support/api-client.ts';
import { inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';
import { readSchemas } from './support/fixtures.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/u;

/** Unknown members are errors here: the document lists every member the service may send. */
function createValidator(): (name: string, body: Body) => readonly string[] {
  const schemas = structuredClone(readSchemas());
  for (const schema of Object.values(schemas)) {
    if (schema.properties !== undefined) schema.additionalProperties = false;
  }
  const ajv = new Ajv({ strict: true, allErrors: true });
  ajv.addFormat('google-datetime', TIME);
  ajv.addFormat('int64', /^-?\d+$/u);
  ajv.addFormat('byte', /^[A-Za-z0-9+/]*={0,2}$/u);
  for (const format of ['int32', 'float', 'double'])
    ajv.addFormat(format, { type: 'number', validate: Number.isFinite });
  ajv.addKeyword('components');
  ajv.addSchema({ $id: 'document', components: { schemas } });
  return (name, body) => {
    const validate: ValidateFunction | undefined = ajv.getSchema(`document#/components/schemas/${name}`);
    expect(validate, `schema ${name}`).toBeDefined();
    validate?.(body);
    return (validate?.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message}`);
  };
}

const problems = createValidator();

/** An operation, and inside it the batch and its output, which the schema of an operation leaves open. */
function operationProblems(
  operation: Body,
  kind: 'GenerateContent' | 'EmbedContent' = 'GenerateContent',
): readonly string[] {
  const { '@type': type, ...batch } = operation.metadata;
  const { '@type': outputType, ...output } = operation.response ?? {};
  expect(type).toMatch(new RegExp(`\\.${kind}Batch$`, 'u'));
  return [
    ...problems('Operation', operation),
    ...problems(`${kind}Batch`, batch),
    ...(outputType === undefined ? [] : problems(`${kind}BatchOutput`, output)),
  ];
}

test('the validator rejects a body with a wrong type, a wrong time or an unknown member', () => {
  expect(problems('File', { sizeBytes: 34 })).toEqual(['File/sizeBytes must be string']);
  expect(problems('File', { createTime: 'yesterday' })).toHaveLength(1);
  expect(problems('File', { display_name: 'x' })).toEqual(['File must NOT have additional properties']);
  expect(problems('GenerateContentBatch', { state: 'JOB_STATE_PENDING' })).toHaveLength(1);
});

test('files fit the schema', async () => {
  const { api } = await startTestBed();
  const file = await api.upload(inputLines(2), { displayName: 'two lines' });
  expect(problems('File', file)).toEqual([]);
  expect(problems('File', (await api.call(`/v1beta/${file.name}`)).body)).toEqual([]);
  const list = (await api.call('/v1beta/files?pageSize=100')).body;
  expect(list.files).toHaveLength(1);
  expect(problems('ListFilesResponse', list)).toEqual([]);
});

test('a job fits the schema at every stage of its life', async () => {
  const { api, clock } = await startTestBed();
  const created = await api.submit();
  expect(operationProblems(created)).toEqual([]);
  clock.advance(6000);
  const running = await api.job(created.name);
  expect(running.metadata.state).toBe('BATCH_STATE_RUNNING');
  expect(operationProblems(running)).toEqual([]);
  clock.advance(6000);
  const done = await api.job(created.name);
  expect(done.metadata.state).toBe('BATCH_STATE_SUCCEEDED');
  expect(operationProblems(done)).toEqual([]);
  const list = (await api.call('/v1beta/batches?pageSize=100')).body;
  expect(problems('ListOperationsResponse', list)).toEqual([]);
  expect(operationProblems(list.operations[0])).toEqual([]);
});

test.for([
  ['failed', 'FAILED'],
  ['failed_quota', 'FAILED'],
  ['expired', 'EXPIRED'],
  ['cancelled', 'CANCELLED'],
] as const)('a job that ends as %s fits the schema', async ([outcome, state]) => {
  const { api, clock } = await startTestBed({ outcome: () => outcome });
  const { name } = await api.submit();
  clock.advance(10_000);
  const job = await api.job(name);
  expect(job.metadata.state).toBe(`BATCH_STATE_${state}`);
  expect(operationProblems(job)).toEqual([]);
});

test('inline and embedding jobs fit the schema', async () => {
  const { api, clock } = await startTestBed({ damage: { error: 0.5 } });
  const requests = Array.from({ length: 6 }, (_, index) => ({
    request: { contents: [{ parts: [{ text: `${index}` }] }] },
    metadata: { key: `r${index}` },
  }));
  const inline = await api.post('/v1beta/models/gemini-2.5-flash:batchGenerateContent', {
    batch: { displayName: 'inline', priority: '5', inputConfig: { requests: { requests } } },
  });
  const embed = await api.post('/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent', {
    batch: {
      displayName: 'embed',
      inputConfig: {
        requests: {
          requests: [{ request: { content: { parts: [{ text: 'a' }] }, outputDimensionality: 3 } }],
        },
      },
    },
  });
  clock.advance(10_000);
  expect(operationProblems(await api.job(inline.body.name))).toEqual([]);
  const embedded = await api.job(embed.body.name);
  // The capture of gemini-embedding-001 has `tokenCount`, which the document does not know.
  for (const output of [embedded.response, embedded.metadata.output]) {
    for (const item of output.inlinedResponses.inlinedResponses) delete item.response?.tokenCount;
  }
  expect(operationProblems(embedded, 'EmbedContent')).toEqual([]);
});

test('models, the batch resource of an update and result lines fit the schema', async () => {
  const { api, clock } = await startTestBed({
    damage: { truncated: 0.2, blocked: 0.2, empty: 0.2, filtered: 0.2, unfinished: 0.2 },
  });
  for (const model of (await api.call('/v1beta/models?pageSize=1000')).body.models) {
    expect(problems('Model', model)).toEqual([]);
  }
  const { name } = await api.submit(40);
  const path = `/v1beta/${name}:updateGenerateContentBatch?updateMask=priority`;
  const updated = await api.call(path, { method: 'PATCH', body: '{"priority":"-3"}' });
  expect(updated.body.priority).toBe('-3');
  expect(problems('GenerateContentBatch', updated.body)).toEqual([]);
  clock.advance(10_000);
  for (const { response } of await api.results(name))
    expect(problems('GenerateContentResponse', response)).toEqual([]);
});
