import { expect, test } from 'vitest';
import { type ApiClient, type Body, inputLines } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

/** Walks all pages and returns them. */
async function walk(
  api: ApiClient,
  path: string,
  pageSize: number,
  between?: () => Promise<void>,
): Promise<readonly Body[]> {
  const pages: Body[] = [];
  let token = '';
  do {
    const page = (await api.call(`${path}?pageSize=${pageSize}&pageToken=${token}`)).body;
    pages.push(page);
    token = page.nextPageToken ?? '';
    await between?.();
  } while (token !== '' && pages.length < 50);
  return pages;
}

async function createJobs(api: ApiClient, count: number): Promise<readonly string[]> {
  const file = await api.upload(inputLines(1));
  const names: string[] = [];
  for (let number = 1; number <= count; number += 1)
    names.push((await api.create(file.name, `job ${number}`)).body.name);
  return names;
}

test('jobs are listed newest first, page by page', async () => {
  const { api } = await startTestBed();
  const names = await createJobs(api, 7);
  const pages = await walk(api, '/v1beta/batches', 3);
  expect(pages.map(({ operations }) => operations.length)).toEqual([3, 3, 1]);
  expect(pages.flatMap(({ operations }) => operations.map(({ name }: Body) => name))).toEqual(
    names.toReversed(),
  );
});

test('jobs that appear during a walk are neither repeated nor do they hide others', async () => {
  const { api } = await startTestBed();
  const names = await createJobs(api, 5);
  const pages = await walk(api, '/v1beta/batches', 2, async () => void (await createJobs(api, 1)));
  expect(pages.flatMap(({ operations }) => operations.map(({ name }: Body) => name))).toEqual(
    names.toReversed(),
  );
});

test('files page by ten unless asked otherwise, and by a hundred at most', async () => {
  const { api } = await startTestBed();
  for (let number = 0; number < 103; number += 1) await api.upload('x');
  expect((await api.call('/v1beta/files')).body.files).toHaveLength(10);
  expect((await api.call('/v1beta/files?pageSize=1000')).body.files).toHaveLength(100);
  const pages = await walk(api, '/v1beta/files', 50);
  const names = pages.flatMap(({ files }) => files.map(({ name }: Body) => name));
  expect(new Set(names).size).toBe(103);
  expect(pages.at(-1)).not.toHaveProperty('nextPageToken');
});

test('a walk survives the deletion of the file its token names', async () => {
  const { api } = await startTestBed();
  const names = [];
  for (let number = 0; number < 6; number += 1) names.unshift((await api.upload('x')).name);
  const first = (await api.call('/v1beta/files?pageSize=2')).body;
  await api.call(`/v1beta/${names[1]}`, { method: 'DELETE' });
  const second = (await api.call(`/v1beta/files?pageSize=10&pageToken=${first.nextPageToken}`)).body;
  expect(second.files.map(({ name }: Body) => name)).toEqual(names.slice(2));
});

test('nonsense in page size and token is refused', async () => {
  const { api } = await startTestBed();
  expect((await api.call('/v1beta/batches?pageSize=many')).status).toBe(400);
  expect((await api.call('/v1beta/batches?pageToken=nonsense')).status).toBe(400);
});

test('a new job can be slow to appear in the list, while get knows it', async () => {
  const { api, clock } = await startTestBed({ listLagMs: 60_000 });
  const { name } = await api.submit();
  expect((await api.call('/v1beta/batches?pageSize=100')).body).toEqual({});
  expect((await api.job(name)).name).toBe(name);
  clock.advance(60_000);
  expect((await api.call('/v1beta/batches?pageSize=100')).body.operations).toHaveLength(1);
});

test('the list can be empty without a page size', async () => {
  const { api } = await startTestBed({ listNeedsPageSize: true });
  await api.submit();
  expect((await api.call('/v1beta/batches')).body).toEqual({});
  expect((await api.call('/v1beta/batches?pageSize=100')).body.operations).toHaveLength(1);
});

test('an empty page with a token loses nothing', async () => {
  const { api } = await startTestBed({
    faults: [{ endpoint: 'batches.list', at: 2, times: 2, kind: 'empty_page' }],
  });
  const names = await createJobs(api, 4);
  const pages = await walk(api, '/v1beta/batches', 2);
  expect(pages.map(({ operations = [] }) => operations.length)).toEqual([2, 0, 0, 2]);
  expect(pages.flatMap(({ operations = [] }) => operations.map(({ name }: Body) => name))).toEqual(
    names.toReversed(),
  );
});

test('result files are not listed', async () => {
  const { api, clock } = await startTestBed();
  const { name } = await api.submit();
  clock.advance(10_000);
  await api.results(name);
  expect((await api.call('/v1beta/files?pageSize=100')).body.files).toHaveLength(1);
});
