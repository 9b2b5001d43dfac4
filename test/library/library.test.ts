import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createBatchSubmit, type LibraryEvent } from '../../src/index.ts';
import { expectDocument } from '../cli/json-contract.ts';
import { FAKE_KEY, runCli } from '../cli/run-cli.ts';
import { readLog } from '../cli/saved-files.ts';
import { rejectionOf } from '../state/temporary-folder.ts';
import { openBench, type LibraryBench } from './library-bench.ts';

/** A program of somebody's, which the library must not touch. */
const PROGRAM = fileURLToPath(new URL('fixtures/watchful-program.mjs', import.meta.url));

/** What the command line prints in the bench's folder, with the same service. */
async function printed({ folder, emulator }: LibraryBench, ...args: readonly string[]): Promise<unknown> {
  const ended = await runCli([...args, '--json'], {
    folder,
    env: { BATCH_SUBMIT_BASE_URL: emulator.url },
  });
  expect(ended.stderr).toBe('');
  return JSON.parse(ended.stdout);
}

describe('createBatchSubmit()', () => {
  test('runs the whole job in another folder, and tells what the log says', async () => {
    const bench = await openBench();
    const { options, emulator, folder } = bench;
    const events: LibraryEvent[] = [];
    const batchSubmit = createBatchSubmit({ ...options, onEvent: (event) => events.push(event) });

    const { exitCode, finished, document } = await batchSubmit.run();

    expect({ exitCode, document }).toEqual({ exitCode: 0, document: undefined });
    expect(finished).toMatchObject({ type: 'run_finished', submitted: 3, downloaded: 3, remaining: 0 });
    expect(events.at(-1)).toEqual(finished);
    for (const event of events) expectDocument(event, ['event'], 'an event of the library');
    const logged = await readLog(folder);
    expect(events.map(({ type }) => type)).toEqual(logged.map(({ event }) => event));
    expect(emulator.accepted().jobs).toHaveLength(3);
    expect(
      (await readFile(bench.path('batch_results', 'merged.jsonl'), 'utf8')).trimEnd().split('\n'),
    ).toHaveLength(6);
  });

  test('leaves a state that the command line goes on with, and goes on with one of its', async () => {
    const bench = await openBench();
    const batchSubmit = createBatchSubmit(bench.options);
    await batchSubmit.run({ to: 2, from: 1 });
    expect(await readFile(bench.path('batch_submission_state.json'), 'utf8')).not.toContain(bench.folder);
    expect(await printed(bench, 'download')).toMatchObject({ downloaded: [], kept: [1, 2], exitCode: 0 });

    expect(
      (
        await runCli(['run', '--poll', '50ms'], {
          folder: bench.folder,
          env: { BATCH_SUBMIT_BASE_URL: bench.emulator.url },
        })
      ).code,
    ).toBe(0);
    const { document } = await batchSubmit.download();
    expect(document).toMatchObject({
      downloaded: [],
      kept: [1, 2, 3],
      requests: { answered: 6, missing: 0 },
    });
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
  });

  test('sends rows again from another folder, and the command line finds their answers', async () => {
    const bench = await openBench([1, 2, 3], { damage: { missing: 0.5 }, damageOnce: true, seed: 1 });
    const batchSubmit = createBatchSubmit(bench.options);
    expect((await batchSubmit.run()).exitCode).toBe(3);
    const { finished } = await batchSubmit.retry({ rowsOnly: true });
    expect(finished.submitted).toBeGreaterThan(0);
    expect((await batchSubmit.watch()).exitCode).toBe(0);
    expect(await readFile(bench.path('batch_submission_state.json'), 'utf8')).not.toContain(bench.folder);
    expect(await printed(bench, 'report', '--dry-run')).toMatchObject({
      requests: { planned: 6, answered: 6, failed: 0, missing: 0 },
    });
  });

  test('does not pay again for what a lost state knew, nor does the command line after it', async () => {
    const bench = await openBench([1]);
    const batchSubmit = createBatchSubmit(bench.options);
    await batchSubmit.run();
    await rm(bench.path('batch_submission_state.json'));
    expect(await rejectionOf(batchSubmit.run())).toMatchObject({ code: 'E_OTHER_INPUT' });
    const { checks } = (await batchSubmit.doctor()).document;
    expect(checks).toContainEqual(expect.objectContaining({ check: 'state', verdict: 'problem' }));
    const ended = await runCli(['run'], {
      folder: bench.folder,
      env: { BATCH_SUBMIT_BASE_URL: bench.emulator.url },
    });
    expect(ended.stderr).toContain('is gone, and the log');
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
  });

  test('leaves the program that calls it alone', async () => {
    const { folder, emulator } = await openBench();
    const child = spawn(process.execPath, [PROGRAM, folder, emulator.url], {
      env: { PATH: process.env['PATH'], GEMINI_API_KEY: FAKE_KEY },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += String(chunk);
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ output, code }).toEqual({ output: '', code: 0 });
    expect(emulator.accepted().jobs).toHaveLength(3);
  });

  test('gives the documents that --json prints', async () => {
    const bench = await openBench();
    const batchSubmit = createBatchSubmit(bench.options);
    // Only paths are told in full, because the folder is not the program's own.
    const text = JSON.stringify((await batchSubmit.validate()).document).replaceAll(`${bench.folder}/`, '');
    expect(JSON.parse(text)).toEqual(await printed(bench, 'validate'));
    const { document: plan, finished } = await batchSubmit.submit({ dryRun: true, only: [1, '3'] });
    expectDocument(plan, ['plan'], 'the plan');
    expect({ finished, creates: plan.creates }).toEqual({ finished: undefined, creates: 2 });
    await batchSubmit.run();
    expect((await batchSubmit.status({ list: true })).document).toMatchObject({
      ...((await printed(bench, 'status', '--list')) as object),
      asOf: expect.any(String) as string,
    });
    for (const [name, { document }] of [
      ['settings', await batchSubmit.config()],
      ['report', await batchSubmit.report({ dryRun: true })],
      ['cancel-plan', await batchSubmit.cancel({ from: 1, to: 3 })],
      ['download', await batchSubmit.download()],
      ['unlock', await batchSubmit.unlock()],
      ['adopt', await batchSubmit.adopt()],
      ['cleanup', await batchSubmit.cleanup({ dryRun: true })],
      ['diagnosis', await batchSubmit.doctor()],
    ] as const)
      expectDocument(document, [name], name);
  });

  test('takes relative paths of options from its folder', async () => {
    const bench = await openBench([1, 2]);
    const batchSubmit = createBatchSubmit({
      ...bench.options,
      settings: { ...bench.options.settings, input: 'cut' },
    });
    await batchSubmit.split({ files: ['batches/batch_001.jsonl', 'batches/batch_002.jsonl'], maxLines: 1 });
    await batchSubmit.merge({ into: 'packed', jobs: 2, from: 1, to: 3, numberFrom: 7 });
    const manifest = await readFile(bench.path('packed', 'merged_input.json'), 'utf8');
    expect(manifest).toContain('"cut/batch_001.jsonl"');
    expect(manifest).not.toContain(bench.folder);
    expect((await stat(bench.path('packed', 'batch_007.jsonl'))).size).toBeGreaterThan(0);
    await writeFile(bench.path('jobs.csv'), 'batch,job\n1,batches/abc\n');
    await batchSubmit.adopt({ files: ['jobs.csv'], yes: true });
    await batchSubmit.report({ output: 'reports.json' });
    expect(JSON.parse(await readFile(bench.path('reports.json'), 'utf8'))).toMatchObject({
      submitted_jobs: { 1: { job_name: 'batches/abc' } },
    });
  });

  test('reads .env and the settings of its folder, and its own options before them', async () => {
    const bench = await openBench([1]);
    const { apiKey, ...options } = bench.options;
    await writeFile(bench.path('.env'), `GEMINI_API_KEY=${apiKey}\nBATCH_SUBMIT_MODEL=gemini-2.5-pro\n`, {
      mode: 0o600,
    });
    await writeFile(
      bench.path('batch-submit.config.json'),
      '{"model": "gemini-2.0-flash", "pattern": "none_{batch}.jsonl"}',
    );
    const modelOf = async (given: object): Promise<unknown> => {
      const { document } = await createBatchSubmit({ ...options, ...given }).config();
      return document.settings.find(({ setting }) => setting === 'model')?.value;
    };
    expect(await modelOf({})).toBe('gemini-2.5-pro');
    expect(await modelOf({ envFile: false })).toBe('gemini-2.0-flash');
    expect(await modelOf({ envFile: false, configFile: false })).toBe('gemini-2.5-flash');
    expect(await modelOf({ settings: { ...options.settings, model: 'own' } })).toBe('own');
    expect((await createBatchSubmit({ ...options, configFile: false }).submit()).exitCode).toBe(0);
  });
});

