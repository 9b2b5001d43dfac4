import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { batchText } from './batch-files.ts';
import { statusesIn } from './saved-files.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { maskOutput, transcript } from './transcript.ts';
import { until } from './until.ts';
import { type Environment, test, type Workbench } from './workbench.ts';

const STATE = 'batch_submission_state.json';
/** Room on disk for the last save of a state. */
const BALLAST = `${STATE}.ballast`;
const IS_ROOT = process.getuid?.() === 0;

interface BadInput {
  readonly what: string;
  readonly line?: string;
  readonly env?: Environment;
  readonly prepare?: (bench: Workbench) => Promise<unknown>;
  readonly code: number;
  /** The whole of standard error, line by line. */
  readonly says: readonly string[];
  /** What may stay in the folder, where the service had to be asked first; never a trace of a job. */
  readonly leaves?: readonly string[];
  readonly skip?: boolean;
}

const REFUSED: readonly BadInput[] = [
  {
    what: 'no key',
    env: { GEMINI_API_KEY: undefined },
    code: 4,
    says: [
      'error: Cannot submit: no API key found in the environment, .env or --api-key-file',
      '',
      'hint: put GEMINI_API_KEY=… in .env (see .env.example)',
    ],
  },
  {
    what: 'a key the service refuses',
    env: { GEMINI_API_KEY: 'bad-key' },
    code: 4,
    says: [
      'batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)',
      '  Input      batches   3 batches, 534 B',
      '  State      batch_submission_state.json   0 done, 3 remaining (1-3)',
      '',
      'error: Cannot submit to model "gemini-2.5-flash": the service refused the API key (API_KEY_INVALID: API key not valid. Please pass a valid API key.)',
      '',
      'hint: put a valid GEMINI_API_KEY in .env or the environment, then run the same command again',
    ],
    leaves: ['batch_submission_log.jsonl', STATE, BALLAST],
  },
  {
    what: 'two keys that differ',
    env: { GOOGLE_API_KEY: 'another-key' },
    code: 2,
    says: [
      'error: Cannot submit: GEMINI_API_KEY and GOOGLE_API_KEY are both set in the environment and differ',
      '',
      'hint: remove one of them, so that the right project is billed (`unset GOOGLE_API_KEY` in a shell)',
    ],
  },
  {
    what: 'no key file',
    line: '--api-key-file nowhere',
    code: 2,
    says: [
      'error: Cannot read the key file "nowhere": it does not exist',
      '',
      'hint: name a file that holds the key alone with `--api-key-file <file>`',
    ],
  },
  {
    what: 'no input folder',
    prepare: ({ path }) => rm(path('batches'), { recursive: true }),
    code: 2,
    says: [
      'error: Cannot read the input folder "batches": it does not exist',
      '',
      'hint: name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT',
    ],
  },
  {
    what: 'an input folder that is a file',
    line: '--input batches/batch_001.jsonl',
    code: 2,
    says: [
      'error: Cannot read the input folder "batches/batch_001.jsonl": it is not a folder',
      '',
      'hint: name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT',
    ],
  },
  {
    what: 'no files',
    prepare: async ({ path }) => {
      await rm(path('batches'), { recursive: true });
      await mkdir(path('batches'));
    },
    code: 2,
    says: [
      'error: Cannot find batches in "batches": it holds no .jsonl file with a number in its name',
      '',
      'hint: name the folder with the .jsonl files with `--input <dir>` or BATCH_SUBMIT_INPUT',
    ],
  },
  {
    what: 'a pattern that nothing matches',
    line: '--pattern part-{batch}.jsonl',
    code: 2,
    says: [
      'error: Cannot find batches in "batches": none of its .jsonl files matches "part-{batch}.jsonl"',
      '',
      'hint: correct it with `--pattern "batch_{batch}_proper.jsonl"`, or leave it out to take any number',
    ],
  },
  {
    what: 'an empty file',
    prepare: ({ path }) => truncate(path('batches/batch_002.jsonl')),
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_002.jsonl": it is empty',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
  },
  {
    what: 'a named pipe',
    prepare: async ({ path }) => {
      await rm(path('batches/batch_002.jsonl'));
      await promisify(execFile)('mkfifo', [path('batches/batch_002.jsonl')]);
    },
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_002.jsonl": it is a named pipe',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
    skip: process.platform === 'win32',
  },
  {
    what: 'a folder with the name of a batch',
    prepare: ({ path }) => mkdir(path('batches/batch_004.jsonl')),
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_004.jsonl": it is a folder',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
  },
  {
    what: 'a symbolic link to nothing',
    prepare: ({ path }) => symlink('gone.jsonl', path('batches/batch_004.jsonl')),
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_004.jsonl": it does not exist',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
  },
  {
    what: 'a file without the right to read it',
    prepare: ({ path }) => chmod(path('batches/batch_002.jsonl'), 0o000),
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_002.jsonl": permission denied',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
    skip: IS_ROOT,
  },
  {
    what: 'a file over 2 GB',
    prepare: ({ path }) => truncate(path('batches/batch_003.jsonl'), 2 * 1024 ** 3 + 1),
    code: 2,
    says: [
      'error: Cannot use the input file "batches/batch_003.jsonl": it is larger than 2 GB, the most the service takes',
      '',
      'hint: correct it, or leave it out with `--only <set>`',
    ],
  },
  {
    what: 'several files that cannot be used',
    prepare: async ({ path }) => {
      await truncate(path('batches/batch_002.jsonl'));
      await mkdir(path('batches/batch_004.jsonl'));
    },
    code: 2,
    says: [
      'error: Cannot use 2 of 4 input files: they cannot be read or sent as they are',
      '  batch_002.jsonl: it is empty',
      '  batch_004.jsonl: it is a folder',
      '',
      'hint: correct them, or leave them out with `--only <set>`',
    ],
  },
  {
    what: 'two files for one number',
    prepare: ({ path }) => writeFile(path('batches/2.jsonl'), batchText(2)),
    code: 2,
    says: [
      'error: Cannot tell which file of "batches" is batch 2: both "2.jsonl" and "batch_002.jsonl" hold that number',
      '',
      'hint: choose one kind of name with `--pattern "batch_{batch}_proper.jsonl"`',
    ],
  },
  {
    what: 'an unknown model',
    line: '--model gemini-9',
    code: 2,
    says: [
      'batch-submit <version> · gemini-9 · key from the environment (GEMINI_API_KEY)',
      '  Input      batches   3 batches, 534 B',
      '  State      batch_submission_state.json   0 done, 3 remaining (1-3)',
      '',
      'error: Cannot submit to model "gemini-9": the service does not know the model (NOT_FOUND: models/gemini-9 is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.)',
      '',
      'hint: name another with `--model <id>`',
    ],
    leaves: ['batch_submission_log.jsonl', STATE, BALLAST],
  },
  {
    what: 'a range without files',
    line: '10 20',
    code: 2,
    says: [
      'error: Cannot find batches 10 to 20 in "batches": it holds 1-3',
      '',
      'hint: choose among these, or run `batch-submit status` for what is left',
    ],
  },
  {
    what: 'a reversed range',
    line: '5 3',
    code: 2,
    says: [
      'error: Cannot use the range 5 to 3: it ends before it begins',
      '',
      'hint: did you mean `batch-submit 3 5`?',
    ],
  },
  {
    what: 'abc for a number',
    line: 'abc',
    code: 2,
    says: ['error: Unknown command "abc"', '', 'hint: run `batch-submit --help` for the list'],
  },
  {
    what: 'abc for the second number',
    line: '1 abc',
    code: 2,
    says: [
      'error: Cannot use "abc" as a batch number: batch numbers are 1 to 999999999',
      '',
      'hint: give a range such as `batch-submit 81 204`',
    ],
  },
  {
    what: '0',
    line: '0',
    code: 2,
    says: [
      'error: Cannot use "0" as a batch number: batch numbers are 1 to 999999999',
      '',
      'hint: give a range such as `batch-submit 81 204`',
    ],
  },
  {
    what: 'three numbers',
    line: '1 2 3',
    code: 2,
    says: [
      'error: Cannot use "1 2 3" as a range: it is more than a first and a last batch',
      '',
      'hint: name a set of batches with `--only 3,7,81-90`',
    ],
  },
  {
    what: 'a set that is none',
    line: '--only 1,x',
    code: 2,
    says: [
      'error: Cannot read --only "1,x": "x" is neither a number nor a range',
      '',
      'hint: write it as `--only 3,7,81-90`',
    ],
  },
  {
    what: 'a set and a range',
    line: '1 --only 2',
    code: 2,
    says: ['error: Cannot use --only 2 together with the range "1"', '', 'hint: give one of the two'],
  },
  {
    what: 'a limit of 0',
    line: '--limit 0',
    code: 2,
    says: [
      'error: Cannot use --limit "0": it is not a whole number from 1 on',
      '',
      'hint: write it as `--limit 1`',
    ],
  },
  {
    what: 'too much concurrency',
    line: '--concurrency 99',
    code: 2,
    says: [
      'error: Cannot use --concurrency: "99" is not a whole number from 1 to 32',
      '',
      'hint: write it as `--concurrency 8`',
    ],
  },
  {
    what: 'a time that is none',
    line: '--rate-limit-wait soon',
    code: 2,
    says: [
      'error: Cannot use --rate-limit-wait: "soon" is not a duration such as 200ms, 3m or 12h',
      '',
      'hint: write it as `--rate-limit-wait 180s`',
    ],
  },
  {
    what: 'a bad variable',
    env: { BATCH_SUBMIT_POLL: 'often' },
    code: 2,
    says: [
      'error: Cannot use BATCH_SUBMIT_POLL from the environment: "often" is not a duration such as 200ms, 3m or 12h',
      '',
      'hint: write it as `BATCH_SUBMIT_POLL=60s`',
    ],
  },
  {
    what: 'plain http to another host',
    line: '--base-url http://192.0.2.1',
    code: 2,
    says: [
      'error: Cannot use --base-url: it is neither https nor http on this machine (127.0.0.1, [::1], localhost)',
      '',
      'hint: write it as `--base-url https://generativelanguage.googleapis.com`',
    ],
  },
  {
    what: 'an unknown flag',
    line: '--dryrun',
    code: 2,
    says: ['error: Unknown option "--dryrun"', '', 'hint: did you mean `--dry-run`?'],
  },
  {
    what: 'an unknown command',
    line: 'staus',
    code: 2,
    says: ['error: Unknown command "staus"', '', 'hint: did you mean `batch-submit status`?'],
  },
  {
    what: 'a flag before a command that is no flag of it',
    line: 'status --model x',
    code: 2,
    says: ['error: Unknown option "--model"', '', 'hint: run `batch-submit status --help`'],
  },
  {
    what: 'a folder to start in that does not exist',
    line: '-C nowhere',
    code: 2,
    says: [
      'error: Cannot start in "nowhere": it is not a folder that can be entered',
      '',
      'hint: give `--cwd` an existing folder',
    ],
  },
  {
    what: 'an unknown key in the configuration file',
    prepare: ({ path }) => writeFile(path('batch-submit.config.json'), '{"modle": "gemini-2.5-pro"}'),
    code: 2,
    says: [
      'error: Cannot use "batch-submit.config.json": "modle" is not a setting',
      '',
      'hint: did you mean "model"?',
    ],
  },
  {
    what: 'a folder that may not be written to',
    prepare: ({ folder }) => chmod(folder, 0o500),
    code: 1,
    says: [
      'batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)',
      '  Input      batches   3 batches, 534 B',
      '  State      batch_submission_state.json   0 done, 3 remaining (1-3)',
      '',
      'error: Cannot lock "<folder>/batch_submission_state.json": permission denied (EACCES)',
      '',
      'hint: make the file and its folder writable for this user, then run the same command again',
    ],
    skip: IS_ROOT,
  },
  {
    what: 'a state in a folder that does not exist',
    line: '--state nowhere/s.json',
    code: 1,
    says: [
      'batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)',
      '  Input      batches   3 batches, 534 B',
      '  State      nowhere/s.json   0 done, 3 remaining (1-3)',
      '',
      'error: Cannot use "nowhere/s.json": its folder does not exist (ENOENT)',
      '',
      'hint: give another path with the flag that names it: `--state`, `--output` or `--report`',
    ],
  },
  {
    what: 'a log in a folder that does not exist',
    line: '--log nowhere/l.jsonl',
    code: 1,
    says: [
      'batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)',
      '  Input      batches   3 batches, 534 B',
      '  State      batch_submission_state.json   0 done, 3 remaining (1-3)',
      '',
      'error: Cannot open the log "nowhere/l.jsonl": the file system refused (ENOENT)',
      '',
      'hint: give another path with `--log <file>`',
    ],
    leaves: [STATE, BALLAST],
  },
  {
    what: 'a state of a newer version',
    prepare: ({ path }) => writeFile(path(STATE), '{"version": 2, "batches": {}}'),
    code: 10,
    says: [
      'error: Cannot read the state file "batch_submission_state.json": it was written by a newer version of batch-submit (its version is 2, this one knows 1)',
      '  It was left as it is',
      '',
      'hint: update with `npm install --global batch-submit@latest`',
    ],
  },
  {
    what: 'a state that is no object',
    prepare: ({ path }) => writeFile(path(STATE), '[]'),
    code: 10,
    says: [
      'error: Cannot read the state file "batch_submission_state.json": it is JSON, but not an object',
      '  It was left as it is',
      '  "batch_submission_state.json.bak", if it exists, is the state as the last run found it',
      '',
      'hint: if the copy beside it is good, copy it over the state file and run `batch-submit status`',
    ],
  },
  {
    what: 'an empty state',
    prepare: ({ path }) => writeFile(path(STATE), ''),
    code: 10,
    says: [
      'error: Cannot read the state file "batch_submission_state.json": it is empty',
      '  It was left as it is',
      '  "batch_submission_state.json.bak", if it exists, is the state as the last run found it',
      '',
      'hint: if the copy beside it is good, copy it over the state file and run `batch-submit status`',
    ],
  },
];

