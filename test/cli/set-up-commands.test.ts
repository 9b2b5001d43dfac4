import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe } from 'vitest';
import { FAKE_KEY } from './run-cli.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const LOCK = 'batch_submission_state.json.lock';

/** None of the variables that a workbench sets. */
const BARE = {
  BATCH_SUBMIT_CONCURRENCY: undefined,
  BATCH_SUBMIT_POLL: undefined,
  BATCH_SUBMIT_RATE_LIMIT_WAIT: undefined,
  BATCH_SUBMIT_RETRY_DELAY: undefined,
  BATCH_SUBMIT_SETTLE: undefined,
  BATCH_SUBMIT_BASE_URL: undefined,
};

describe.concurrent('batch-submit config', () => {
  test('--env-file has to be there, and is found by its whole path from another folder', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    // Node looks first, and has an exit code of its own for it.
    expect([2, 9]).toContain((await bench.cli('config --env-file none.env')).code);
    await writeFile(bench.path('other.env'), 'BATCH_SUBMIT_MODEL=gemini-2.5-pro\n');
    const { stdout } = await bench.given(`config -C batches --env-file ${bench.path('other.env')}`);
    expect(stdout).toContain(`model\tgemini-2.5-pro\t${bench.path('other.env')}\n`);
  });

  test('shows every setting, its value, and that it is the default', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ env: BARE });
    expect(transcript(await cli('config'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      input	batches	default
      pattern		default
      output	batch_results	default
      state	batch_submission_state.json	default
      log	batch_submission_log.jsonl	default
      report	batch_submission_final_report.json	default
      records	batch_records	default
      database	batch_records.db	default
      model	gemini-2.5-flash	default
      embedding-model	gemini-embedding-001	default
      task-type		default
      dimensions	768	default
      display-name		default
      concurrency		default
      max-active-jobs		default
      token-limit		default
      tier		default
      rate-limit-wait	3m	default
      retry-delay	1s	default
      max-retries	5	default
      max-wait		default
      pause	0ms	default
      settle	10m	default
      on-ambiguous	wait	default
      poll	1m	default
      timeout		default
      prices		default
      base-url	https://generativelanguage.googleapis.com	default
      via-mcp		default
      api-key-file		default
      --- stderr
      "
    `);
  });

  test('says which layer won: flag, environment, .env, file', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ env: BARE });
    await writeFile(
      path('.env'),
      'BATCH_SUBMIT_MODEL=gemini-2.5-pro\nBATCH_SUBMIT_POLL=5m\nBATCH_SUBMIT_INPUT=from-env-file\n',
      { mode: 0o600 },
    );
    await writeFile(
      path('batch-submit.config.json'),
      '{"input": "from-file", "output": "from-file", "poll": "1h"}',
    );
    const { stdout } = await cli('config --poll 7s', { BATCH_SUBMIT_MODEL: 'gemini-2.5-flash-lite' });
    const shown = stdout.split('\n').filter((line) => /^(input|output|model|poll)\t/.test(line));
    expect(shown).toEqual([
      'input\tfrom-env-file\t.env',
      'output\tfrom-file\tbatch-submit.config.json',
      'model\tgemini-2.5-flash-lite\tBATCH_SUBMIT_MODEL',
      'poll\t7s\t--poll',
    ]);
  });

  test('never shows the key', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    for (const line of ['config', 'config --json'])
      expect(JSON.stringify(await cli(line))).not.toContain(FAKE_KEY);
  });

  test.for([
    ['where it is from', {}, { origin: 'the environment (GEMINI_API_KEY)', problem: null }],
    [
      'why there is none',
      { GEMINI_API_KEY: undefined },
      { origin: null, problem: 'no API key found in the environment, .env or --api-key-file' },
    ],
    [
      'that two of them differ',
      { GOOGLE_API_KEY: 'another' },
      {
        origin: null,
        problem: 'GEMINI_API_KEY and GOOGLE_API_KEY are both set in the environment and differ',
      },
    ],
    [
      'that it would be read from standard input, and does not read it',
      { BATCH_SUBMIT_API_KEY_FILE: '-' },
      { origin: 'standard input', problem: null },
    ],
  ] as const)('tells of the key %s', async ([, env, apiKey], { openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    const { code, stdout } = await cli('config --json', env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ apiKey });
  });

  test('takes a key for a submit from .env and says so', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench({ batches: [1] });
    await writeFile(path('.env'), `GEMINI_API_KEY=${FAKE_KEY}\n`, { mode: 0o600 });
    expect((await cli('', { GEMINI_API_KEY: undefined })).stderr).toContain('key from .env (GEMINI_API_KEY)');
    expect((await cli('1 --no-env-file', { GEMINI_API_KEY: undefined })).code).toBe(0); // nothing left to do
  });
});

describe.concurrent('batch-submit unlock', () => {
  test('finds nothing to remove where no run was', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench();
    expect(transcript(await cli('unlock'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      "batch_submission_state.json" is not locked
      --- stderr
      "
    `);
  });

  test('removes the lock of a run that was killed', async ({ openWorkbench, expect }) => {
    const { cli, start, folder, emulator } = await openWorkbench({ service: { latencyMs: 500 } });
    const run = start();
    await until('the run asks the service', () => emulator.requests().length > 0);
    run.signal('SIGKILL');
    await run.ended;
    expect(await readdir(folder)).toContain(LOCK);
    const dry = await cli('unlock --dry-run');
    expect(dry.stdout).toBe('Would remove the lock of "batch_submission_state.json"\n');
    expect(await readdir(folder)).toContain(LOCK);
    expect(transcript(await cli('unlock'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Removed the lock of "batch_submission_state.json"
      --- stderr
      "
    `);
    expect(await readdir(folder)).not.toContain(LOCK);
  });

  test('keeps the lock of a run on another host, until --force', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, path, emulator } = await openWorkbench();
    const owner = {
      nonce: 'ab'.repeat(16),
      pid: 1,
      host: 'elsewhere',
      since: '2026-11-22T14:00:00.000Z',
      command: 'batch-submit run',
    };
    await writeFile(path(LOCK), JSON.stringify(owner));
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 11
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot use "<folder>/batch_submission_state.json": another run (\`batch-submit run\`, pid <pid> on "<host>", since <time>) holds its lock

      hint: if that run is gone, run \`batch-submit unlock --force\`"
    `);
    expect(emulator.requests()).toEqual([]);
    expect((await cli('unlock')).code).toBe(11);
    expect(transcript(await cli('unlock --force'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Removed the lock of "batch_submission_state.json"
      --- stderr
      "
    `);
    await given();
  });

  test('never takes the lock from a run that is alive, not even with --force', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, start, folder, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: 'models.get', kind: 'hang' }] },
    });
    start();
    await until('the run asks the service', () => emulator.requests().length > 0);
    const ended = await cli('unlock --force');
    expect(
      transcript(ended, folder)
        .replaceAll(/kill \d+/g, 'kill <pid>')
        .replaceAll(hostname(), '<host>'),
    ).toMatchInlineSnapshot(`
      "exit 11
      --- stdout

      --- stderr
      error: Cannot use "<folder>/batch_submission_state.json": another run (\`batch-submit submit\`, pid <pid> on "<host>", since <time>) holds its lock

      hint: wait for it to finish, or look on with \`batch-submit watch\`"
    `);
    expect(await readdir(folder)).toContain(LOCK);
  });
});

describe.concurrent('batch-submit emulator', () => {
  test('serves until SIGTERM, and says where', async ({ openWorkbench, expect }) => {
    const { start, cli, folder } = await openWorkbench({ batches: [1] });
    const emulator = start('emulator --job-time 50ms --quota-jobs 5 --seed 3');
    await until('it says where it is', () => emulator.stdout().includes('\n'));
    const url = emulator.stdout().trim();
    expect((await cli('run', { BATCH_SUBMIT_BASE_URL: url })).code).toBe(0);
    const accepted: unknown = await (await fetch(`${url}/_emulator/accepted`)).json();
    expect(accepted).toMatchObject({ jobs: [{ model: 'gemini-2.5-flash' }] });
    emulator.signal('SIGTERM');
    expect(transcript(await emulator.ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      http://127.0.0.1:<port>
      --- stderr
      "
    `);
  });

  test('--json prints one document with its address', async ({ openWorkbench, expect }) => {
    const { start } = await openWorkbench();
    const emulator = start('emulator --json --port 0');
    await until('it says where it is', () => emulator.stdout().includes('}\n'));
    const { url, port } = JSON.parse(emulator.stdout());
    expect(url).toBe(`http://127.0.0.1:${port}`);
    emulator.signal('SIGINT');
    expect((await emulator.ended).code).toBe(0);
  });

  for (const line of [
    '--faults nonsense',
    '--job-time long',
    '--job-time 5s-2s',
    '--port abc',
    '--latency x',
    '--quota-jobs 0',
  ]) {
    test(`${line} is refused`, async ({ openWorkbench, expect }) => {
      const { cli } = await openWorkbench();
      const { code, stdout, stderr } = await cli(`emulator ${line}`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: Cannot use --[a-z-]+.*\n\nhint: write it as `--/);
    });
  }

  test.for(['emulator', 'rehearse --batches 1 -q'])(
    '%s says that its port is taken',
    async (line, { openWorkbench, expect }) => {
      const { cli, emulator, folder } = await openWorkbench();
      expect(
        transcript(await cli(`${line} --port ${emulator.port}`), folder).replaceAll(
          String(emulator.port),
          '<port>',
        ),
      ).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot serve on port <port>: another program uses it

      hint: choose another with \`--port <n>\`, or leave it out for any free one"
    `);
    },
  );
});
