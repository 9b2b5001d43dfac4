import { tmpdir } from 'node:os';
import { describe, test } from 'vitest';
import { TOPIC_SUMMARIES } from '../../src/cli/help/topic-names.ts';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { runCli } from './run-cli.ts';
import { maskOutput, transcript } from './transcript.ts';
import manifest from '../../package.json' with { type: 'json' };

const folder = tmpdir();
const ask = (line: string): ReturnType<typeof runCli> => runCli(line.split(' '), { folder });
const SHOWN = COMMANDS.filter(({ isHidden }) => isHidden !== true);

describe.concurrent('batch-submit --help', () => {
  test('shows the commands in groups, topics, the global flags and examples', async ({ expect }) => {
    expect(transcript(await ask('--help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Submits numbered JSONL batches to the Gemini Batch API exactly once, and
      collects every result.

      Usage: batch-submit [from] [to] [flags]
             batch-submit <command> [flags]

      Submit:
        submit [from] [to]      submit remaining batches (the default command)
        retry [from] [to]       submit again what failed: batches, and rows of
                                collected batches
        run [from] [to]         submit, wait, download and report until every batch is
                                finished

      Prepare:
        split <file...>         cut large files into numbered ones
        merge [from] [to]       pack small numbered files into fewer, in another
                                folder

      Inspect:
        status [from] [to]      show progress; --refresh asks the API first
        watch [from] [to]       follow jobs until they finish, and save their results
        report                  reconcile requests, tokens and cost with what is on
                                disk
        validate [from] [to]    check the input files without sending anything

      Results:
        download [from] [to]    save the results of finished jobs
        cancel [from] [to]      cancel running jobs
        cleanup                 delete uploaded files and finished jobs that are no
                                longer needed

      Refine:
        parse                   make records of the answers
        dedupe                  find records that say the same, and name the one to
                                keep
        embed                   turn the texts of the records into vectors, by batches
                                of their own
        import                  load the records into an SQLite database, or a file
                                for another store
        search [text]           find the imported records that are nearest to a text
                                or to one of them

      Set up:
        doctor                  look at everything a run needs, and say what to do
                                about it
        adopt [file...]         take over jobs made elsewhere, or find your own again
        emulator                serve a local Gemini Files and Batch API, with faults
                                and quotas on request
        mcp                     serve the commands to a coding agent over stdio
        rehearse                run the whole thing against the emulator, on your own
                                files, for free
        config                  print the resolved settings and where each came from
        unlock                  remove the lock of a run that is gone
        completion <shell>      print a completion script for bash, zsh, fish or
                                powershell

      Topics:
        help environment        variables, .env, the settings file, and which of them
                                wins
        help exit-codes         what each exit code means, and what a script does
                                about it
        help formats            what is printed for people, for pipes and as JSON
        help errors             the code of each error, and what to do about it

      Global flags:
        -C, --cwd <dir>         run as if started in <dir>
            --config <file>     settings file (default batch-submit.config.json)
            --env-file <file>   read variables from <file> (default .env, if present)
            --no-env-file       read no such file
            --json              machine-readable output
        -q, --quiet             errors and the final result only
        -v, --verbose           each step as well; twice (-vv) each request to the
                                service too
            --color             colour, even when piped
            --no-color          no colour
            --no-input          never ask
        -h, --help              help on the command
        -V, --version           print the version

      Examples:
        $ batch-submit            submit everything not yet submitted
        $ batch-submit 81 204     batches 81 to 204
        $ batch-submit run        submit, wait, download and report
        $ batch-submit status     show progress
        $ batch-submit rehearse   try all of it on a local emulator, for free

      More:
        batch-submit <command> --help   the flags of a command
      --- stderr
      "
    `);
  });

  test('of a command shows its own flags first, then the settings in groups', async ({ expect }) => {
    expect(transcript(await ask('watch --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Follow jobs until they finish, and save their results.

      While a run in another terminal holds the lock, this shows that run: its
      progress and its lines. Nothing of it is touched, and Ctrl-C ends the watch
      alone. When the run is over, the jobs that are left are followed.

      Usage: batch-submit watch [from] [to] [flags]

      Operands:
        from                           first batch; alone it means "from here to the
                                       last"
        to                             last batch, inclusive

      Flags:
            --only <set>               these batches, such as 3,7,81-90

      Files:
            --input <dir>              folder with the numbered .jsonl files (default
                                       batches)
            --pattern <pattern>        names of the input files, such as
                                       batch_{batch}_proper.jsonl (default: any
                                       numbered .jsonl)
            --output <dir>             folder for the results (default batch_results)
            --state <file>             what is known of every batch (default
                                       batch_submission_state.json)
            --log <file>               what happened, one JSON object a line (default
                                       batch_submission_log.jsonl)

      Jobs and quota:
            --concurrency <n>          files in flight at once, 1 to 32 (default: 8,
                                       and up to 24 when all are small)

      Waits and retries:
            --rate-limit-wait <time>   pause after a 429 that names no longer one
                                       (default 180s)
            --retry-delay <time>       first pause after a fault; it doubles up to 60s
                                       (default 1s)
            --max-retries <n>          faults forgiven for each call; rate limits are
                                       not faults (default 5)
            --max-wait <time>          give up waiting for quota after this long
                                       (default: never)
            --poll <time>              how often running jobs are asked for (default
                                       60s)
            --timeout <time>           stop following jobs after this long (default:
                                       never)

      Connection:
            --base-url <url>           where the API is; a flag or a real environment
                                       variable only, never .env or a file (default
                                       https://generativelanguage.googleapis.com)
            --via-mcp <command>        MCP server that uploads and creates in place of
                                       the API; a flag or a real environment variable
                                       only, never .env or a file
            --api-key-file <file>      file that holds the API key; - reads standard
                                       input

      Examples:
        $ batch-submit watch                         until every job has ended and its results are on disk
        $ batch-submit watch --poll 30s --timeout 2h
            for two hours at most

      More:
        batch-submit --help   the global flags, such as --json and --cwd
      --- stderr
      "
    `);
  });

  // The words of all of them are pinned in docs/reference/commands.md, which is made from the same pages.
  test.for(SHOWN)('$name: usage, each flag and an example, within 80 columns', async (spec, { expect }) => {
    const { stdout, stderr, code } = await ask(`${spec.name} --help`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(`batch-submit ${spec.name}`);
    for (const { flags } of spec.flags) expect(stdout).toContain(flags);
    expect(spec.examples.length).toBeGreaterThan(0);
    for (const [command] of spec.examples) expect(stdout).toContain(`$ ${command}`);
    const [explained = ''] = stdout.split('Examples:');
    expect(explained.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.for(SHOWN)(
    '$name: its examples can be read, and are commands and flags that exist',
    async (spec, { expect }) => {
      for (const [line] of spec.examples) {
        if (!line.startsWith('batch-submit') || line.includes('completion')) continue;
        const [command = ''] = line.split(' | ');
        const words = command
          .split(' ')
          .slice(1)
          .map((word) => word.replaceAll("'", ''));
        // After a flag that does not exist it is the flag that is complained about; help comes for all others.
        const { code, stderr } = await runCli([...words, '--help'], { folder });
        expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
      }
    },
  );

  test.for(['help', '-h', 'help submit', 'submit -h'])('"%s" is help as well', async (line, { expect }) => {
    const long = line.includes('submit') ? 'submit --help' : '--help';
    expect(await ask(line)).toEqual(await ask(long));
  });

  test('works in a folder whose settings are broken', async ({ expect }) => {
    const ended = await runCli(['--help'], { folder, env: { BATCH_SUBMIT_POLL: 'often' } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.concurrent('batch-submit help <topic>', () => {
  test.for(TOPIC_SUMMARIES)('%s is a page within 80 columns', async ([name], { expect }) => {
    const { stdout, stderr, code } = await ask(`help ${name}`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [explained = ''] = stdout.split('Examples:');
    expect(explained.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatchSnapshot();
  });

  test.for([
    ['help exit-code', 'batch-submit help exit-codes'],
    ['help staus', 'batch-submit help status'],
    ['help enviroment', 'batch-submit help environment'],
  ] as const)('%s: did you mean %s', async ([line, meant], { expect }) => {
    const { stdout, stderr, code } = await ask(line);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(`did you mean \`${meant}\`?`);
  });
});

describe.concurrent('what nobody knows', () => {
  test.for([
    ['staus', 'Unknown command "staus"', 'did you mean `batch-submit status`?'],
    ['dowload 81 204', 'Unknown command "dowload"', 'did you mean `batch-submit download`?'],
    ['frobnicate', 'Unknown command "frobnicate"', 'run `batch-submit --help` for the list'],
    ['--limt 3', 'Unknown option "--limt"', 'did you mean `--limit`?'],
    ['81 204 --dryrun', 'Unknown option "--dryrun"', 'did you mean `--dry-run`?'],
    ['status --refesh', 'Unknown option "--refesh"', 'did you mean `--refresh`?'],
    ['retry --reasons blocked', 'Unknown option "--reasons"', 'did you mean `--reason`?'],
    ['3 7 9', 'Cannot use "3 7 9" as a range', '--only 3,7,81-90'],
    ['81 2o4', 'Cannot use "2o4" as a batch number', 'give a range such as `batch-submit 81 204`'],
    ['--dry-run status', '"status" must come before its flags', 'write `batch-submit status …`'],
    ['status --ref', 'Unknown option "--ref"', ''],
  ] as const)('%s', async ([line, fact, hint], { expect }) => {
    const { stdout, stderr, code } = await ask(line);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(fact);
    expect(stderr).toContain(hint);
  });
});

describe('batch-submit --version', () => {
  test.for(['--version', '-V'])(
    '%s prints the version of the package and nothing else',
    async (line, { expect }) => {
      expect(await ask(line)).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
      expect(maskOutput(manifest.version)).toMatch(/^\d+\.\d+\.\d+/);
    },
  );
});
