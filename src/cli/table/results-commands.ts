import { DRY_RUN, ONLY, RANGE, YES } from './command-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

export const RESULTS_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'download',
    heading: 'Results',
    summary: 'save the results of finished jobs',
    operands: RANGE,
    settings: ['input', 'state', 'service', 'results', 'mcp'],
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
    fields: ['batch', 'downloaded or failed', 'path, or why'],
    prints: ['download', 'download-plan'],
    load: async () => (await import('../commands/download.ts')).downloadCommand,
  },
  {
    name: 'cancel',
    heading: 'Results',
    summary: 'cancel running jobs',
    operands: [
      { name: '[from]', description: 'first batch; alone it means "from here to the last"' },
      { name: '[to]', description: 'last batch, inclusive' },
    ],
    settings: ['input', 'state', 'service', 'mcp'],
    flags: [ONLY, { flags: '--duplicates', description: 'only jobs that were made twice' }, DRY_RUN, YES],
    examples: [
      ['batch-submit cancel 81 81', 'one job'],
      ['batch-submit cancel 81 90', 'ask, then cancel ten jobs'],
      ['batch-submit cancel --only 7,81-90 --yes', 'in a script'],
      ['batch-submit cancel --duplicates', 'the second of two jobs for the same batch'],
    ],
    fields: ['batch', 'cancel requested', 'job'],
    prints: ['cancel', 'cancel-plan'],
    load: async () => (await import('../commands/cancel.ts')).cancelCommand,
  },
];
