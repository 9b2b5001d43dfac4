import { truncate } from 'node:fs/promises';
import { describe } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { parseLines } from './saved-files.ts';
import { maskOutput } from './transcript.ts';
import { test } from './workbench.ts';

const STOPS_AT_2: EmulatorOptions = {
  faults: [{ endpoint: 'batches.create', kind: 'rate_limit_zero', at: 2 }],
};

describe.concurrent('--json', () => {
  test('streams one JSON object a line, from run_started to run_finished', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench({ batches: [1] });
    const { code, stdout, stderr } = await cli('--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(maskOutput(stdout, folder)).toMatchInlineSnapshot(`
      "{"schemaVersion":1,"type":"run_started","time":"<time>","run":"<run>","command":"submit","version":"0.1.0","state":"batch_submission_state.json","planned":1,"total":1,"submittedBefore":0,"downloadedBefore":0}
      {"schemaVersion":1,"type":"upload_started","time":"<time>","run":"<run>","batch":1,"bytes":178,"lines":2}
      {"schemaVersion":1,"type":"upload_success","time":"<time>","run":"<run>","batch":1,"file":"http://127.0.0.1:<port>/v1beta/files/bs1-<state>-00001-4d9a5f1e2e89-a1","bytes":178,"ms":<ms>}
      {"schemaVersion":1,"type":"create_intended","time":"<time>","run":"<run>","batch":1,"displayName":"bs1/<state>/1/4d9a5f1e2e894371/a1"}
      {"schemaVersion":1,"type":"batch_created","time":"<time>","run":"<run>","batch":1,"job":"batches/<job>","displayName":"bs1/<state>/1/4d9a5f1e2e894371/a1"}
      {"schemaVersion":1,"type":"run_finished","time":"<time>","run":"<run>","submitted":1,"failed":0,"uncertain":0,"downloaded":0,"remaining":0,"exitCode":0,"ms":<ms>}
      "
    `);
  });

  for (const line of ['submit', 'run', 'retry']) {
    test(`${line}: every line has a type, a time, a run and a schema version`, async ({
      openWorkbench,
      expect,
    }) => {
      const { given, cli, pass } = await openWorkbench({
        clock: 'virtual',
        service: { outcome: ({ number }) => (number === 1 ? 'failed' : 'succeeded') },
      });
      if (line !== 'submit') {
        await given();
        pass(10_000);
      }
      const { stdout, stderr } = await cli(`${line} --json`);
      const lines = parseLines(stdout);
      expect(stderr).toBe('');
      expect(lines.length).toBeGreaterThan(2);
      for (const entry of lines) {
        expect(entry).toMatchObject({
          schemaVersion: 1,
          type: expect.any(String),
          time: expect.stringMatching(/Z$/),
          run: expect.stringMatching(/^r-/),
        });
      }
      expect(lines[0]).toMatchObject({ type: 'run_started' });
      expect(lines.at(-1)).toMatchObject({ type: 'run_finished' });
    });
  }

  test('ends in run_finished when there is nothing to do', async ({ openWorkbench, expect }) => {
    const { given, cli } = await openWorkbench({ batches: [1] });
    await given();
    const lines = parseLines((await cli('--json')).stdout);
    expect(lines.map(({ type }) => type)).toEqual(['run_started', 'run_finished']);
  });

  test('ends in run_finished with its exit code when batches fail', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({
      service: { faults: [{ endpoint: 'batches.create', kind: 'status', status: 400, at: 2 }] },
    });
    const { code, stdout } = await cli('--json');
    const lines = parseLines(stdout);
    expect(code).toBe(3);
    expect(lines.at(-1)).toMatchObject({ type: 'run_finished', submitted: 2, failed: 1, exitCode: 3 });
    expect(lines.find(({ type }) => type === 'error')).toMatchObject({
      batch: 2,
      step: 'create',
      reason: 'INVALID_ARGUMENT',
    });
  });

  test('ends in run_finished when the run is stopped half-way, and says why on stderr', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli } = await openWorkbench({ service: STOPS_AT_2 });
    const { code, stdout, stderr } = await cli('--json');
    expect(code).toBe(2);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'run_finished', submitted: 1, remaining: 2 });
    expect(parseLines(stderr)).toMatchObject([{ type: 'error', code: 'E_NO_QUOTA', exitCode: 2 }]);
  });

  test('run_finished of a run that was stopped names the exit code of the process', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli } = await openWorkbench({ service: STOPS_AT_2 });
    const { code, stdout } = await cli('--json');
    expect(parseLines(stdout).at(-1)).toMatchObject({ exitCode: code });
  });

  for (const [line, code] of [
    ['submit --json', 'E_KEY_MISSING'],
    ['download --json 5 3', 'E_USAGE'],
    ['--json staus', 'E_USAGE'],
    ['--json --no-such-flag', 'E_USAGE'],
    ['status --json --input x --poll', 'E_USAGE'],
    ['run --json 7 9', 'E_NO_BATCHES'],
  ] as const) {
    test(`${line}: an error is one JSON line on stderr and stdout stays empty`, async ({
      openWorkbench,
      expect,
    }) => {
      const { cli } = await openWorkbench();
      const ended = await cli(line, { GEMINI_API_KEY: undefined });
      expect(ended.stdout).toBe('');
      expect(parseLines(ended.stderr)).toEqual([
        { type: 'error', code, message: expect.any(String), hint: expect.any(String), exitCode: ended.code },
      ]);
    });
  }

  test('a refused input names its details', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench();
    for (const name of ['batch_001', 'batch_002']) await truncate(path(`batches/${name}.jsonl`));
    const [error] = parseLines((await cli('--json')).stderr);
    expect(JSON.stringify(error)).toContain('batch_001.jsonl');
  });

  for (const line of [
    'config',
    'unlock',
    'report',
    'status',
    'submit --dry-run',
    'retry --dry-run',
    'download --dry-run',
    'cancel 1 --dry-run',
  ]) {
    test(`${line} is one document`, async ({ openWorkbench, expect }) => {
      const { cli } = await openWorkbench();
      const { code, stdout, stderr } = await cli(`${line} --json`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
    });
  }

  for (const line of ['download', 'cancel 1 --yes']) {
    test(`${line} with nothing to do says so in JSON`, async ({ openWorkbench, expect }) => {
      const { cli } = await openWorkbench();
      const { code, stdout } = await cli(`${line} --json`);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
    });
  }

  for (const line of ['retry', 'watch']) {
    test(`${line} with nothing to do says so in JSON as well`, async ({ openWorkbench, expect }) => {
      const { cli } = await openWorkbench();
      expect(parseLines((await cli(`${line} --json`)).stdout)).not.toEqual([]);
    });
  }
});
