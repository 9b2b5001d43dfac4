import type { CommandSpec } from '../command-spec.ts';

/** The commands that look after what a run needs and leaves behind. */
export const UPKEEP_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'doctor',
    heading: 'Set up',
    summary: 'look at everything a run needs, and say what to do about it',
    operands: [],
    settings: ['input', 'state', 'service', 'submit', 'results'],
    without: [
      'display-name',
      'concurrency',
      'pause',
      'settle',
      'on-ambiguous',
      'report',
      'rate-limit-wait',
      'retry-delay',
      'max-retries',
      'max-wait',
    ],
    flags: [],
    examples: [
      ['batch-submit doctor', 'key, model, clock, disk, quota, old jobs; spends and writes nothing'],
      ['batch-submit doctor --json | jq .checks', 'for scripts'],
    ],
    fields: ['check', 'ok, warning, problem or left_out', 'fact', 'what to do'],
    prints: ['diagnosis'],
    load: async () => (await import('../commands/doctor.ts')).doctorCommand,
  },
];
