import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { writeBatches } from '../cli/batch-files.ts';
import { FAKE_KEY, runCli } from '../cli/run-cli.ts';
import { test, type OpenWorkbench, type Workbench } from '../cli/workbench.ts';
import { openRaw, type RawClient } from './raw-client.ts';

const SECRET = 'a line of a file that is nobody else’s';
const TOOLS = [
  'batch_plan',
  'batch_validate',
  'batch_status',
  'batch_audit',
  'batch_doctor',
  'batch_submit',
  'batch_run',
  'batch_retry',
  'batch_download',
  'batch_report',
  'batch_cleanup',
];
const RESOURCES = ['batch-submit://state', 'batch-submit://report', 'batch-submit://log'];

interface Confined extends Workbench {
  readonly client: RawClient;
  /** A file outside the working folder, with a secret in it. */
  readonly outside: (...names: readonly string[]) => string;
}

/** A server in a folder that `lay` has prepared; it is gone when the test ends. */
async function serve(
  openWorkbench: OpenWorkbench,
  lay: (bench: Workbench, outside: string) => Promise<unknown>,
  flags: readonly string[] = [],
): Promise<Confined> {
  const bench = await openWorkbench({ clock: 'real' });
  const outside = bench.path('..', 'outside');
  await mkdir(`${outside}/.ssh`, { recursive: true });
  await writeFile(`${outside}/.ssh/id_rsa`, `${SECRET}\n`);
  await writeFile(`${outside}/secret.json`, `{"key":"${SECRET}","request":{"contents":[]}}\n`);
  await lay(bench, outside);
  const client = await openRaw(['--allow-destructive', ...flags], bench);
  return { ...bench, client, outside: (...names) => [outside, ...names].join('/') };
}

/** Calls everything there is, and ends the server. @returns answers as text, by name */
async function callAll({ client }: Confined): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  for (const name of TOOLS) answers.set(name, JSON.stringify(await client.tool(name)));
  answers.set('batch_cancel', JSON.stringify(await client.tool('batch_cancel', { only: '1-3' })));
  for (const uri of RESOURCES) answers.set(uri, JSON.stringify(await client.ask('resources/read', { uri })));
  client.closeStdin();
  await client.ended;
  return answers;
}

type Layout = readonly [
  what: string,
  lay: (bench: Workbench, outside: string) => Promise<unknown>,
  flags?: readonly string[],
];

const LINKS: readonly Layout[] = [
  ['an input file', ({ path }, to) => replace(path('batches/batch_002.jsonl'), `${to}/secret.json`)],
  ['a key of a user', ({ path }, to) => replace(path('batches/batch_002.jsonl'), `${to}/.ssh/id_rsa`)],
  ['the environment', ({ path }) => replace(path('batches/batch_002.jsonl'), '/proc/self/environ')],
  [
    'an input file that is not there',
    ({ path }, to) => replace(path('batches/batch_004.jsonl'), `${to}/new.jsonl`),
  ],
  [
    'a link to a link',
    async ({ path }, to) => {
      await replace(path('first'), `${to}/secret.json`);
      await replace(path('batches/batch_002.jsonl'), '../first');
    },
  ],
  [
    'the input folder',
    async ({ path }, to) => {
      await rename(path('batches'), `${to}/batches`);
      await symlink(`${to}/batches`, path('batches'));
    },
  ],
  ['the results folder', ({ path }, to) => symlink(to, path('batch_results'))],
  ['a results folder that is not there', ({ path }, to) => symlink(`${to}/new`, path('batch_results'))],
  [
    'one result',
    async ({ path }, to) => {
      await mkdir(path('batch_results'));
      await symlink(`${to}/secret.json`, path('batch_results/batch_001.jsonl'));
    },
  ],
  ['the state', ({ path }, to) => symlink(`${to}/secret.json`, path('batch_submission_state.json'))],
  ['a state that is not there', ({ path }, to) => symlink(`${to}/new`, path('batch_submission_state.json'))],
  ['the copies', ({ path }, to) => symlink(to, path('batch_submission_state.json.staged'))],
  ['the backup', ({ path }, to) => symlink(`${to}/new`, path('batch_submission_state.json.bak'))],
  ['the lock', ({ path }, to) => symlink(`${to}/new`, path('batch_submission_state.json.lock'))],
  ['the log', ({ path }, to) => symlink(`${to}/.ssh/id_rsa`, path('batch_submission_log.jsonl'))],
  ['the report', ({ path }, to) => symlink(`${to}/new`, path('batch_submission_final_report.json'))],
  ['the page', ({ path }, to) => symlink(`${to}/new`, path('batch_submission_final_report.html'))],
];

