import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DownloadOptions, downloadResults } from '../../src/collect/download.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import { createSampleContext } from '../service/sample-context.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, ok } from '../service/service-double.ts';

const ANSWERS = '{"key":"a","response":{}}\n{"key":"b","response":{}}\n';

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'download-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function optionsIn(folder: string, more: Partial<DownloadOptions> = {}): Promise<DownloadOptions> {
  return await Promise.resolve({
    outputDirectory: join(folder, 'results'),
    concurrency: 2,
    force: false,
    ...more,
  });
}

/** Sends `text` for every job; notes the paths it wrote to. */
function sending(text: string, paths: string[] = []): Pick<BatchService, 'downloadResult'> {
  return {
    async downloadResult(_job, _results, toPath) {
      paths.push(toPath);
      await writeFile(toPath, text, { flag: 'wx' });
      return ok({ sizeBytes: Buffer.byteLength(text), sha256: sha256(text) });
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('downloadResults()', () => {
  test('saves to a hidden part first and gives the final name to verified bytes only', async () => {
    const options = await optionsIn(await openFolder());
    const paths: string[] = [];
    const context = createSampleContext(sending(ANSWERS, paths), { 1: succeeded('batches/j1') });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome).toMatchObject({
      kept: [],
      failed: [],
      defects: [],
      saved: [
        { batch: 1, missing: 0, result: { lines: 2, answered: 2, failed: 0, sha256: sha256(ANSWERS) } },
      ],
    });
    expect(paths.map((path) => basename(path))).toEqual([
      expect.stringMatching(/^\.batch_001\.[0-9a-f]{16}\.part$/),
    ]);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'collected' });
  });

  test('the record is durable before anyone hears of the file', async () => {
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], await optionsIn(await openFolder()));
    expect(context.journal).toEqual(['downloadResult batches/j1', 'saved 1 collected', 'event result_saved']);
  });

  test('leaves what is on disk alone, without a request', async () => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], options);
    const again = createSampleContext({}, { 1: context.store.recordOf(1) });
    expect(await downloadResults(again, [1], options)).toMatchObject({ saved: [], kept: [1] });
  });

  test.for(['gone', 'shorter than it was, with --force,'])(
    'fetches again a result that is %s',
    async (what) => {
      const options = await optionsIn(await openFolder());
      const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
      await downloadResults(context, [1], options);
      const path = join(options.outputDirectory, 'batch_001.jsonl');
      if (what === 'gone') await rm(path);
      else await writeFile(path, 'x');
      const outcome = await downloadResults(context, [1], { ...options, force: what !== 'gone' });
      expect(outcome).toMatchObject({ saved: [{ batch: 1 }], failed: [] });
      expect(await readFile(path, 'utf8')).toBe(ANSWERS);
    },
  );

  test('refuses to replace a file with other bytes, keeps it, and says how', async () => {
    const options = await optionsIn(await openFolder());
    await mkdir(options.outputDirectory);
    await writeFile(join(options.outputDirectory, 'batch_001.jsonl'), 'mine');
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome.failed).toMatchObject([
      { batch: 1, reason: 'FILE_EXISTS', message: expect.stringContaining('--force') },
    ]);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe('mine');
    expect(context.store.recordOf(1).status).toBe('succeeded');
  });

  test('replaces it with --force, and takes a file with the same bytes as its own', async () => {
    const folder = await openFolder();
    const options = await optionsIn(folder);
    await mkdir(options.outputDirectory);
    await writeFile(join(options.outputDirectory, 'batch_001.jsonl'), 'mine');
    await writeFile(join(options.outputDirectory, 'batch_002.jsonl'), ANSWERS);
    const context = createSampleContext(sending(ANSWERS), {
      1: succeeded('batches/j1'),
      2: succeeded('batches/j2'),
    });
    expect((await downloadResults(context, [2], options)).saved).toHaveLength(1);
    expect((await downloadResults(context, [1], { ...options, force: true })).saved).toHaveLength(1);
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
  });

  test('saves what an ended job left behind under a name of its attempt', async () => {
    const options = await optionsIn(await openFolder());
    const { results } = succeeded('batches/j1');
    const expired: BatchRecord = { ...succeeded('batches/j1'), status: 'expired', attempt: 2, results };
    const context = createSampleContext(sending(ANSWERS), { 81: expired });
    await downloadResults(context, [81], options);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_081.partial-2.jsonl']);
    expect(context.store.recordOf(81)).toMatchObject({ status: 'expired', saved: { lines: 2 } });
  });

  test.for([
    { what: 'empty', text: '', says: 'it holds no lines' },
    { what: 'cut in a line', text: '{"key":"a","respo', says: 'line 1 is not a JSON object' },
    { what: 'an HTML page', text: '<html></html>\n', says: 'line 1 is not a JSON object' },
  ])('a body that is $what is no result', async ({ text, says }) => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(sending(text), { 1: succeeded('batches/j1') });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome.failed).toMatchObject([{ reason: 'BAD_RESULT', message: expect.stringContaining(says) }]);
    expect(await readdir(options.outputDirectory)).toEqual([]);
    expect(context.events).toMatchObject([{ event: 'error', step: 'download', batch: 1 }]);
  });

  test('a download that fails leaves no part behind, and the others go on', async () => {
    const options = await optionsIn(await openFolder(), { concurrency: 1 });
    const { downloadResult } = sending(ANSWERS);
    const context = createSampleContext(
      {
        async downloadResult(job, results, toPath, signal) {
          if (job === 'batches/j2') return await downloadResult(job, results, toPath, signal);
          await writeFile(toPath, 'half');
          return failed('unavailable');
        },
      },
      { 1: succeeded('batches/j1'), 2: succeeded('batches/j2') },
    );
    expect(await downloadResults(context, [1, 2], options)).toMatchObject({
      failed: [{ batch: 1 }],
      saved: [{ batch: 2 }],
    });
    expect(await readdir(options.outputDirectory)).toEqual(['batch_002.jsonl']);
  });

  test('removes the parts that killed downloads left, and nothing else', async () => {
    const options = await optionsIn(await openFolder());
    await mkdir(options.outputDirectory);
    for (const name of ['.batch_009.0123456789abcdef.part', '.batch_9.part', 'notes.txt']) {
      await writeFile(join(options.outputDirectory, name), 'x');
    }
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], options);
    expect((await readdir(options.outputDirectory)).sort()).toEqual([
      '.batch_9.part',
      'batch_001.jsonl',
      'notes.txt',
    ]);
  });

  test('names each error line, and counts the requests that have no line', async () => {
    const text = `${ANSWERS}{"key":"c","error":{"code":4,"message":"Deadline expired"}}\n{"key":"d"}\n`;
    const stats = { requests: 6, succeeded: 2, failed: 4, pending: 0 };
    const context = createSampleContext(sending(text), { 7: { ...succeeded('batches/j7'), stats } });
    const outcome = await downloadResults(context, [7], await optionsIn(await openFolder()));
    expect(outcome.saved).toMatchObject([{ result: { lines: 4, answered: 2, failed: 2 }, missing: 2 }]);
    expect(outcome.defects).toEqual([
      { batch: 7, line: 3, key: 'c', kind: 'error', code: 4, message: 'Deadline expired' },
      { batch: 7, line: 4, key: 'd', kind: 'error', code: undefined, message: undefined },
    ]);
  });

  test('does nothing for batches without results, and makes no folder', async () => {
    const folder = await openFolder();
    const context = createSampleContext(
      {},
      { 1: submitted('batches/j1'), 2: { status: 'pending', attempt: 1 } },
    );
    expect(await downloadResults(context, [1, 2, 3], await optionsIn(folder))).toEqual({
      saved: [],
      kept: [],
      failed: [],
      defects: [],
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('begins no download once the run is stopped', async () => {
    const context = createSampleContext({}, { 1: succeeded('batches/j1') });
    context.stop.abort(new Error('Ctrl-C'));
    await expect(downloadResults(context, [1], await optionsIn(await openFolder()))).rejects.toThrow(
      'Ctrl-C',
    );
  });
});
