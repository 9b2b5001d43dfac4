import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DownloadOptions, downloadResults } from '../../src/collect/download.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';
import { INPUT, submitted, succeeded } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';

const ANSWERS = ['a', 'b']
  .map((key) => ({ key, response: { candidates: [{ content: { parts: [{ text: `Answer ${key}` }] } }] } }))
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

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
      saved: [
        {
          batch: 1,
          result: { lines: 2, answered: 2, failed: 0, missing: 0, sha256: sha256(ANSWERS) },
        },
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
    { what: 'cut in a line', text: '{"key":"a","respo', says: 'no line of them is a JSON object' },
    { what: 'an HTML page', text: '<html></html>\n', says: 'no line of them is a JSON object' },
  ])('a body that is $what is no result', async ({ text, says }) => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(sending(text), { 1: succeeded('batches/j1') });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome.failed).toMatchObject([
      { kind: 'refused', reason: 'BAD_RESULT', message: expect.stringContaining(says) },
    ]);
    expect(await readdir(options.outputDirectory)).toEqual([]);
    expect(context.events).toMatchObject([{ event: 'error', step: 'download', batch: 1 }]);
  });

  // Good answers that were paid for must not wait for ever because of one bad line beside them.
  test.for(['[]', '[{"key":"b"}]', 'null', '7'])(
    'a line %s beside good answers is kept and named, like any other that cannot be read',
    async (line) => {
      const options = await optionsIn(await openFolder());
      const text = `${line}\n${ANSWERS}`;
      const context = createSampleContext(sending(text), { 1: succeeded('batches/j1') });
      const outcome = await downloadResults(context, [1], options);
      expect(outcome).toMatchObject({
        saved: [{ result: { lines: 3, answered: 2, missing: 0, audit: { defects: { unreadable: 1 } } } }],
        failed: [],
      });
      expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(text);
    },
  );

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

  test('counts what is wrong, and the requests that have no line', async () => {
    const text = `${ANSWERS}{"key":"c","error":{"code":4,"message":"Deadline expired"}}\n{"key":"d"}\n`;
    const stats = { requests: 6, succeeded: 2, failed: 4, pending: 0 };
    const record = { ...succeeded('batches/j7'), input: undefined, stats };
    const getJob = inTurn(ok({ ...jobSnapshot('batches/j7', 'succeeded'), stats }));
    const context = createSampleContext({ ...sending(text), getJob }, { 7: record });
    const outcome = await downloadResults(context, [7], await optionsIn(await openFolder()));
    expect(outcome.saved).toMatchObject([
      {
        batch: 7,
        result: {
          lines: 4,
          answered: 2,
          failed: 2,
          missing: 2,
          // Asked anew, the service still counts more than it sent.
          audit: { against: 'count', defects: { error: 2, missing: 2 }, stats },
        },
      },
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

  test.for([
    { what: 'a key that is refused', kind: 'key_refused', code: 'E_KEY_REFUSED' },
    { what: 'no quota', kind: 'no_quota', code: 'E_NO_QUOTA' },
  ] as const)('$what ends the command, with nothing left behind', async ({ kind, code }) => {
    const options = await optionsIn(await openFolder(), { concurrency: 1 });
    const context = createSampleContext(
      { downloadResult: inTurn<never>(failed(kind)) },
      { 1: succeeded('batches/j1') },
    );
    await expect(downloadResults(context, [1], options)).rejects.toMatchObject({ code });
    expect(await readdir(options.outputDirectory)).toEqual([]);
    expect(context.store.recordOf(1)).toEqual(succeeded('batches/j1'));
  });

  test('ends only when every download has ended, so that none writes after the lock is given up', async () => {
    const options = await optionsIn(await openFolder());
    const { downloadResult } = sending(ANSWERS);
    const context = createSampleContext(
      {
        async downloadResult(job, results, toPath, signal) {
          if (job === 'batches/j1') return failed('key_refused');
          for (let turn = 0; turn < 20; turn += 1) await setImmediate();
          return await downloadResult(job, results, toPath, signal);
        },
      },
      { 1: succeeded('batches/j1'), 2: succeeded('batches/j2') },
    );
    await expect(downloadResults(context, [1, 2], options)).rejects.toMatchObject({ code: 'E_KEY_REFUSED' });
    expect(context.store.recordOf(2).status).toBe('collected');
  });

  test('says a failure once while it polls, and reports it each time', async () => {
    const options = await optionsIn(await openFolder(), { told: new Set<string>() });
    const context = createSampleContext(
      { downloadResult: inTurn<never>(failed('unavailable')) },
      { 1: succeeded('batches/j1') },
    );
    for (const round of [1, 2]) {
      const { failed: broken } = await downloadResults(context, [1], options);
      expect(broken, `round ${round}`).toMatchObject([{ batch: 1, kind: 'unavailable' }]);
    }
    expect(context.events).toMatchObject([{ event: 'error', batch: 1, reason: 'UNAVAILABLE' }]);
  });

  test('a saved result in another folder is fetched into the wanted one', async () => {
    const folder = await openFolder();
    const options = await optionsIn(folder);
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], options);
    const elsewhere = { ...options, outputDirectory: join(folder, 'elsewhere') };
    expect(await downloadResults(context, [1], elsewhere)).toMatchObject({ saved: [{ batch: 1 }], kept: [] });
    const path = join(elsewhere.outputDirectory, 'batch_001.jsonl');
    expect(context.store.recordOf(1)).toMatchObject({ saved: { path } });
    expect(await readFile(path, 'utf8')).toBe(ANSWERS);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
  });

  test('empty partial results are results: there was nothing', async () => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(sending(''), {
      1: { ...succeeded('batches/j1'), status: 'expired' },
    });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome).toMatchObject({ saved: [{ result: { lines: 0, missing: 2 } }], failed: [] });
    expect(context.journal.filter((step) => step.startsWith('downloadResult'))).toHaveLength(1);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.partial-1.jsonl']);
  });
});