const PATHS: readonly Layout[] = [
  ['--input', async () => undefined, ['--input', '../outside']],
  ['--input of the root', async () => undefined, ['--input', '/']],
  ['--output', async () => undefined, ['--output', 'batches/../../outside']],
  ['--state', async () => undefined, ['--state', '/proc/self/environ']],
  ['--log', async () => undefined, ['--log', '../outside/.ssh/id_rsa']],
  ['--report', async () => undefined, ['--report', '../outside/report.json']],
  ['--prices', async () => undefined, ['--prices', '../outside/secret.json']],
  [
    'the configuration file',
    ({ path }) => writeFile(path('batch-submit.config.json'), '{"output":"../outside"}'),
  ],
  ['.env', ({ path }) => writeFile(path('.env'), 'BATCH_SUBMIT_LOG=../outside/log\n', { mode: 0o600 })],
];

async function replace(path: string, target: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}

const LIMIT = { timeout: 30_000 };

describe('a path that leads outside', () => {
  test.for([...LINKS, ...PATHS])(
    'is refused by every tool before anything is sent: %s',
    LIMIT,
    async ([, lay, flags], { openWorkbench, expect }) => {
      const confined = await serve(openWorkbench, lay, flags);
      const answers = await callAll(confined);
      for (const [name, answer] of answers) {
        expect(answer, name).toContain('E_USAGE: Cannot use ');
        expect(answer, name).not.toContain(SECRET);
        expect(answer, name).not.toContain(FAKE_KEY);
      }
      expect(confined.emulator.requests()).toEqual([]);
      expect(confined.client.stderr()).toBe('');
    },
  );

  test('that appears while the server runs is refused by the next call', async ({
    openWorkbench,
    expect,
  }) => {
    const confined = await serve(openWorkbench, async () => undefined);
    expect(JSON.stringify(await confined.client.tool('batch_plan'))).toContain('\\"jobs\\":3');
    await replace(confined.path('batches/batch_002.jsonl'), confined.outside('secret.json'));
    expect((await callAll(confined)).get('batch_run')).toContain('E_USAGE: Cannot use the input file');
    expect(confined.emulator.accepted().jobs).toEqual([]);
  });
});

describe('a path that stays inside', () => {
  test('is used, by links and in folders that --root names', LIMIT, async ({ openWorkbench, expect }) => {
    const confined = await serve(
      openWorkbench,
      async ({ path }, outside) => {
        await writeBatches(`${outside}/more`, [4]);
        await rename(path('batches/batch_001.jsonl'), path('batch_001.jsonl'));
        await symlink('../batch_001.jsonl', path('batches/batch_001.jsonl'));
        await symlink(`${outside}/more/batch_004.jsonl`, path('batches/batch_004.jsonl'));
        // Links that are none of the commands' business are left alone.
        await symlink('/etc/passwd', path('batches/notes.txt'));
      },
      ['--root', '../outside/more'],
    );
    expect((await callAll(confined)).get('batch_run')).toContain('\\"downloaded\\":4');
  });

  test('shows no file that stands in the place of the log', async ({ openWorkbench, expect }) => {
    const key = 'of-no-known-shape-12345';
    const confined = await serve(openWorkbench, async ({ path }) => {
      await writeFile(path('.env'), `OTHER=${SECRET}\nGOOGLE_API_KEY=${key}\n`, { mode: 0o600 });
      await symlink('.env', path('batch_submission_log.jsonl'));
    });
    const answer = JSON.stringify(await confined.client.ask('resources/read', { uri: 'batch-submit://log' }));
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toContain(key);
    confined.client.closeStdin();
  });
});

describe('a server that could be confined to nothing', () => {
  test.for([
    ['mcp', '--cwd', '/'],
    ['mcp', '--root', '/'],
    ['mcp', '--root', '/proc/self/root'],
    ['mcp', '--root', 'not/there'],
  ])('does not start: %s %s %s', async (args, { openWorkbench, expect }) => {
    const ended = await runCli(args, await openWorkbench());
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('error: Cannot serve the folder ');
  });
});