/** What a refused command may have asked at most: whether the key and the model are known. */
const HARMLESS: ReadonlySet<string> = new Set(['models.get']);

test('what nobody caught is told as a bug, and what was saved is intact', async ({
  openWorkbench,
  expect,
}) => {
  const { start, given, emulator } = await openWorkbench({
    service: { faults: [{ endpoint: 'batches.create', kind: 'hang', phase: 'after', at: 2 }] },
  });
  // Somewhere in the middle of the work something throws where nobody waits for it.
  const late = "setInterval(()=>{if(globalThis.late)throw(new(Error)('late'))},5)";
  const watch = "process.on('SIGUSR2',()=>{globalThis.late=true})";
  const run = start('', { NODE_OPTIONS: `--import=data:text/javascript,${late};${watch}` });
  await until('the second create is under way', () => emulator.accepted().jobs.length === 2);
  run.signal('SIGUSR2');
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('error: This is a bug in batch-submit: late');
  expect(stderr).toContain('The steps before it are in "batch_submission_log.jsonl"');
  await given();
  expect(emulator.accepted().jobs).toHaveLength(3);
});

describe.concurrent('batch-submit refuses and sends nothing', () => {
  for (const { what, line, env, prepare, code, says, leaves = [], skip } of REFUSED) {
    test.skipIf(skip === true)(what, async ({ openWorkbench, expect }) => {
      const bench = await openWorkbench();
      await prepare?.(bench);
      const before = await readdir(bench.folder);
      const ended = await bench.cli(line, env);
      await chmod(bench.folder, 0o700);
      expect(maskOutput(ended.stderr, bench.folder).trimEnd().split('\n')).toEqual(says);
      expect(ended).toMatchObject({ code, stdout: '' });
      expect(bench.emulator.requests().filter(({ endpoint }) => !HARMLESS.has(endpoint))).toEqual([]);
      expect(await leftBehind(bench.folder, before)).toEqual(leaves);
    });
  }
});