describe('what ends a call', () => {
  test('an abort stops as Ctrl-C does, and the next call goes on', async () => {
    const bench = await openBench();
    const stop = new AbortController();
    const types: string[] = [];
    const onEvent = ({ type }: LibraryEvent): void => {
      types.push(type);
      if (type === 'batch_created') stop.abort();
    };
    const batchSubmit = createBatchSubmit(bench.options);
    const error = await rejectionOf(batchSubmit.run({ signal: stop.signal, onEvent }));
    expect(error).toMatchObject({
      code: 'E_INTERRUPTED',
      message: 'Interrupted by AbortSignal: everything so far is saved',
      hint: 'make the same call again to resume',
    });
    expect(types).toContain('interrupted');
    expect(types.at(-1)).toBe('run_finished');
    expect(bench.emulator.accepted().jobs).toHaveLength(1);

    expect((await batchSubmit.run()).exitCode).toBe(0);
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
  });

  test('an abort before the call sends nothing', async () => {
    const bench = await openBench();
    const batchSubmit = createBatchSubmit({ ...bench.options, signal: AbortSignal.abort() });
    expect(await rejectionOf(batchSubmit.run())).toMatchObject({ code: 'E_INTERRUPTED' });
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('two calls on one state do not work at once', async () => {
    const bench = await openBench();
    const batchSubmit = createBatchSubmit(bench.options);
    const calls = await Promise.allSettled([batchSubmit.run(), batchSubmit.run()]);
    const rejected = calls.filter((call) => call.status === 'rejected');
    expect(rejected.map(({ reason }) => reason as unknown)).toMatchObject([{ code: 'E_LOCKED' }]);
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
  });

  test('what would be asked about needs yes', async () => {
    const bench = await openBench();
    const batchSubmit = createBatchSubmit(bench.options);
    await batchSubmit.submit();
    expect(await rejectionOf(batchSubmit.cancel({ from: 1, to: 2 }))).toMatchObject({ code: 'E_USAGE' });
    expect(await rejectionOf(batchSubmit.run({ canary: true }))).toMatchObject({ code: 'E_USAGE' });
    const { document } = await batchSubmit.cancel({ from: 1, to: 2, yes: true });
    expect(document).toHaveProperty('requested');
  });

  test('a fault of the listener comes out at the end, when everything is saved', async () => {
    const bench = await openBench();
    const onEvent = ({ type }: LibraryEvent): void => {
      if (type === 'batch_created') throw new Error('mine');
    };
    const batchSubmit = createBatchSubmit(bench.options);
    expect(await rejectionOf(batchSubmit.run({ onEvent }))).toMatchObject({ message: 'mine' });
    expect((await batchSubmit.status()).document).toMatchObject({ submitted: 3, counts: { downloaded: 3 } });
  });

  test('a rejection of the listener ends neither the process nor the run', async () => {
    const bench = await openBench([1]);
    const later = async (type: string): Promise<void> => {
      if (type === 'batch_created') throw new Error('mine, later');
      await Promise.resolve();
    };
    const onEvent = ({ type }: LibraryEvent): unknown => later(type);
    const batchSubmit = createBatchSubmit({ ...bench.options, onEvent });
    expect(await rejectionOf(batchSubmit.run())).toMatchObject({ message: 'mine, later' });
    expect((await batchSubmit.status()).document.counts.downloaded).toBe(1);
  });

  test.for([
    { apiKey: 'with space-SECRETWORDS' },
    { apiKey: undefined, env: { GEMINI_API_KEY: 'one-SECRETWORDS', GOOGLE_API_KEY: 'two-SECRETWORDS' } },
    { apiKey: 'plain-SECRETWORDS', settings: { pattern: 'plain-SECRETWORDS' } },
  ])('no error holds the key: %j', async (given) => {
    const bench = await openBench([1]);
    const settings = { ...bench.options.settings, ...given.settings };
    const error = await rejectionOf(createBatchSubmit({ ...bench.options, ...given, settings }).submit());
    expect(error).toMatchObject({ name: 'BatchSubmitError' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('SECRETWORDS');
  });

  test('the key is not sent where this process believes any certificate, whatever env says', async () => {
    const bench = await openBench([1]);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const batchSubmit = createBatchSubmit({ ...bench.options, env: {} });
    expect(await rejectionOf(batchSubmit.submit())).toMatchObject({ code: 'E_CONFIG' });
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('the given key comes before all others', async () => {
    const bench = await openBench([1]);
    const env = { GEMINI_API_KEY: 'some-other-key', GOOGLE_API_KEY: 'and-another-key' };
    const none = createBatchSubmit({ ...bench.options, env, apiKey: ' ' });
    expect(await rejectionOf(none.submit())).toMatchObject({ code: 'E_KEY_MISSING' });
    expect((await createBatchSubmit({ ...bench.options, env }).submit()).exitCode).toBe(0);
  });
});