describe('downloadResults() on a disk that refuses', () => {
  test.for([
    { what: 'to tell what has the final name', loop: 'batch_001.jsonl' },
    { what: 'to give back what was received', loop: undefined },
  ])('$what: an error that names the folder, and what to do', async ({ loop }) => {
    const options = await optionsIn(await openFolder());
    await mkdir(options.outputDirectory);
    if (loop !== undefined) await symlink(loop, join(options.outputDirectory, loop));
    const service: Pick<BatchService, 'downloadResult'> =
      loop === undefined
        ? {
            downloadResult: (_job, _results, toPath) =>
              symlink(basename(toPath), toPath).then(() => ok({ sizeBytes: 0, sha256: '' })),
          }
        : sending(ANSWERS);
    const context = createSampleContext(service, { 1: succeeded('batches/j1') });
    await expect(downloadResults(context, [1], options)).rejects.toMatchObject({
      code: 'E_DISK',
      message: expect.stringContaining(options.outputDirectory),
      hint: expect.any(String),
    });
    expect(context.store.recordOf(1).status).toBe('succeeded');
  });
});

describe('downloadResults() of a result that comes short', () => {
  const [FIRST = '', SECOND = ''] = ANSWERS.split(/(?<=\n)/);

  /** Sends one text after the other, and the last one for ever. */
  function inOrder(...texts: readonly string[]): Pick<BatchService, 'downloadResult'> {
    let turn = 0;
    return {
      async downloadResult(job, results, toPath, signal) {
        const text = texts[Math.min(turn, texts.length - 1)] ?? '';
        turn += 1;
        return await sending(text).downloadResult(job, results, toPath, signal);
      },
    };
  }

  const fetches = (context: SampleContext): number =>
    context.journal.filter((step) => step.startsWith('downloadResult')).length;

  test('fetches it once more, and takes the whole one', async () => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(inOrder(FIRST, ANSWERS), { 1: succeeded('batches/j1') });
    const outcome = await downloadResults(context, [1], options);
    expect(outcome).toMatchObject({ saved: [{ result: { lines: 2, missing: 0 } }], failed: [] });
    expect(fetches(context)).toBe(2);
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
  });

  test.for([
    { what: 'both are short', texts: [FIRST, SECOND], holds: FIRST, missing: 1 },
    { what: 'both are empty', texts: ['', ''], holds: '', missing: 2 },
    { what: 'the second is shorter', texts: [FIRST, ''], holds: FIRST, missing: 1 },
    { what: 'the second is longer', texts: ['', SECOND], holds: SECOND, missing: 1 },
  ])('keeps the longer one and says what is missing when $what', async ({ texts, holds, missing }) => {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(inOrder(...texts), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], options);
    expect(fetches(context)).toBe(2);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'collected', saved: { missing } });
    expect(context.events).toMatchObject([{ event: 'result_saved', missing }]);
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(holds);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
  });

  test('keeps what came when the second fetch fails', async () => {
    let turn = 0;
    const { downloadResult } = sending(FIRST);
    const context = createSampleContext(
      {
        async downloadResult(job, results, toPath, signal) {
          turn += 1;
          return turn === 1 ? await downloadResult(job, results, toPath, signal) : failed('unavailable');
        },
      },
      { 1: succeeded('batches/j1') },
    );
    const outcome = await downloadResults(context, [1], await optionsIn(await openFolder()));
    expect(outcome).toMatchObject({ saved: [{ result: { lines: 1, missing: 1 } }], failed: [] });
  });

  test('the input counts more than what the service says, which counts more than nothing', async () => {
    const stats = { requests: 1, succeeded: 1, failed: 0, pending: 0 };
    const known = succeeded('batches/j1');
    const getJob = inTurn(ok({ ...jobSnapshot('batches/j1', 'succeeded'), stats }));
    const context = createSampleContext(
      { ...sending(FIRST), getJob },
      {
        1: { ...known, stats },
        2: { ...succeeded('batches/j2'), input: undefined, stats },
        3: { ...succeeded('batches/j3'), input: undefined },
      },
    );
    const { saved } = await downloadResults(context, [1, 2, 3], await optionsIn(await openFolder()));
    expect(new Map(saved.map(({ batch, result }) => [batch, result.missing]))).toEqual(
      new Map([
        [1, 1],
        [2, 0],
        [3, 0],
      ]),
    );
  });

  test('a retry asks again before it sends rows anew, and replaces it; polling does not, nor a further download', async () => {
    const options = await optionsIn(await openFolder());
    const first = createSampleContext(sending(FIRST), { 1: succeeded('batches/j1') });
    await downloadResults(first, [1], options);
    const next = createSampleContext(inOrder(FIRST, FIRST, ANSWERS), { 1: first.store.recordOf(1) });
    expect(await downloadResults(next, [1], options)).toMatchObject({ saved: [], kept: [1] });
    expect(fetches(next)).toBe(0);
    const polling = { ...options, asksForShort: true, told: new Set<string>() };
    expect(await downloadResults(next, [1], polling)).toMatchObject({ saved: [{ result: { missing: 1 } }] });
    expect(await downloadResults(next, [1], polling)).toMatchObject({ saved: [], kept: [1] });
    expect(fetches(next), 'one command, two tries').toBe(2);
    expect(await downloadResults(next, [1], { ...options, asksForShort: true })).toMatchObject({
      saved: [{ result: { missing: 0 } }],
      failed: [],
    });
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
  });

  test('an answer that fails the second time leaves the short one and its record', async () => {
    const options = await optionsIn(await openFolder());
    const first = createSampleContext(sending(FIRST), { 1: succeeded('batches/j1') });
    await downloadResults(first, [1], options);
    const next = createSampleContext(
      { downloadResult: inTurn<never>(failed('not_found')) },
      { 1: first.store.recordOf(1) },
    );
    const asking = { ...options, asksForShort: true };
    expect(await downloadResults(next, [1], asking)).toMatchObject({ kept: [1], failed: [] });
    expect(next.store.recordOf(1)).toEqual(first.store.recordOf(1));
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(FIRST);
  });

  // Answers that were paid for and are on disk; the service may not give them a second time.
  test('a shorter one never replaces what is on disk', async () => {
    const options = await optionsIn(await openFolder());
    const record = { ...succeeded('batches/j1'), input: { ...INPUT, lines: 3 } };
    const first = createSampleContext(sending(ANSWERS), { 1: record });
    await downloadResults(first, [1], options);
    const next = createSampleContext(sending(FIRST), { 1: first.store.recordOf(1) });
    await downloadResults(next, [1], { ...options, asksForShort: true });
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
  });
});