/** New names in the folder. */
async function leftBehind(folder: string, before: readonly string[]): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !before.includes(name)).sort();
}

describe.concurrent('batch-submit with a broken line', () => {
  test('names the file and the line, sends nothing for it, and goes on with the others', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder, path, emulator } = await openWorkbench();
    await writeFile(path('batches/batch_002.jsonl'), `${batchText(2)}{"key": "x", "request": {\n`);
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      2	failed	input: line 3 is not valid JSON (at character 26)
      1	submitted	batches/<job>
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 560 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)


      Submitted 2 batches in <duration>
        Total      2 of 3 submitted, 1 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit retry       once the input files are corrected"
    `);
    expect(requestsTo(emulator, 'upload.start')).toHaveLength(2);
    expect(jobsPerInput(emulator)).toEqual([1, 1]);
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'failed', 3: 'submitted' });
  });

  test('takes the file by itself once it is corrected', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, path, emulator } = await openWorkbench({ batches: [1, 2] });
    await writeFile(path('batches/batch_002.jsonl'), 'not JSON');
    expect((await cli()).code).toBe(3);
    await writeFile(path('batches/batch_002.jsonl'), batchText(2));
    await given();
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted' });
    expect(jobsPerInput(emulator)).toEqual([1, 1]);
  });

  test('groups many broken lines into one message', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench({ batches: [1] });
    await writeFile(path('batches/batch_001.jsonl'), 'broken\n'.repeat(40));
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	failed	input: line 1 is not valid JSON (and 39 more)
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   1 batch, 280 B
        State      batch_submission_state.json   0 done, 1 remaining (1)


      Submitted 0 batches in <duration>
        Total      0 of 1 submitted, 1 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit retry       once the input files are corrected"
    `);
  });
});

