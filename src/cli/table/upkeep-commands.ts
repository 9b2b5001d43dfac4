import { DRY_RUN_ASKING, YES } from './command-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

/** The commands that look after what a run needs and leaves behind. */
export const UPKEEP_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'cleanup',
    heading: 'Results',
    summary: 'delete uploaded files and finished jobs that are no longer needed',
    text: [
      'Only what carries the mark of this state goes: files whose batch is over, and jobs whose results are on disk, to the byte. What stays is named, with the reason.',
      'Keep the state file and the log: jobs that are gone cannot be found again by a listing.',
    ],
    operands: [],
    settings: ['input', 'state', 'service'],
    flags: [
      { flags: '--files', description: 'uploaded files only' },
      { flags: '--jobs', description: 'finished jobs only' },
      { flags: '--older-than <time>', description: 'only what is older, such as 7d or 12h' },
      DRY_RUN_ASKING,
      YES,
    ],
    examples: [
      ['batch-submit cleanup --dry-run', 'what would go, and what stays and why'],
      ['batch-submit cleanup', 'ask, then delete'],
      ['batch-submit cleanup --files --older-than 12h --yes', 'in a script'],
    ],
    fields: [
      'batch',
      'file deleted, job deleted, failed or would delete',
      'name, or why',
      'bytes (--dry-run)',
    ],
    prints: ['cleanup'],
    load: async () => (await import('../commands/cleanup.ts')).cleanupCommand,
  },
  {
    name: 'doctor',
    heading: 'Set up',
    summary: 'look at everything a run needs, and say what to do about it',
    text: [
      'It writes nothing, takes no lock and asks questions that cost nothing. Without a key or a network it looks at this machine and says what it left out. The exit code is that of the first problem; warnings alone are 0.',
    ],
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
      ['batch-submit doctor', 'what is wrong, and what to do'],
      ['batch-submit doctor --json | jq .checks', 'for scripts'],
    ],
    fields: ['check', 'ok, warning, problem or left_out', 'fact', 'what to do'],
    prints: ['diagnosis'],
    load: async () => (await import('../commands/doctor.ts')).doctorCommand,
  },
];