describe('downloadResults() with --force', () => {
  test.for([
    { what: 'the service fails', kind: 'unavailable' },
    { what: 'the service refuses', kind: 'refused' },
  ] as const)('keeps the old file and its record when $what', async ({ kind }) => {
    const answer = failed(kind);
    const options = await optionsIn(await openFolder());
    const first = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(first, [1], options);
    const forced = createSampleContext(
      { downloadResult: inTurn<never>(answer) },
      { 1: first.store.recordOf(1) },
    );
    const outcome = await downloadResults(forced, [1], { ...options, force: true });
    expect(outcome).toMatchObject({ saved: [], failed: [{ batch: 1, kind: answer.failure.kind }] });
    expect(forced.journal).toEqual(['downloadResult batches/j1', 'event error']);
    expect(forced.store.recordOf(1)).toEqual(first.store.recordOf(1));
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
  });

  test('keeps the old file when what comes is no result', async () => {
    const options = await optionsIn(await openFolder());
    const first = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(first, [1], options);
    const forced = createSampleContext(sending('<html></html>'), { 1: first.store.recordOf(1) });
    const outcome = await downloadResults(forced, [1], { ...options, force: true });
    expect(outcome).toMatchObject({ saved: [], failed: [{ reason: 'BAD_RESULT' }] });
    expect(forced.store.recordOf(1)).toEqual(first.store.recordOf(1));
    expect(await readFile(join(options.outputDirectory, 'batch_001.jsonl'), 'utf8')).toBe(ANSWERS);
    expect(await readdir(options.outputDirectory)).toEqual(['batch_001.jsonl']);
  });
});

