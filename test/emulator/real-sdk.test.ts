import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleGenAI as GoogleGenAI2 } from '@google/genai';
import { GoogleGenAI as GoogleGenAI3 } from 'genai-3';
import { expect, onTestFinished, test } from 'vitest';
import { inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

const CHUNK_BYTES = 8 * 1024 * 1024;

interface SdkCase {
  readonly name: string;
  readonly version: string;
  readonly create: (baseUrl: string) => GoogleGenAI2;
}

function sdkCase(name: string, Client: typeof GoogleGenAI2, apiVersion?: string): SdkCase {
  return {
    name,
    version: apiVersion ?? 'v1',
    create: (baseUrl) =>
      new Client({
        apiKey: 'test-key',
        vertexai: false,
        httpOptions: { baseUrl, ...(apiVersion === undefined ? {} : { apiVersion }) },
      }),
  };
}

// The two majors declare the same calls; only their private members keep the types apart.
const Client3 = GoogleGenAI3 as unknown as typeof GoogleGenAI2;

const SDKS = [
  sdkCase('@google/genai 2.32 with v1beta', GoogleGenAI2, 'v1beta'),
  sdkCase('@google/genai 3.1 with v1beta', Client3, 'v1beta'),
  sdkCase('@google/genai 3.1 with its default v1', Client3),
];

async function createDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'emulator-test-'));
  onTestFinished(async () => await rm(directory, { recursive: true, force: true }));
  return directory;
}

test.for(SDKS)('$name uploads, creates, lists, gets, downloads and deletes', async ({ create, version }) => {
  const { emulator, clock } = await startTestBed();
  const ai = create(emulator.url);
  const directory = await createDirectory();
  const input = join(directory, 'input.jsonl');
  await writeFile(input, inputLines(3));

  const file = await ai.files.upload({
    file: input,
    config: { mimeType: 'jsonl', displayName: 'three', name: 'bs-three' },
  });
  expect(file).toMatchObject({
    name: 'files/bs-three',
    displayName: 'three',
    state: 'ACTIVE',
    mimeType: 'jsonl',
  });
  expect((await ai.files.get({ name: 'bs-three' })).sha256Hash).toBe(file.sha256Hash);
  await expect(ai.files.get({ name: 'absent' })).rejects.toMatchObject({ status: 403 });

  const created = await ai.batches.create({
    model: 'gemini-2.5-flash',
    src: 'files/bs-three',
    config: { displayName: 'run-1' },
  });
  expect(created).toMatchObject({
    displayName: 'run-1',
    state: 'JOB_STATE_PENDING',
    model: 'models/gemini-2.5-flash',
  });
  const name = created.name ?? '';
  clock.advance(10_000);

  const listed = await ai.batches.list({ config: { pageSize: 100 } });
  expect(listed.page).toHaveLength(1);
  expect(listed.page[0]).toMatchObject({ name, displayName: 'run-1', state: 'JOB_STATE_SUCCEEDED' });
  const done = await ai.batches.get({ name });
  expect(done.state).toBe('JOB_STATE_SUCCEEDED');

  const target = join(directory, 'output.jsonl');
  await ai.files.download({ file: done.dest?.fileName ?? '', downloadPath: target });
  const keys = (await readFile(target, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).key);
  expect(keys).toEqual(['k0', 'k1', 'k2']);

  await ai.batches.delete({ name });
  await expect(ai.batches.get({ name })).rejects.toMatchObject({ status: 404 });
  await ai.files.delete({ name: 'files/bs-three' });
  await expect(ai.files.get({ name: 'bs-three' })).rejects.toMatchObject({ status: 403 });

  const paths = emulator.requests().map(({ path }) => path);
  const resourcePaths = paths.filter((path) => !path.startsWith('/upload/'));
  expect(resourcePaths.every((path) => path.startsWith(`/${version}/`))).toBe(true);
  expect(emulator.accepted().deletes.map((entry) => entry.name)).toEqual([name, 'files/bs-three']);
});

test.for(SDKS)('$name sends a file of several chunks', async ({ create }) => {
  const { emulator } = await startTestBed();
  const input = join(await createDirectory(), 'input.jsonl');
  const line = `${JSON.stringify({ key: 'k', request: { contents: [{ parts: [{ text: 'x'.repeat(1_048_576) }] }] } })}\n`;
  await writeFile(input, line.repeat(17));
  const file = await create(emulator.url).files.upload({ file: input, config: { mimeType: 'jsonl' } });
  expect(file.sizeBytes).toBe(String(line.length * 17));
  const chunks = emulator.requests().filter(({ endpoint }) => endpoint === 'upload.bytes');
  expect(chunks.map(({ bodyBytes }) => bodyBytes)).toEqual([
    CHUNK_BYTES,
    CHUNK_BYTES,
    line.length * 17 - 2 * CHUNK_BYTES,
  ]);
});

test.for(SDKS)('$name runs inline and embedding jobs', async ({ create }) => {
  const { emulator, clock } = await startTestBed();
  const ai = create(emulator.url);
  const inline = await ai.batches.create({
    model: 'gemini-2.5-flash',
    src: [{ contents: [{ role: 'user', parts: [{ text: 'one' }] }], metadata: { key: 'r1' } }],
  });
  const embed = await ai.batches.createEmbeddings({
    model: 'gemini-embedding-001',
    src: { inlinedRequests: { contents: ['one', 'two'], config: { outputDimensionality: 4 } } },
  });
  clock.advance(10_000);
  const vectors = await ai.models.embedContent({
    model: 'gemini-embedding-001',
    contents: ['one', 'two'],
    config: { outputDimensionality: 4 },
  });
  expect(vectors.embeddings?.map(({ values }) => values?.length)).toEqual([4, 4]);
  const responses = (await ai.batches.get({ name: inline.name ?? '' })).dest?.inlinedResponses;
  expect(responses).toHaveLength(1);
  expect(responses?.[0]?.response?.candidates?.[0]?.finishReason).toBe('STOP');
  const embeddings = (await ai.batches.get({ name: embed.name ?? '' })).dest?.inlinedEmbedContentResponses;
  expect(embeddings?.map((item) => item.response?.embedding?.values?.length)).toEqual([4, 4]);
});

test.for(SDKS)('$name cancels and lists models', async ({ create }) => {
  const { emulator, api } = await startTestBed();
  const ai = create(emulator.url);
  const { name } = await api.submit();
  await ai.batches.cancel({ name });
  expect((await ai.batches.get({ name })).state).toBe('JOB_STATE_CANCELLED');
  expect((await ai.models.get({ model: 'gemini-2.5-flash' })).name).toBe('models/gemini-2.5-flash');
  await expect(ai.models.get({ model: 'gemini-0' })).rejects.toMatchObject({ status: 404 });
});
