import type { CommandSpec, FlagSpec, OperandSpec } from './command-spec.ts';

const RANGE: readonly OperandSpec[] = [
  { name: '[from]', description: 'first batch; alone it means "from here to the last"' },
  { name: '[to]', description: 'last batch, inclusive' },
];
const ONLY: FlagSpec = { flags: '--only <set>', description: 'these batches, such as 3,7,81-90' };
const DRY_RUN: FlagSpec = { flags: '-n, --dry-run', description: 'show the plan; send and write nothing' };
const YES: FlagSpec = { flags: '-y, --yes', description: 'do not ask' };

const SUBMIT_FLAGS: readonly FlagSpec[] = [
  ONLY,
  DRY_RUN,
  { flags: '--limit <n>', description: 'at most so many batches; 1 makes a canary' },
  { flags: '--skip-missing', description: 'go on without the files that cannot be used' },
  { flags: '--fail-fast', description: 'stop at the first batch that fails' },
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'submit',
    heading: 'Submit',
    summary: 'submit remaining batches (the default command)',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'results'],
    without: ['report'],
    flags: SUBMIT_FLAGS,
    examples: [
      ['batch-submit', 'submit everything not yet submitted'],
      ['batch-submit 81 204', 'batches 81 to 204'],
      ['batch-submit 170', 'from 170 to the last batch'],
      ['batch-submit --limit 1', 'a canary'],
      ['batch-submit 81 204 --dry-run', 'show the plan; send nothing'],
    ],
    load: async () => (await import('./commands/submit.ts')).submitCommand,
  },
  {
    name: 'retry',
    heading: 'Submit',
    summary: 'submit again the batches that failed, expired or were cancelled',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'results'],
    without: ['report'],
    flags: [
      ...SUBMIT_FLAGS,
      {
        flags: '--status <list>',
        description: 'only these: failed,expired,cancelled; missing must be named',
      },
    ],
    examples: [
      ['batch-submit retry', 'everything that failed'],
      ['batch-submit retry --only 183,197', 'two batches'],
      ['batch-submit retry --status expired', 'only what ran out of time'],
    ],
    load: async () => (await import('./commands/retry.ts')).retryCommand,
  },
  {
    name: 'run',
    heading: 'Submit',
    summary: 'submit, wait, download and report until every batch is finished',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'wait', 'results'],
    flags: SUBMIT_FLAGS,
    examples: [
      ['batch-submit run', 'the whole job, from wherever it stands'],
      ['batch-submit run 1 20 --poll 30s', 'the first twenty, asking every 30 seconds'],
    ],
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'status',
    heading: 'Inspect',
    summary: 'show progress; --refresh asks the API first',
    operands: RANGE,
    settings: ['input', 'state', 'service'],
    flags: [
      ONLY,
      { flags: '--refresh', description: 'ask the API about the jobs that had not ended' },
      { flags: '--list', description: 'one line for each batch' },
      { flags: '--failed', description: 'list only what failed or is uncertain' },
      { flags: '--exit-code', description: 'exit 3, 6 or 8 for failed, unknown or running batches' },
    ],
    examples: [
      ['batch-submit status', 'from the state file; no request is sent'],
      ['batch-submit status --refresh', 'ask the API first'],
      ['batch-submit status --json | jq .counts', 'for scripts'],
    ],
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  {
    name: 'watch',
    heading: 'Inspect',
    summary: 'follow jobs until they finish',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'wait'],
    flags: [ONLY],
    examples: [
      ['batch-submit watch', 'until every job has ended'],
      ['batch-submit watch --poll 30s --timeout 2h', 'for two hours at most'],
    ],
    load: async () => (await import('./commands/watch.ts')).watchCommand,
  },
  {
    name: 'report',
    heading: 'Inspect',
    summary: 'write batch_submission_final_report.json',
    operands: [],
    settings: ['input', 'state'],
    flags: [{ flags: '--output <file>', description: 'where to write it; - prints it' }, DRY_RUN],
    examples: [
      ['batch-submit report', 'write the report'],
      ['batch-submit report --output - | jq .statistics', 'print it'],
    ],
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  {
    name: 'download',
    heading: 'Results',
    summary: 'save the results of finished jobs',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'results'],
    without: ['report'],
    flags: [
      ONLY,
      DRY_RUN,
      { flags: '--force', description: 'fetch again, and replace what differs on disk' },
    ],
    examples: [
      ['batch-submit download', 'every result that is ready and not on disk yet'],
      ['batch-submit download 81 90 --output results', 'ten batches, into another folder'],
    ],
    load: async () => (await import('./commands/download.ts')).downloadCommand,
  },
  {
    name: 'cancel',
    heading: 'Results',
    summary: 'cancel running jobs',
    operands: [
      { name: '<from>', description: 'first batch; alone it means "from here to the last"' },
      { name: '[to]', description: 'last batch, inclusive' },
    ],
    settings: ['input', 'state', 'service'],
    flags: [DRY_RUN, YES],
    examples: [
      ['batch-submit cancel 81 90', 'ask, then cancel ten jobs'],
      ['batch-submit cancel 81 90 --yes', 'in a script'],
    ],
    load: async () => (await import('./commands/cancel.ts')).cancelCommand,
  },
  {
    name: 'emulator',
    heading: 'Set up',
    summary: 'serve a local Gemini Files and Batch API, with faults and quotas on request',
    operands: [],
    settings: [],
    flags: [
      { flags: '--port <n>', description: 'port on 127.0.0.1 (default: any free one)' },
      { flags: '--quota-jobs <n>', description: 'jobs under way at once (default 100)' },
      { flags: '--quota-tokens <n>', description: 'enqueued tokens (default: no limit)' },
      { flags: '--job-time <time>', description: 'how long a job takes, such as 5s or 2s-30s (default 5s)' },
      { flags: '--latency <time>', description: 'added to every answer' },
      { flags: '--faults <list>', description: 'such as 429:0.2,503:0.05,drop:0.01' },
      { flags: '--seed <n>', description: 'makes every random choice repeatable' },
    ],
    examples: [
      ['batch-submit emulator --port 8080', 'then: batch-submit --base-url http://127.0.0.1:8080'],
      ['batch-submit emulator --quota-jobs 20 --faults 503:0.05', 'a difficult service'],
    ],
    load: async () => (await import('./commands/emulator.ts')).emulatorCommand,
  },
  {
    name: 'rehearse',
    heading: 'Set up',
    summary: 'run the whole thing against the emulator, on your own files, for free',
    operands: [],
    settings: [],
    flags: [
      { flags: '--batches <n>', description: 'how many batches to generate (default 204)' },
      { flags: '--input <dir>', description: 'rehearse on these files instead' },
      { flags: '--pattern <pattern>', description: 'names of those files' },
      { flags: '--quota-jobs <n>', description: 'jobs under way at once (default 25)' },
      { flags: '--job-time <time>', description: 'how long a job takes (default 3s-6s)' },
      { flags: '--faults <list>', description: 'faults to meet (default 503:0.01,drop:0.01)' },
      {
        flags: '--kill-at <n>',
        description: 'kill -9 the run after so many jobs (default: a third); 0 for none',
      },
      { flags: '--seed <n>', description: 'makes every random choice repeatable (default 1)' },
      { flags: '--keep <dir>', description: 'folder to work in and keep (default: a new temporary folder)' },
    ],
    examples: [
      ['batch-submit rehearse', '204 generated batches, quotas, faults and a kill'],
      ['batch-submit rehearse --input my_batches', 'the same with your own files'],
    ],
    load: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  },
  {
    name: 'config',
    heading: 'Set up',
    summary: 'print the resolved settings and where each came from',
    operands: [],
    settings: ['input', 'state', 'service', 'submit', 'wait', 'results'],
    flags: [],
    examples: [['batch-submit config', 'every setting and its origin']],
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  {
    name: 'unlock',
    heading: 'Set up',
    summary: 'remove the lock of a run that is gone',
    operands: [],
    settings: ['state'],
    flags: [{ flags: '--force', description: 'even if its owner cannot be shown to be gone' }],
    examples: [['batch-submit unlock', 'after a crash on another machine']],
    load: async () => (await import('./commands/unlock.ts')).unlockCommand,
  },
];