describe.concurrent('batch-submit with a state it cannot read', () => {
  test('torn in half: refused, bytes unchanged, nothing sent', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, path, emulator } = await openWorkbench();
    await given();
    const whole = await readFile(path(STATE));
    const half = whole.subarray(0, whole.length / 2);
    await writeFile(path(STATE), half);
    const before = emulator.requests().length;
    const ended = await cli();
    expect(transcript(ended, folder).replaceAll(/line \d+, byte \d+/g, 'line <n>, byte <n>'))
      .toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot read the state file "batch_submission_state.json": it is not JSON: it ends too early (line <n>, byte <n>)
        It was left as it is
        "batch_submission_state.json.bak", if it exists, is the state as the last run found it

      hint: if the copy beside it is good, copy it over the state file and run \`batch-submit status\`"
    `);
    expect(await readFile(path(STATE))).toEqual(half);
    expect(emulator.requests()).toHaveLength(before);
  });

  for (const line of [
    'status',
    'download',
    'retry',
    'report',
    'run',
    'watch',
    'cancel 1 --yes',
    'status --refresh',
  ]) {
    test(`${line} refuses it too and leaves it as it is`, async ({ openWorkbench, expect }) => {
      const { cli, path, emulator } = await openWorkbench();
      await writeFile(path(STATE), '{"version": 1, "batches": {');
      expect(await cli(line)).toMatchObject({ code: 10, stdout: '' });
      expect(await readFile(path(STATE), 'utf8')).toBe('{"version": 1, "batches": {');
      expect(emulator.requests()).toEqual([]);
    });
  }

  test('made for other files: refused before anything is sent', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, path, emulator } = await openWorkbench({ batches: [1, 2] });
    await given('1 1');
    await rename(path('batches/batch_001.jsonl'), path('batches/other_001.jsonl'));
    await writeFile(path('batches/other_001.jsonl'), batchText(1, 5));
    const before = emulator.requests().length;
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot use the state file "batch_submission_state.json" for the files in "batches": it was made for other files (batch 1 was "batch_001.jsonl", now it is "other_001.jsonl")

      hint: name another state with \`--state <file>\`, or the right folder with \`--input <dir>\`"
    `);
    expect(emulator.requests()).toHaveLength(before);
  });
});

describe.concurrent('a command without a key', () => {
  test.for([
    ['status --refresh', 'Cannot ask for the jobs: no API key found'],
    ['watch', 'Cannot follow the jobs: no API key found'],
    ['cleanup --yes', 'Cannot clean up: no API key found'],
    ['download', 'Cannot download: no API key found'],
  ] as const)('%s says what it cannot do', async ([line, says], { openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    await bench.given();
    const ended = await bench.cli(line, { GEMINI_API_KEY: undefined });
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining(`error: ${says}`) });
  });
});
