import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, test } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { runCli } from './run-cli.ts';
import { maskOutput, transcript } from './transcript.ts';
import manifest from '../../package.json' with { type: 'json' };

const folder = tmpdir();
const ask = (line: string): ReturnType<typeof runCli> => runCli(line.split(' '), { folder });

describe.concurrent('batch-submit --help', () => {
  test('shows the commands in groups, the global flags and examples', async ({ expect }) => {
    expect(transcript(await ask('--help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit [from] [to] [flags]
             batch-submit <command> [flags]

      Submits numbered JSONL batches to the Gemini Batch API exactly once, and
      collects every result.

      Options:
        -V, --version                   print the version
        -h, --help                      show help

      Global flags:
        -C, --cwd <dir>                 run as if started in <dir>
        --config <file>                 settings file (default
                                        batch-submit.config.json)
        --env-file <file>               read variables from <file> (default .env, if
                                        present)
        --no-env-file                   read no such file
        --json                          machine-readable output
        -q, --quiet                     errors and the final result only
        -v, --verbose                   each step as well
        --color                         colour, even when piped
        --no-color                      no colour
        --no-input                      never ask

      Submit:
        submit [options] [from] [to]    submit remaining batches (the default command)
        retry [options] [from] [to]     submit again what failed: batches, and rows of
                                        collected batches
        run [options] [from] [to]       submit, wait, download and report until every
                                        batch is finished

      Prepare:
        split [options] <file...>       cut large files into numbered ones
        merge [options] [from] [to]     pack small numbered files into fewer, in
                                        another folder

      Inspect:
        status [options] [from] [to]    show progress; --refresh asks the API first
        watch [options] [from] [to]     follow jobs until they finish, and save their
                                        results
        report [options]                reconcile requests, tokens and cost with what
                                        is on disk
        validate [options] [from] [to]  check the input files without sending anything

      Results:
        download [options] [from] [to]  save the results of finished jobs
        cancel [options] [from] [to]    cancel running jobs

      Set up:
        adopt [options] [file...]       take over jobs made elsewhere, or find your
                                        own again
        emulator [options]              serve a local Gemini Files and Batch API, with
                                        faults and quotas on request
        rehearse [options]              run the whole thing against the emulator, on
                                        your own files, for free
        config [options]                print the resolved settings and where each
                                        came from
        unlock [options]                remove the lock of a run that is gone

      Commands:
        help [command]                  help on a command

      Examples:
        $ batch-submit            submit everything not yet submitted
        $ batch-submit 81 204     batches 81 to 204
        $ batch-submit run        submit, wait, download and report
        $ batch-submit status     show progress
        $ batch-submit rehearse   try all of it on a local emulator, for free
      --- stderr
      "
    `);
  });

  test('submit --help', async ({ expect }) => {
    expect(transcript(await ask('submit --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit submit [options] [from] [to]

      Submit remaining batches (the default command)

      Arguments:
        from                       first batch; alone it means "from here to the last"
        to                         last batch, inclusive

      Options:
        --input <dir>              folder with the numbered .jsonl files (default
                                   batches)
        --pattern <pattern>        names of the input files, such as
                                   batch_{batch}_proper.jsonl (default: any numbered
                                   .jsonl)
        --output <dir>             folder for the results (default batch_results)
        --state <file>             what is known of every batch (default
                                   batch_submission_state.json)
        --log <file>               what happened, one JSON object a line (default
                                   batch_submission_log.jsonl)
        --model <id>               model that answers the requests (default
                                   gemini-2.5-flash)
        --display-name <template>  name of each job, such as refinement_batch_{batch};
                                   a mark that finds it again is added
        --concurrency <n>          files in flight at once, 1 to 32 (default: 8, and
                                   up to 24 when all are small)
        --max-active-jobs <n>      jobs under way at once (default: the documented
                                   100, or fewer where a 429 teaches that)
        --token-limit <n>          tokens of all unfinished jobs of the model, such as
                                   3M (default: learnt from 429s)
        --tier <n>                 your project's usage tier, which sets both limits:
                                   1, 2 or 3
        --rate-limit-wait <time>   pause after a 429 that names no longer one (default
                                   180s)
        --retry-delay <time>       first pause after a fault; it doubles up to 60s
                                   (default 1s)
        --max-retries <n>          faults forgiven for each call; rate limits are not
                                   faults (default 5)
        --max-wait <time>          give up waiting for quota after this long (default:
                                   never)
        --pause <time>             rest between two creates (default 0s)
        --settle <time>            how long a create whose answer was lost is looked
                                   up before its outcome is called unknown (default
                                   10m)
        --on-ambiguous <policy>    what is done about an unknown outcome: wait,
                                   quarantine or resubmit (default wait)
        --poll <time>              how often running jobs are asked for (default 60s)
        --timeout <time>           stop following jobs after this long (default:
                                   never)
        --prices <file>            prices of your own, per million tokens, before the
                                   built-in ones
        --base-url <url>           where the API is; a flag or a real environment
                                   variable only, never .env or a file (default
                                   https://generativelanguage.googleapis.com)
        --api-key-file <file>      file that holds the API key; - reads standard input
        --only <set>               these batches, such as 3,7,81-90
        -n, --dry-run              show the plan; send and write nothing
        --limit <n>                at most so many batches
        --skip-missing             go on without the files that cannot be used
        --fail-fast                stop at the first batch that fails
        --fresh                    submit even what another state has a job for
        --accept-new-key           trust this key about creates sent with another one
        --canary [n]               send n batches (default 1), wait, audit them, and
                                   go on only when they pass
        -y, --yes                  go on after a canary that passed without asking
        -h, --help                 show help

      Examples:
        $ batch-submit                    submit everything not yet submitted
        $ batch-submit 81 204             batches 81 to 204
        $ batch-submit 170                from 170 to the last batch
        $ batch-submit 81 204 --canary    one batch first, and the rest only if its answers are good
        $ batch-submit 81 204 --dry-run   show the plan; send nothing
      --- stderr
      "
    `);
  });
  test('retry --help', async ({ expect }) => {
    expect(transcript(await ask('retry --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit retry [options] [from] [to]

      Submit again what failed: batches, and rows of collected batches

      Arguments:
        from                       first batch; alone it means "from here to the last"
        to                         last batch, inclusive

      Options:
        --input <dir>              folder with the numbered .jsonl files (default
                                   batches)
        --pattern <pattern>        names of the input files, such as
                                   batch_{batch}_proper.jsonl (default: any numbered
                                   .jsonl)
        --output <dir>             folder for the results (default batch_results)
        --state <file>             what is known of every batch (default
                                   batch_submission_state.json)
        --log <file>               what happened, one JSON object a line (default
                                   batch_submission_log.jsonl)
        --model <id>               model that answers the requests (default
                                   gemini-2.5-flash)
        --display-name <template>  name of each job, such as refinement_batch_{batch};
                                   a mark that finds it again is added
        --concurrency <n>          files in flight at once, 1 to 32 (default: 8, and
                                   up to 24 when all are small)
        --max-active-jobs <n>      jobs under way at once (default: the documented
                                   100, or fewer where a 429 teaches that)
        --token-limit <n>          tokens of all unfinished jobs of the model, such as
                                   3M (default: learnt from 429s)
        --tier <n>                 your project's usage tier, which sets both limits:
                                   1, 2 or 3
        --rate-limit-wait <time>   pause after a 429 that names no longer one (default
                                   180s)
        --retry-delay <time>       first pause after a fault; it doubles up to 60s
                                   (default 1s)
        --max-retries <n>          faults forgiven for each call; rate limits are not
                                   faults (default 5)
        --max-wait <time>          give up waiting for quota after this long (default:
                                   never)
        --pause <time>             rest between two creates (default 0s)
        --settle <time>            how long a create whose answer was lost is looked
                                   up before its outcome is called unknown (default
                                   10m)
        --on-ambiguous <policy>    what is done about an unknown outcome: wait,
                                   quarantine or resubmit (default wait)
        --base-url <url>           where the API is; a flag or a real environment
                                   variable only, never .env or a file (default
                                   https://generativelanguage.googleapis.com)
        --api-key-file <file>      file that holds the API key; - reads standard input
        --only <set>               these batches, such as 3,7,81-90
        -n, --dry-run              show the plan; send and write nothing
        --limit <n>                at most so many batches
        --skip-missing             go on without the files that cannot be used
        --fail-fast                stop at the first batch that fails
        --fresh                    submit even what another state has a job for
        --accept-new-key           trust this key about creates sent with another one
        --status <list>            only batches that: failed,expired,cancelled;
                                   missing and lost must be named
        --reason <list>            only rows that are:
                                   missing,error,truncated,blocked,…
        --batches-only             no rows of collected batches
        --rows-only                no whole batches
        --max-attempts <n>         send a row at most so often (default 3)
        -h, --help                 show help

      Examples:
        $ batch-submit retry                         everything that failed
        $ batch-submit retry --only 183,197          two batches
        $ batch-submit retry --status expired        only what ran out of time
        $ batch-submit retry --rows-only --dry-run   which rows would be sent again
        $ batch-submit retry --reason blocked        also what was refused for good
      --- stderr
      "
    `);
  });
  test('run --help', async ({ expect }) => {
    expect(transcript(await ask('run --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit run [options] [from] [to]

      Submit, wait, download and report until every batch is finished

      Arguments:
        from                       first batch; alone it means "from here to the last"
        to                         last batch, inclusive

      Options:
        --input <dir>              folder with the numbered .jsonl files (default
                                   batches)
        --pattern <pattern>        names of the input files, such as
                                   batch_{batch}_proper.jsonl (default: any numbered
                                   .jsonl)
        --output <dir>             folder for the results (default batch_results)
        --state <file>             what is known of every batch (default
                                   batch_submission_state.json)
        --log <file>               what happened, one JSON object a line (default
                                   batch_submission_log.jsonl)
        --report <file>            where the final report is written (default
                                   batch_submission_final_report.json)
        --model <id>               model that answers the requests (default
                                   gemini-2.5-flash)
        --display-name <template>  name of each job, such as refinement_batch_{batch};
                                   a mark that finds it again is added
        --concurrency <n>          files in flight at once, 1 to 32 (default: 8, and
                                   up to 24 when all are small)
        --max-active-jobs <n>      jobs under way at once (default: the documented
                                   100, or fewer where a 429 teaches that)
        --token-limit <n>          tokens of all unfinished jobs of the model, such as
                                   3M (default: learnt from 429s)
        --tier <n>                 your project's usage tier, which sets both limits:
                                   1, 2 or 3
        --rate-limit-wait <time>   pause after a 429 that names no longer one (default
                                   180s)
        --retry-delay <time>       first pause after a fault; it doubles up to 60s
                                   (default 1s)
        --max-retries <n>          faults forgiven for each call; rate limits are not
                                   faults (default 5)
        --max-wait <time>          give up waiting for quota after this long (default:
                                   never)
        --pause <time>             rest between two creates (default 0s)
        --settle <time>            how long a create whose answer was lost is looked
                                   up before its outcome is called unknown (default
                                   10m)
        --on-ambiguous <policy>    what is done about an unknown outcome: wait,
                                   quarantine or resubmit (default wait)
        --poll <time>              how often running jobs are asked for (default 60s)
        --timeout <time>           stop following jobs after this long (default:
                                   never)
        --prices <file>            prices of your own, per million tokens, before the
                                   built-in ones
        --base-url <url>           where the API is; a flag or a real environment
                                   variable only, never .env or a file (default
                                   https://generativelanguage.googleapis.com)
        --api-key-file <file>      file that holds the API key; - reads standard input
        --only <set>               these batches, such as 3,7,81-90
        -n, --dry-run              show the plan; send and write nothing
        --limit <n>                at most so many batches
        --skip-missing             go on without the files that cannot be used
        --fail-fast                stop at the first batch that fails
        --fresh                    submit even what another state has a job for
        --accept-new-key           trust this key about creates sent with another one
        --canary [n]               send n batches (default 1), wait, audit them, and
                                   go on only when they pass
        -y, --yes                  go on after a canary that passed without asking
        -h, --help                 show help

      Examples:
        $ batch-submit run                   the whole job, from wherever it stands
        $ batch-submit run 1 20 --poll 30s   the first twenty, asking every 30 seconds
      --- stderr
      "
    `);
  });
  test('split --help', async ({ expect }) => {
    expect(transcript(await ask('split --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit split [options] <file...>

      Cut large files into numbered ones

      Arguments:
        file                 JSONL files, one request a line, of any size

      Options:
        --input <dir>        folder with the numbered .jsonl files (default batches)
        --pattern <pattern>  names of the input files, such as
                             batch_{batch}_proper.jsonl (default: any numbered .jsonl)
        --state <file>       what is known of every batch (default
                             batch_submission_state.json)
        --max-lines <n>      at most so many requests in a file
        --max-bytes <size>   at most so large a file, such as 500MB; never above 2 GB,
                             the most the service takes
        --max-tokens <n>     at most so many estimated tokens of text in a file
        --from <n>           number of the first file (default 1)
        -n, --dry-run        show the plan; send and write nothing
        -h, --help           show help

      Examples:
        $ batch-submit split all.jsonl --max-lines 1000                   batch_001.jsonl and so on, in the input folder
        $ batch-submit split a.jsonl b.jsonl --max-bytes 500MB            one after the other
        $ batch-submit split more.jsonl --max-tokens 1000000 --from 205   behind 204 that are there
      --- stderr
      "
    `);
  });

  test('merge --help', async ({ expect }) => {
    expect(transcript(await ask('merge --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit merge [options] [from] [to]

      Pack small numbered files into fewer, in another folder

      Arguments:
        from                 first batch; alone it means "from here to the last"
        to                   last batch, inclusive

      Options:
        --input <dir>        folder with the numbered .jsonl files (default batches)
        --pattern <pattern>  names of the input files, such as
                             batch_{batch}_proper.jsonl (default: any numbered .jsonl)
        --state <file>       what is known of every batch (default
                             batch_submission_state.json)
        --log <file>         what happened, one JSON object a line (default
                             batch_submission_log.jsonl)
        --only <set>         these batches, such as 3,7,81-90
        --into <dir>         folder for the packed files
        --jobs <n>           at most so many files, of about the same size
        --max-lines <n>      at most so many requests in a file
        --max-bytes <size>   at most so large a file, such as 500MB; never above 2 GB,
                             the most the service takes
        --max-tokens <n>     at most so many estimated tokens of text in a file
        --from <n>           number of the first packed file (default 1)
        --prefix-keys        turn each key into <batch>-<key>, so that no two are the
                             same
        --fresh              merge even what was submitted already
        -n, --dry-run        show the plan; send and write nothing
        -h, --help           show help

      Examples:
        $ batch-submit merge --into packed --jobs 90                everything, in at most 90 files
        $ batch-submit merge 1 50 --into packed --max-bytes 100MB   fifty files
        $ batch-submit merge --into packed --prefix-keys            where files use the same keys
      --- stderr
      "
    `);
  });

  test('status --help', async ({ expect }) => {
    expect(transcript(await ask('status --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit status [options] [from] [to]

      Show progress; --refresh asks the API first

      Arguments:
        from                      first batch; alone it means "from here to the last"
        to                        last batch, inclusive

      Options:
        --input <dir>             folder with the numbered .jsonl files (default
                                  batches)
        --pattern <pattern>       names of the input files, such as
                                  batch_{batch}_proper.jsonl (default: any numbered
                                  .jsonl)
        --state <file>            what is known of every batch (default
                                  batch_submission_state.json)
        --log <file>              what happened, one JSON object a line (default
                                  batch_submission_log.jsonl)
        --rate-limit-wait <time>  pause after a 429 that names no longer one (default
                                  180s)
        --retry-delay <time>      first pause after a fault; it doubles up to 60s
                                  (default 1s)
        --max-retries <n>         faults forgiven for each call; rate limits are not
                                  faults (default 5)
        --max-wait <time>         give up waiting for quota after this long (default:
                                  never)
        --base-url <url>          where the API is; a flag or a real environment
                                  variable only, never .env or a file (default
                                  https://generativelanguage.googleapis.com)
        --api-key-file <file>     file that holds the API key; - reads standard input
        --only <set>              these batches, such as 3,7,81-90
        --refresh                 ask the API about the jobs that had not ended
        --list                    one line for each batch
        --failed                  list only what failed or is uncertain
        --exit-code               exit 3, 6 or 8 for failed, unknown or running
                                  batches
        -h, --help                show help

      Examples:
        $ batch-submit status                       from the state file; no request is sent
        $ batch-submit status --refresh             ask the API first
        $ batch-submit status --json | jq .counts   for scripts
      --- stderr
      "
    `);
  });
  test('watch --help', async ({ expect }) => {
    expect(transcript(await ask('watch --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit watch [options] [from] [to]

      Follow jobs until they finish, and save their results

      Arguments:
        from                      first batch; alone it means "from here to the last"
        to                        last batch, inclusive

      Options:
        --input <dir>             folder with the numbered .jsonl files (default
                                  batches)
        --pattern <pattern>       names of the input files, such as
                                  batch_{batch}_proper.jsonl (default: any numbered
                                  .jsonl)
        --output <dir>            folder for the results (default batch_results)
        --state <file>            what is known of every batch (default
                                  batch_submission_state.json)
        --log <file>              what happened, one JSON object a line (default
                                  batch_submission_log.jsonl)
        --concurrency <n>         files in flight at once, 1 to 32 (default: 8, and up
                                  to 24 when all are small)
        --rate-limit-wait <time>  pause after a 429 that names no longer one (default
                                  180s)
        --retry-delay <time>      first pause after a fault; it doubles up to 60s
                                  (default 1s)
        --max-retries <n>         faults forgiven for each call; rate limits are not
                                  faults (default 5)
        --max-wait <time>         give up waiting for quota after this long (default:
                                  never)
        --poll <time>             how often running jobs are asked for (default 60s)
        --timeout <time>          stop following jobs after this long (default: never)
        --base-url <url>          where the API is; a flag or a real environment
                                  variable only, never .env or a file (default
                                  https://generativelanguage.googleapis.com)
        --api-key-file <file>     file that holds the API key; - reads standard input
        --only <set>              these batches, such as 3,7,81-90
        -h, --help                show help

      Examples:
        $ batch-submit watch                           until every job has ended and its results are on disk
        $ batch-submit watch --poll 30s --timeout 2h   for two hours at most
      --- stderr
      "
    `);
  });
  test('report --help', async ({ expect }) => {
    expect(transcript(await ask('report --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit report [options]

      Reconcile requests, tokens and cost with what is on disk

      Options:
        --input <dir>        folder with the numbered .jsonl files (default batches)
        --pattern <pattern>  names of the input files, such as
                             batch_{batch}_proper.jsonl (default: any numbered .jsonl)
        --state <file>       what is known of every batch (default
                             batch_submission_state.json)
        --log <file>         what happened, one JSON object a line (default
                             batch_submission_log.jsonl)
        --prices <file>      prices of your own, per million tokens, before the
                             built-in ones
        --output <file>      where to write it; - prints it
        --markdown           as Markdown too, beside it; with --output - instead of
                             JSON
        --html               as a page too, beside it; with --output - instead of JSON
        -n, --dry-run        show the plan; send and write nothing
        -h, --help           show help

      Examples:
        $ batch-submit report                             write the report
        $ batch-submit report --output - | jq .requests   print it
        $ batch-submit report --html                      a page with charts, for people
      --- stderr
      "
    `);
  });
  test('validate --help', async ({ expect }) => {
    expect(transcript(await ask('validate --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit validate [options] [from] [to]

      Check the input files without sending anything

      Arguments:
        from                 first batch; alone it means "from here to the last"
        to                   last batch, inclusive

      Options:
        --input <dir>        folder with the numbered .jsonl files (default batches)
        --pattern <pattern>  names of the input files, such as
                             batch_{batch}_proper.jsonl (default: any numbered .jsonl)
        --model <id>         model that answers the requests (default
                             gemini-2.5-flash)
        --only <set>         these batches, such as 3,7,81-90
        --strict             let warnings fail too
        -h, --help           show help

      Examples:
        $ batch-submit validate                         every file, in one pass each
        $ batch-submit validate 81 90 --strict          ten files, and not even a warning
        $ batch-submit validate --json | jq .findings   for scripts
      --- stderr
      "
    `);
  });

  test('download --help', async ({ expect }) => {
    expect(transcript(await ask('download --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit download [options] [from] [to]

      Save the results of finished jobs

      Arguments:
        from                      first batch; alone it means "from here to the last"
        to                        last batch, inclusive

      Options:
        --input <dir>             folder with the numbered .jsonl files (default
                                  batches)
        --pattern <pattern>       names of the input files, such as
                                  batch_{batch}_proper.jsonl (default: any numbered
                                  .jsonl)
        --output <dir>            folder for the results (default batch_results)
        --state <file>            what is known of every batch (default
                                  batch_submission_state.json)
        --log <file>              what happened, one JSON object a line (default
                                  batch_submission_log.jsonl)
        --concurrency <n>         files in flight at once, 1 to 32 (default: 8, and up
                                  to 24 when all are small)
        --rate-limit-wait <time>  pause after a 429 that names no longer one (default
                                  180s)
        --retry-delay <time>      first pause after a fault; it doubles up to 60s
                                  (default 1s)
        --max-retries <n>         faults forgiven for each call; rate limits are not
                                  faults (default 5)
        --max-wait <time>         give up waiting for quota after this long (default:
                                  never)
        --base-url <url>          where the API is; a flag or a real environment
                                  variable only, never .env or a file (default
                                  https://generativelanguage.googleapis.com)
        --api-key-file <file>     file that holds the API key; - reads standard input
        --only <set>              these batches, such as 3,7,81-90
        -n, --dry-run             show the plan; send and write nothing
        --force                   fetch again, and replace what differs on disk
        -h, --help                show help

      Examples:
        $ batch-submit download                          every result that is ready and not on disk yet
        $ batch-submit download 81 90 --output results   ten batches, into another folder
      --- stderr
      "
    `);
  });
  test('cancel --help', async ({ expect }) => {
    expect(transcript(await ask('cancel --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit cancel [options] [from] [to]

      Cancel running jobs

      Arguments:
        from                      first batch; alone it means "from here to the last"
        to                        last batch, inclusive

      Options:
        --input <dir>             folder with the numbered .jsonl files (default
                                  batches)
        --pattern <pattern>       names of the input files, such as
                                  batch_{batch}_proper.jsonl (default: any numbered
                                  .jsonl)
        --state <file>            what is known of every batch (default
                                  batch_submission_state.json)
        --log <file>              what happened, one JSON object a line (default
                                  batch_submission_log.jsonl)
        --rate-limit-wait <time>  pause after a 429 that names no longer one (default
                                  180s)
        --retry-delay <time>      first pause after a fault; it doubles up to 60s
                                  (default 1s)
        --max-retries <n>         faults forgiven for each call; rate limits are not
                                  faults (default 5)
        --max-wait <time>         give up waiting for quota after this long (default:
                                  never)
        --base-url <url>          where the API is; a flag or a real environment
                                  variable only, never .env or a file (default
                                  https://generativelanguage.googleapis.com)
        --api-key-file <file>     file that holds the API key; - reads standard input
        --duplicates              only jobs that were made twice
        -n, --dry-run             show the plan; send and write nothing
        -y, --yes                 do not ask
        -h, --help                show help

      Examples:
        $ batch-submit cancel 81 81          one job
        $ batch-submit cancel 81 90          ask, then cancel ten jobs
        $ batch-submit cancel 81 90 --yes    in a script
        $ batch-submit cancel --duplicates   the second of two jobs for the same batch
      --- stderr
      "
    `);
  });
  test('emulator --help', async ({ expect }) => {
    expect(transcript(await ask('emulator --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit emulator [options]

      Serve a local Gemini Files and Batch API, with faults and quotas on request

      Options:
        --port <n>            port on 127.0.0.1 (default: any free one)
        --quota-jobs <n>      jobs under way at once (default 100)
        --quota-tokens <n>    enqueued tokens (default: no limit)
        --job-time <time>     how long a job takes, such as 5s or 2s-30s (default 5s)
        --latency <time>      added to every answer
        --faults <list>       such as 429:0.2,503:0.05,drop:0.01
        --damage <list>       such as missing:0.02,off-schema:0.1,shuffle
        --damage-once         a request that is sent again comes out fine
        --file-life <time>    how long an uploaded file lasts (default 48h)
        --job-life <time>     age at which an unfinished job expires (default 48h)
        --result-life <time>  how long results can be downloaded (default 42d)
        --answers <file>      do what a probe of the live service saw
        --seed <n>            makes every random choice repeatable
        -h, --help            show help

      Examples:
        $ batch-submit emulator --port 8080                            then: batch-submit --base-url http://127.0.0.1:<port>
        $ batch-submit emulator --quota-jobs 20 --faults 503:0.05      a difficult service
        $ batch-submit emulator --damage missing:0.02,truncated:0.05   answers that need a second look
      --- stderr
      "
    `);
  });
  test('rehearse --help', async ({ expect }) => {
    expect(transcript(await ask('rehearse --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit rehearse [options]

      Run the whole thing against the emulator, on your own files, for free

      Options:
        --batches <n>        how many batches to generate (default 204)
        --input <dir>        rehearse on these files instead
        --pattern <pattern>  names of those files
        --quota-jobs <n>     jobs under way at once (default 25)
        --job-time <time>    how long a job takes (default 3s-6s)
        --faults <list>      faults to meet (default 503:0.01,drop:0.01)
        --kill-at <n>        kill -9 the run after so many jobs (default: a third); 0
                             for none
        --seed <n>           makes every random choice repeatable (default 1)
        --keep <dir>         folder to work in and keep (default: a new temporary
                             folder)
        -h, --help           show help

      Examples:
        $ batch-submit rehearse                      204 generated batches, quotas, faults and a kill
        $ batch-submit rehearse --input my_batches   the same with your own files
      --- stderr
      "
    `);
  });
  test('config --help', async ({ expect }) => {
    expect(transcript(await ask('config --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit config [options]

      Print the resolved settings and where each came from

      Options:
        --input <dir>              folder with the numbered .jsonl files (default
                                   batches)
        --pattern <pattern>        names of the input files, such as
                                   batch_{batch}_proper.jsonl (default: any numbered
                                   .jsonl)
        --output <dir>             folder for the results (default batch_results)
        --state <file>             what is known of every batch (default
                                   batch_submission_state.json)
        --log <file>               what happened, one JSON object a line (default
                                   batch_submission_log.jsonl)
        --report <file>            where the final report is written (default
                                   batch_submission_final_report.json)
        --model <id>               model that answers the requests (default
                                   gemini-2.5-flash)
        --display-name <template>  name of each job, such as refinement_batch_{batch};
                                   a mark that finds it again is added
        --concurrency <n>          files in flight at once, 1 to 32 (default: 8, and
                                   up to 24 when all are small)
        --max-active-jobs <n>      jobs under way at once (default: the documented
                                   100, or fewer where a 429 teaches that)
        --token-limit <n>          tokens of all unfinished jobs of the model, such as
                                   3M (default: learnt from 429s)
        --tier <n>                 your project's usage tier, which sets both limits:
                                   1, 2 or 3
        --rate-limit-wait <time>   pause after a 429 that names no longer one (default
                                   180s)
        --retry-delay <time>       first pause after a fault; it doubles up to 60s
                                   (default 1s)
        --max-retries <n>          faults forgiven for each call; rate limits are not
                                   faults (default 5)
        --max-wait <time>          give up waiting for quota after this long (default:
                                   never)
        --pause <time>             rest between two creates (default 0s)
        --settle <time>            how long a create whose answer was lost is looked
                                   up before its outcome is called unknown (default
                                   10m)
        --on-ambiguous <policy>    what is done about an unknown outcome: wait,
                                   quarantine or resubmit (default wait)
        --poll <time>              how often running jobs are asked for (default 60s)
        --timeout <time>           stop following jobs after this long (default:
                                   never)
        --prices <file>            prices of your own, per million tokens, before the
                                   built-in ones
        --base-url <url>           where the API is; a flag or a real environment
                                   variable only, never .env or a file (default
                                   https://generativelanguage.googleapis.com)
        --api-key-file <file>      file that holds the API key; - reads standard input
        -h, --help                 show help

      Examples:
        $ batch-submit config   every setting and its origin
      --- stderr
      "
    `);
  });
  test('unlock --help', async ({ expect }) => {
    expect(transcript(await ask('unlock --help'))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Usage: batch-submit unlock [options]

      Remove the lock of a run that is gone

      Options:
        --state <file>  what is known of every batch (default
                        batch_submission_state.json)
        --log <file>    what happened, one JSON object a line (default
                        batch_submission_log.jsonl)
        --force         even if its owner cannot be shown to be gone
        -h, --help      show help

      Examples:
        $ batch-submit unlock   after a crash on another machine
      --- stderr
      "
    `);
  });

  test('adopt --help', async ({ expect }) => {
    expect((await ask('adopt --help')).stdout).toMatchInlineSnapshot(`
      "Usage: batch-submit adopt [options] [file...]

      Take over jobs made elsewhere, or find your own again

      Arguments:
        file                      state files of the older script, or JSON or CSV with
                                  job names

      Options:
        --input <dir>             folder with the numbered .jsonl files (default
                                  batches)
        --pattern <pattern>       names of the input files, such as
                                  batch_{batch}_proper.jsonl (default: any numbered
                                  .jsonl)
        --state <file>            what is known of every batch (default
                                  batch_submission_state.json)
        --log <file>              what happened, one JSON object a line (default
                                  batch_submission_log.jsonl)
        --rate-limit-wait <time>  pause after a 429 that names no longer one (default
                                  180s)
        --retry-delay <time>      first pause after a fault; it doubles up to 60s
                                  (default 1s)
        --max-retries <n>         faults forgiven for each call; rate limits are not
                                  faults (default 5)
        --max-wait <time>         give up waiting for quota after this long (default:
                                  never)
        --base-url <url>          where the API is; a flag or a real environment
                                  variable only, never .env or a file (default
                                  https://generativelanguage.googleapis.com)
        --api-key-file <file>     file that holds the API key; - reads standard input
        --job <pair>              a batch and its job, such as 81=batches/abc
        --named <pattern>         jobs of other tools by their display names, such as
                                  'refinement_batch_{batch}'
        --replace                 also where the state names another job
        --verify                  ask the API whether each job exists
        -n, --dry-run             show the plan; send and write nothing
        -y, --yes                 do not ask
        -h, --help                show help

      Examples:
        $ batch-submit adopt                                      the state is gone: find your jobs by their names
        $ batch-submit adopt old_state.json --verify              take over what another script submitted
        $ batch-submit adopt --job 81=batches/abc                 one job
        $ batch-submit adopt --named 'refinement_batch_{batch}'   what another tool named so
      "
    `);
  });

  test('has a snapshot here for every command there is', async ({ expect }) => {
    const own = await readFile(new URL(import.meta.url), 'utf8');
    expect(COMMANDS.map(({ name }) => name).filter((name) => !own.includes(`test('${name} --help'`))).toEqual(
      [],
    );
  });

  test.for(['help', '-h', 'help submit', 'submit -h'])('"%s" is help as well', async (line, { expect }) => {
    const long = line.includes('submit') ? 'submit --help' : '--help';
    expect(await ask(line)).toEqual(await ask(long));
  });

  test('works in a folder whose settings are broken', async ({ expect }) => {
    const ended = await runCli(['--help'], { folder, env: { BATCH_SUBMIT_POLL: 'often' } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
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
