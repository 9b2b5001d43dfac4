import { CANARY_FLAGS, RANGE, RETRY_FLAGS, SUBMIT_FLAGS } from './command-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

export const SUBMIT_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'submit',
    isLong: true,
    heading: 'Submit',
    summary: 'submit remaining batches (the default command)',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'wait', 'results', 'prices'],
    without: ['report'],
    flags: [...SUBMIT_FLAGS, ...CANARY_FLAGS],
    examples: [
      ['batch-submit', 'submit everything not yet submitted'],
      ['batch-submit 81 204', 'batches 81 to 204'],
      ['batch-submit 170', 'from 170 to the last batch'],
      ['batch-submit 81 204 --canary', 'one batch first, and the rest only if its answers are good'],
      ['batch-submit 81 204 --dry-run', 'show the plan; send nothing'],
    ],
    prints: ['event', 'plan'],
    load: async () => (await import('../commands/submit.ts')).submitCommand,
  },
  {
    name: 'retry',
    isLong: true,
    heading: 'Submit',
    summary: 'submit again what failed: batches, and rows of collected batches',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'results'],
    without: ['report'],
    flags: [...SUBMIT_FLAGS, ...RETRY_FLAGS],
    examples: [
      ['batch-submit retry', 'everything that failed'],
      ['batch-submit retry --only 183,197', 'two batches'],
      ['batch-submit retry --status expired', 'only what ran out of time'],
      ['batch-submit retry --rows-only --dry-run', 'which rows would be sent again'],
      ['batch-submit retry --reason blocked', 'also what was refused for good'],
    ],
    prints: ['event', 'plan'],
    load: async () => (await import('../commands/retry.ts')).retryCommand,
  },
  {
    name: 'run',
    isLong: true,
    heading: 'Submit',
    summary: 'submit, wait, download and report until every batch is finished',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'submit', 'wait', 'results', 'prices'],
    flags: [...SUBMIT_FLAGS, ...CANARY_FLAGS],
    examples: [
      ['batch-submit run', 'the whole job, from wherever it stands'],
      ['batch-submit run 1 20 --poll 30s', 'the first twenty, asking every 30 seconds'],
    ],
    prints: ['event', 'plan'],
    load: async () => (await import('../commands/run.ts')).runCommand,
  },
];
