import { chmod, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { folderSnapshot } from './folder-snapshot.ts';
import { FAKE_KEY, type Ended } from './run-cli.ts';
import { createTerminal } from './terminal.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

const STATE = 'batch_submission_state.json';
const LOG = 'batch_submission_log.jsonl';

interface Told {
  readonly verdict: string;
  readonly fact: string;
  readonly hint: string;
}

/** What was said of each check, without what depends on the machine that the tests run on. */
function toldBy({ stdout }: Ended): Readonly<Record<string, Told>> {
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return Object.fromEntries(
    rows.map(([check = '', verdict = '', fact = '', hint = '']) => [check, { verdict, fact, hint }]),
  );
}

function namesOf(told: Readonly<Record<string, Told>>, verdict: string): readonly string[] {
  // A folder for temporary files may be in memory, which is worth a warning and no fault.
  const names = Object.keys(told).filter((name) => name !== 'file_system');
  return names.filter((name) => told[name]?.verdict === verdict);
}

const REMOTE = ['network', 'key_accepted', 'model', 'clock', 'jobs', 'unknown_jobs', 'results', 'storage'];

describe.concurrent('batch-submit doctor', () => {
  test('finds nothing wrong before a first run', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    const ended = await cli('doctor');
    const told = toldBy(ended);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(namesOf(told, 'ok')).toHaveLength(Object.keys(told).length - 1);
    expect(told['key']?.fact).toBe('from the environment (GEMINI_API_KEY)');
    expect(told['input']?.fact).toBe('3 files in "batches", 534 B');
    expect(told['model']?.fact).toBe('gemini-2.5-flash is known');
    expect(told['jobs']?.fact).toBe(
      '0 of 100 under way, 0 of this state and 0 of others; 0 tokens by this state',
    );
  });

  test('sends GET requests only, and leaves every file and folder as it is', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, pass, folder, emulator } = await openWorkbench();
    for (const prepare of [() => Promise.resolve(), () => given()]) {
      await prepare();
      pass(10_000);
      const before = await folderSnapshot(folder);
      const asked = emulator.requests().length;
      const { code } = await cli('doctor');
      expect(code).toBe(0);
      expect(await folderSnapshot(folder)).toEqual(before);
      const requests = emulator.requests().slice(asked);
      expect(requests.map(({ method, endpoint }) => `${method} ${endpoint}`)).toEqual([
        'GET models.get',
        'GET batches.list',
        'GET files.list',
      ]);
    }
  });

  test('tells of jobs under way, of others, and of results that wait', async ({ openWorkbench, expect }) => {
    const { cli, given, pass, createJob } = await openWorkbench();
    await given('1 2');
    await createJob('somebody else');
    const running = toldBy(await cli('doctor'));
    expect(running['jobs']?.fact).toContain('3 of 100 under way, 2 of this state and 1 of others');
    expect(running['storage']?.fact).toMatch(/used by 2 files; 2 of them, \d+ B, of this state$/);
    pass(10_000);
    const ended = toldBy(await cli('doctor'));
    expect(ended['jobs']?.fact).toContain('0 of 100 under way');
    expect(ended['results']).toEqual({
      verdict: 'warning',
      fact: '2 jobs have ended and not been collected (1-2)',
      hint: 'save them with `batch-submit download`',
    });
  });

  test('finds jobs whose state is gone', async ({ openWorkbench, expect }) => {
    const { cli, given, path } = await openWorkbench();
    await given();
    await rm(path(STATE));
    const withLog = await cli('doctor');
    expect(withLog.code).toBe(10);
    expect(toldBy(withLog)['state']).toMatchObject({ verdict: 'problem' });
    await rename(path(LOG), path('elsewhere.jsonl'));
    const without = await cli('doctor');
    expect(without.code).toBe(0);
    expect(toldBy(without)['unknown_jobs']).toMatchObject({
      verdict: 'warning',
      fact: '3 of 1 other state, and this one has none',
    });
  });

  test('says when the state was made for other files, and still reads it', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path } = await openWorkbench({ batches: [1] });
    await given();
    await rm(path('batches', 'batch_001.jsonl'));
    await writeFile(path('batches', 'other_1.jsonl'), 'something else\n');
    const ended = await cli('doctor');
    expect(ended.code).toBe(10);
    expect(toldBy(ended)['state']?.fact).toContain('it was made for other files');
    expect(toldBy(ended)['jobs']?.fact).toContain('1 of this state');
  });

  test.for([
    ['a key that the service refuses', { GEMINI_API_KEY: 'bad-key' }, '', 4, 'key_accepted'],
    ['a model that it does not know', {}, '--model gemini-0', 2, 'model'],
    ['no input folder', {}, '--input nowhere', 2, 'input'],
    ['a folder that is none', {}, '--output batches/batch_001.jsonl', 1, 'folders'],
    ['a state in no folder', {}, '--state nowhere/state.json', 1, 'state'],
    ['two keys', { GOOGLE_API_KEY: 'AIzaSyOther-key-of-nobody' }, '', 2, 'key'],
  ] as const)('%s is a problem', async ([, env, flags, code, check], { openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    const ended = await cli(`doctor ${flags}`, env);
    const told = toldBy(ended);
    expect(ended.code).toBe(code);
    expect(namesOf(told, 'problem')[0]).toBe(check);
    expect(told[check]?.hint).not.toBe('');
  });

  test.for([
    ['no key', { GEMINI_API_KEY: undefined }, 4, 'key', REMOTE],
    ['certificates that nobody checks', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 2, 'certificates', REMOTE],
    ['no network', { BATCH_SUBMIT_BASE_URL: 'http://127.0.0.1:9' }, 1, 'network', REMOTE.slice(1)],
    ['a setting that cannot be read', { BATCH_SUBMIT_POLL: 'soon' }, 2, 'settings', REMOTE],
  ] as const)(
    'with %s still looks at this machine, and says what it did not ask',
    async ([, env, code, check, left], { openWorkbench, expect }) => {
      const { cli, emulator } = await openWorkbench();
      const ended = await cli('doctor', env);
      const told = toldBy(ended);
      expect(ended.code).toBe(code);
      expect(namesOf(told, 'problem')).toEqual([check]);
      expect(namesOf(told, 'left_out')).toEqual(expect.arrayContaining([...left]));
      expect(told['node']?.verdict).toBe('ok');
      expect(emulator.requests()).toEqual([]);
    },
  );

  test('reads a state that is none, and says so with exit code 10', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench();
    await writeFile(path(STATE), '{"version": 1, ');
    const ended = await cli('doctor');
    expect(ended.code).toBe(10);
    expect(toldBy(ended)['state']).toMatchObject({ verdict: 'problem' });
    expect(await readFile(path(STATE), 'utf8')).toBe('{"version": 1, ');
  });

  test('sees whose the lock is, and does not get into the way of its holder', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, start, emulator } = await openWorkbench({ service: { latencyMs: 300 }, batches: [1, 2] });
    const run = start();
    await until('the run asks the service', () => emulator.requests().length > 0);
    const ended = await cli('doctor');
    expect(ended.code).toBe(0);
    expect(toldBy(ended)['lock']).toMatchObject({ verdict: 'ok' });
    expect(toldBy(ended)['lock']?.fact).toContain('held by a run: `batch-submit submit`');
    expect((await run.ended).code).toBe(0);
  });

  test('warns of a state that others may read, and of a log that is a link', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, path } = await openWorkbench();
    await given();
    await chmod(path(STATE), 0o644);
    const open = await cli('doctor');
    expect(open.code).toBe(0);
    expect(toldBy(open)['permissions']).toMatchObject({
      verdict: 'warning',
      hint: `run \`chmod 600 ${STATE}\``,
    });
    await rename(path(LOG), path('real.jsonl'));
    await symlink('real.jsonl', path(LOG));
    const linked = await cli('doctor');
    expect(linked.code).toBe(1);
    expect(toldBy(linked)['permissions']).toMatchObject({ verdict: 'problem' });
  });

  test('warns of a .env that others may read, and never shows the key', async ({ openWorkbench, expect }) => {
    const { cli, path } = await openWorkbench();
    await writeFile(path('.env'), `GEMINI_API_KEY=${FAKE_KEY}\n`);
    await chmod(path('.env'), 0o644);
    for (const line of ['doctor', 'doctor --json']) {
      const ended = await cli(line, { GEMINI_API_KEY: undefined });
      expect(ended.code).toBe(0);
      expect(JSON.stringify(ended)).not.toContain(FAKE_KEY);
      expect(ended.stdout).toContain('run `chmod 600 .env`');
    }
  });

  test('ends at Ctrl-C, also while it waits for an answer', async ({ openWorkbench, expect }) => {
    const { start, emulator } = await openWorkbench({
      service: { faults: [{ endpoint: 'models.get', kind: 'hang' }] },
    });
    const running = start('doctor');
    await until('the doctor asks the service', () => emulator.requests().length > 0);
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(130);
  });

  test('--json prints one document', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    const { stdout, code } = await cli('doctor --json', { GEMINI_API_KEY: 'bad-key' });
    const document = JSON.parse(stdout) as {
      readonly checks: readonly { readonly check: string }[];
    };
    expect(code).toBe(4);
    expect(document).toMatchObject({ schemaVersion: 1, ok: false, exitCode: 4 });
    expect(document.checks.find(({ check }) => check === 'key_accepted')).toEqual({
      check: 'key_accepted',
      verdict: 'problem',
      fact: expect.stringContaining('API_KEY_INVALID'),
      hint: 'put a valid GEMINI_API_KEY in .env or the environment, then run the same command again',
    });
  });

  test('on a terminal puts a mark before each line, and what to do below it', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    const terminal = createTerminal({
      argv: [
        'doctor',
        '--no-env-file',
        '--state',
        bench.path('state.json'),
        '--log',
        bench.path('log.jsonl'),
      ],
      env: {
        GEMINI_API_KEY: FAKE_KEY,
        NO_COLOR: '1',
        BATCH_SUBMIT_BASE_URL: bench.emulator.url,
        BATCH_SUBMIT_INPUT: bench.path('nowhere'),
      },
    });
    expect(await main(terminal.io)).toBe(2);
    expect(terminal.stderr()).toBe('Looking at this machine, and asking the service\n');
    const lines = terminal.stdout().split('\n');
    const at = lines.findIndex((line) => line.startsWith('✗ input            Cannot read the input folder'));
    expect(lines[at + 1]).toBe(
      '                   hint: name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT',
    );
    expect(lines).toContain('✓ lock             free');
    expect(lines.at(-2)).toMatch(/^1 problem.* Nothing was written, and nothing spent\.$/);
  });
});
