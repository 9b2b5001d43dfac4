import { expect, test } from 'vitest';
import { inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a create over the job quota is refused until a job ends, per model', async () => {
  const { api, clock, emulator } = await startTestBed({ quotaJobs: 2 });
  const file = await api.upload(inputLines(1));
  const statuses = [];
  for (let turn = 0; turn < 3; turn += 1) statuses.push((await api.create(file.name)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await api.create(file.name, 'other', 'gemini-2.5-pro')).status).toBe(200);
  clock.advance(10_000);
  expect((await api.create(file.name)).status).toBe(200);
  expect(emulator.accepted().jobs).toHaveLength(4);
});

test('parallel creates cannot share the last place', async () => {
  const { api } = await startTestBed({ quotaJobs: 3 });
  const file = await api.upload(inputLines(1));
  const answers = await Promise.all(Array.from({ length: 20 }, async () => await api.create(file.name)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
});

test('enqueued tokens of a file that is no JSON are a quarter of its bytes', async () => {
  const { api, clock } = await startTestBed({ quotaTokens: 250 });
  const file = await api.upload('x'.repeat(500));
  expect((await api.create(file.name)).status).toBe(200);
  expect((await api.create(file.name)).status).toBe(200);
  expect((await api.create(file.name)).status).toBe(429);
  clock.advance(10_000);
  expect((await api.create(file.name)).status).toBe(200);
});

test('enqueued tokens are those that the answers will say of their prompts', async () => {
  const { api } = await startTestBed({ quotaTokens: 100, charactersPerToken: 2 });
  const lines = ['x'.repeat(60), 'y'.repeat(60)].map((text, index) =>
    JSON.stringify({ key: `${index}`, request: { contents: [{ parts: [{ text }] }] } }),
  );
  const file = await api.upload(lines.join('\n'));
  expect((await api.create(file.name)).status, '60 of 100').toBe(200);
  expect((await api.create(file.name)).status).toBe(429);
});

test('a cancelled job frees its place at once', async () => {
  const { api } = await startTestBed({ quotaJobs: 1 });
  const { name } = await api.submit();
  await api.call(`/v1beta/${name}:cancel`, { method: 'POST' });
  await api.submit();
});

test('storage fills up and is freed by a delete', async () => {
  const { api } = await startTestBed({ storageBytes: 100 });
  const file = await api.upload('x'.repeat(60));
  const full = await api.command(await api.openSession(), 'upload, finalize', 'x'.repeat(60));
  expect(full.status).toBe(429);
  expect((await api.call('/v1beta/files')).body.files).toHaveLength(1);
  await api.call(`/v1beta/${file.name}`, { method: 'DELETE' });
  await api.upload('x'.repeat(60));
});

test('a file over the size limit is refused at the start', async () => {
  const { api } = await startTestBed();
  const tooLarge = { 'x-goog-upload-header-content-length': String(2 * 1024 ** 3 + 1) };
  expect((await api.startUpload({}, tooLarge)).status).toBe(400);
});

test('a file lives for 48 hours and its name is free again afterwards', async () => {
  const { api, clock } = await startTestBed();
  const file = await api.upload(inputLines(1), { name: 'mine' });
  clock.advance(48 * HOUR - 1);
  expect((await api.call('/v1beta/files/mine')).status).toBe(200);
  clock.advance(1);
  expect((await api.call('/v1beta/files/mine')).status).toBe(403);
  expect((await api.call('/v1beta/files')).body).toEqual({});
  expect((await api.create(file.name)).status).toBe(403);
  await api.upload(inputLines(1), { name: 'mine' });
});

test('the life of a file counts from the start of its upload', async () => {
  const { api, clock } = await startTestBed();
  const url = await api.openSession();
  clock.advance(HOUR);
  const { file } = (await api.command(url, 'upload, finalize', 'x')).body;
  expect(Math.round((Date.parse(file.expirationTime) - Date.parse(file.createTime)) / HOUR)).toBe(47);
});

test.for([403, 404] as const)(
  'an absent input and absent results answer %i on demand',
  async (absentFileStatus) => {
    const { api } = await startTestBed({ absentFileStatus });
    expect((await api.create('files/absent')).status).toBe(absentFileStatus);
    const path = `/v1beta/files/batch-${'a'.repeat(36)}:download?alt=media`;
    expect((await api.call(path)).status).toBe(absentFileStatus);
  },
);

test('results can be downloaded for six weeks', async () => {
  const { api, clock } = await startTestBed();
  const { name } = await api.submit();
  clock.advance(10_000);
  const path = `/v1beta/${(await api.job(name)).response.responsesFile}:download?alt=media`;
  clock.advance(42 * DAY - 1);
  expect((await api.call(path)).status).toBe(200);
  clock.advance(1);
  expect((await api.call(path)).status).toBe(403);
});

test('a deleted input does not matter to its job, unless the option says so', async () => {
  for (const inputMustOutlive of [false, true]) {
    const { api, clock } = await startTestBed({ inputMustOutlive });
    const { name, metadata } = await api.submit(2);
    await api.call(`/v1beta/${metadata.inputConfig.fileName}`, { method: 'DELETE' });
    clock.advance(10_000);
    expect((await api.job(name)).metadata.state).toBe(
      `BATCH_STATE_${inputMustOutlive ? 'FAILED' : 'SUCCEEDED'}`,
    );
    if (!inputMustOutlive) expect(await api.results(name)).toHaveLength(2);
  }
});

test('a file in processing cannot be used yet', async () => {
  const { api, clock } = await startTestBed({ processingMs: 1000 });
  const file = await api.upload(inputLines(1));
  expect(file.state).toBe('PROCESSING');
  expect((await api.create(file.name)).body.error.status).toBe('FAILED_PRECONDITION');
  clock.advance(1000);
  expect((await api.call(`/v1beta/${file.name}`)).body.state).toBe('ACTIVE');
  expect((await api.create(file.name)).status).toBe(200);
});
