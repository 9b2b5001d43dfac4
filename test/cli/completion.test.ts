import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { SHELLS } from '../../src/cli/completion/scripts.ts';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { writeBatches } from './batch-files.ts';
import { BIN } from './run-cli.ts';
import { test, type Workbench } from './workbench.ts';

const run = promisify(execFile);

/** What is offered at the end of these words; the last one is being typed. */
async function offered({ cli }: Workbench, line: string): Promise<readonly string[]> {
  const isNew = line === '' || line.endsWith(' ');
  const { stdout, stderr, code } = await cli(`__complete ${isNew ? '--empty ' : ''}-- ${line}`);
  if (code !== 0 || stderr !== '') throw new Error(`exit ${code}: ${stderr}`);
  return stdout.trimEnd().split('\n');
}

const valuesOf = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !line.startsWith(':')).map((line) => line.split('\t')[0] ?? '');

describe.concurrent('what completion offers', () => {
  test('first: every command that help lists, and the batches with their states', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ service: { outcome: () => 'stuck_running' } });
    await bench.given('1 1');
    bench.pass(10_000);
    await bench.given('status --refresh');
    const lines = await offered(bench, '');
    expect(lines).toEqual(expect.arrayContaining(['1\trunning', '2\tnot submitted', '3\tnot submitted']));
    const shown = COMMANDS.filter(({ isHidden }) => isHidden !== true).map(({ name }) => name);
    expect(valuesOf(lines)).toEqual([...shown, 'help', '1', '2', '3']);
  });

  test.for([
    ['what begins like the word', 'sta', ['status\tshow progress; --refresh asks the API first', ':none']],
    [
      'topics after help',
      'help ex',
      ['exit-codes\twhat each exit code means, and what a script does about it', ':none'],
    ],
    [
      'batches from the first on as the second',
      'status 2 ',
      ['2\tnot submitted', '3\tnot submitted', ':none'],
    ],
    ['nothing as the third', 'status 1 2 ', [':none']],
    ['the members of a set that are not named yet', 'status --only 1,3,', ['1,3,2\tnot submitted', ':list']],
    [
      'a set in the same word',
      'status --only=2,',
      ['--only=2,1\tnot submitted', '--only=2,3\tnot submitted', ':list'],
    ],
    [
      'a set as bash cuts it',
      'status --only = 3,',
      ['--only=3,1\tnot submitted', '--only=3,2\tnot submitted', ':list'],
    ],
    ['states that a retry takes', 'retry --status failed,e', ['failed,expired', ':list']],
    ['reasons', 'retry --reason bl', ['blocked', ':list']],
    ['choices of a setting', '--on-ambiguous ', ['wait', 'quarantine', 'resubmit', ':none']],
    ['folders', 'run --output ', [':directory']],
    ['files', '--state ', [':file']],
    ['files as operands', 'adopt ', [':file']],
    ['shells', 'completion p', ['powershell', ':none']],
    ['nothing where no job could be cancelled', 'cancel ', [':none']],
    ['nothing for a value that is the user\u2019s own', '--limit ', [':none']],
    [
      'nothing after what cannot be read',
      '--state /no/such/folder/x status --only ',
      ['1\tnot submitted', '2\tnot submitted', '3\tnot submitted', ':list'],
    ],
  ] as const)('%s', async ([, line, expected], { openWorkbench, expect }) => {
    expect(await offered(await openWorkbench(), line)).toEqual(expected);
  });

  test('a broken state or settings file offers nothing, and says nothing', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    await writeFile(bench.path('batch_submission_state.json'), '{');
    expect(await offered(bench, 'status --only ')).toEqual([':none']);
    await writeFile(bench.path('batch-submit.config.json'), '{"modle": 1}');
    expect(await offered(bench, 'status --only ')).toEqual([':none']);
  });

  test('jobs under way for cancel, what failed for retry', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      service: { outcome: ({ number }) => (number === 1 ? 'failed' : 'stuck_running') },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.given('status --refresh');
    expect(await offered(bench, 'cancel ')).toEqual(['2\trunning', '3\trunning', ':none']);
    expect(await offered(bench, 'retry ')).toEqual(['1\tfailed', ':none']);
  });

  test('every flag of every command, with the ones that were given left out', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [] });
    const flags = valuesOf(await offered(bench, 'run --model x --'));
    expect(flags).toEqual(
      expect.arrayContaining(['--dry-run', '--json', '--help', '--no-env-file', '--poll']),
    );
    expect(flags).not.toContain('--model');
    const settings = SETTINGS.filter(({ groups }) => groups.includes('submit')).map(
      ({ name }) => `--${name}`,
    );
    expect(flags).toEqual(expect.arrayContaining(settings.filter((flag) => flag !== '--model')));
  });
});

describe('batch-submit completion', () => {
  test.for(SHELLS)('%s prints the script for it', async (shell, { openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [] });
    const { stdout, stderr, code } = await cli(`completion ${shell}`, { GEMINI_API_KEY: undefined });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  test('names the shells that it knows', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [] });
    const { stderr, code } = await cli('completion pwsh');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: Cannot complete for the shell "pwsh": it is not one of bash, zsh, fish, powershell\n\nhint: run `batch-submit completion bash`\n',
    );
  });

  test.for([
    ['a command', ['batch-submit', 'sta'], ['status']],
    ['a number', ['batch-submit', 'status', ''], ['1', '2', '3']],
    ['after a folder with a space', ['batch-submit', '-C', 'my\\ work', 'status', '--on'], ['--only']],
    ['in a folder with a space', ['batch-submit', '-C', '"my work"', 'status', ''], ['7']],
    ['in a folder of the home folder', ['batch-submit', '--cwd', '~/my\\ work', 'status', ''], ['7']],
    ['after a folder that is not there', ['batch-submit', '-C', 'nowhere', 'stat'], ['status']],
    ['a member of a set, which bash cuts at the =', ['batch-submit', '--only', '=', '1,'], ['1,2', '1,3']],
    ['a folder', ['batch-submit', '--input', 'bat'], ['batches']],
  ] as const)('bash, by its own script: %s', async ([, words, expected], { openWorkbench, expect }) => {
    const bench = await openWorkbench();
    await mkdir(bench.path('bin'));
    await symlink(BIN, bench.path('bin', 'batch-submit'));
    await writeBatches(bench.path('my work', 'batches'), [7]);
    const script = bench.path('completion.bash');
    await writeFile(script, (await bench.given('completion bash')).stdout);
    expect(await readFile(script, 'utf8')).toContain('complete -F');
    const { stdout } = await run(
      'bash',
      [
        '-c',
        `source ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _batch_submit; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      ],
      {
        cwd: bench.folder,
        env: { HOME: bench.folder, PATH: `${bench.path('bin')}:${process.env['PATH'] ?? ''}` },
      },
    );
    expect(stdout.trimEnd().split('\n')).toEqual(expected);
  });
});
