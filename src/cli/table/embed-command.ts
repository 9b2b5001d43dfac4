import type { CommandSpec } from '../command-spec.ts';
import { DRY_RUN } from './command-flags.ts';
import { SIZE_FLAGS } from './prepare-commands.ts';

export const EMBED_COMMAND: CommandSpec = {
  name: 'embed',
  isLong: true,
  heading: 'Refine',
  summary: 'turn the texts of the records into vectors, by batches of their own',
  text: [
    'The batches are kept in batch_records/embedding, with a state, a log and results of their own. Only texts without a vector are asked for, each once. Stopped at any point, the same command goes on; run again, it sends what failed once more.',
  ],
  operands: [],
  settings: ['records', 'embedding', 'service', 'submit', 'wait', 'prices'],
  without: ['model', 'display-name', 'via-mcp'],
  flags: [
    { flags: '--fields <list>', description: 'fields whose texts are embedded (default: those of parse)' },
    { flags: '--all', description: 'also records that were merged into another one' },
    { flags: '--inline', description: 'ask for up to 1000 texts at once, at twice the price of a batch' },
    ...SIZE_FLAGS,
    DRY_RUN,
  ],
  examples: [
    ['batch-submit embed --dry-run', 'how many texts, in how many batches, and what they cost'],
    ['batch-submit embed', 'submit, wait, check and keep the vectors'],
    ['batch-submit embed --inline', 'a few new records, at once'],
    ['batch-submit embed --embedding-model gemini-embedding-2 --dimensions 1536', 'other vectors'],
  ],
  fields: ['batch', 'submitted, adopted, downloaded or failed', 'job, path, or why'],
  prints: ['event', 'embedding'],
  load: async () => (await import('../commands/embed.ts')).embedCommand,
};