describe('downloadResults() of results that the service has dropped', () => {
  const DROPPED = {
    downloadResult: inTurn<never>(failed('not_found')),
    getJob: inTurn(ok(jobSnapshot('batches/j1', 'succeeded'))),
  };

  async function afterSaving(): Promise<{
    readonly options: DownloadOptions;
    readonly path: string;
    readonly record: BatchRecord;
  }> {
    const options = await optionsIn(await openFolder());
    const context = createSampleContext(sending(ANSWERS), { 1: succeeded('batches/j1') });
    await downloadResults(context, [1], options);
    const path = join(options.outputDirectory, 'batch_001.jsonl');
    return { options, path, record: context.store.recordOf(1) };
  }

  test('keeps a verified file with --force, says so, and that is no failure', async () => {
    const { options, path, record } = await afterSaving();
    const context = createSampleContext(DROPPED, { 1: record });
    const outcome = await downloadResults(context, [1], { ...options, force: true });
    expect(outcome).toEqual({ saved: [], kept: [1], failed: [] });
    expect(context.events).toMatchObject([
      { event: 'warning', batch: 1, message: expect.stringMatching(/has its results no more.*is kept/) },
    ]);
    expect(context.store.recordOf(1)).toEqual(record);
    expect(await readFile(path, 'utf8')).toBe(ANSWERS);
  });

  test('keeps a verified file of another folder', async () => {
    const { options, path, record } = await afterSaving();
    const context = createSampleContext(DROPPED, { 1: record });
    const elsewhere = { ...options, outputDirectory: join(options.outputDirectory, 'elsewhere') };
    expect(await downloadResults(context, [1], elsewhere)).toMatchObject({ kept: [1], failed: [] });
    expect(context.events).toMatchObject([{ event: 'warning', message: expect.stringContaining(path) }]);
    expect(context.store.recordOf(1)).toEqual(record);
  });

  test.for([
    { what: 'is gone', text: undefined, force: false },
    { what: 'is gone, with --force', text: undefined, force: true },
    { what: 'has other bytes, with --force', text: ANSWERS.replace('Answer', 'Reply_'), force: true },
    { what: 'has more bytes', text: `${ANSWERS}\n`, force: false },
  ])('records as lost what $what, with the next command', async ({ text, force }) => {
    const { options, path, record } = await afterSaving();
    if (text === undefined) await rm(path);
    else await writeFile(path, text);
    const context = createSampleContext(DROPPED, { 1: record });
    const outcome = await downloadResults(context, [1], { ...options, force });
    const message = expect.stringMatching(/gone for good.*`batch-submit retry --status lost`/);
    expect(outcome).toMatchObject({ kept: [], failed: [{ batch: 1, kind: 'not_found', message }] });
    expect(context.events).toMatchObject([{ event: 'error', step: 'download', message }]);
    const lost = 'saved' in record ? record.saved : undefined;
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'succeeded',
      saved: undefined,
      lost,
      lostSince: expect.any(String),
    });
    if (text !== undefined) expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('takes a file that was lost back when it is there again, without a request', async () => {
    const { options, path, record } = await afterSaving();
    await rm(path);
    const context = createSampleContext(DROPPED, { 1: record });
    await downloadResults(context, [1], options);
    await writeFile(path, ANSWERS.replace('Answer', 'Reply_'));
    expect(await downloadResults(context, [1], options)).toMatchObject({ failed: [{ batch: 1 }] });
    await writeFile(path, ANSWERS);
    const again = createSampleContext({}, { 1: context.store.recordOf(1) });
    expect(await downloadResults(again, [1], options)).toMatchObject({ kept: [1], failed: [] });
    expect(again.store.recordOf(1)).toEqual({ ...record, lost: undefined, lostSince: undefined });
  });

  // Another key knows neither job nor results: nothing follows from that.
  test.for([failed('not_found'), failed('unavailable'), ok(jobSnapshot('batches/j1', 'running'))])(
    'concludes nothing unless the service still knows the job as ended well',
    async (answer) => {
      const { options, path, record } = await afterSaving();
      await rm(path);
      const context = createSampleContext({ ...DROPPED, getJob: inTurn(answer) }, { 1: record });
      const outcome = await downloadResults(context, [1], options);
      expect(outcome).toMatchObject({ failed: [{ kind: 'not_found', message: 'it was not_found' }] });
      expect(context.store.recordOf(1)).toEqual(record);
    },
  );
});
