import type { CommandSpec } from '../command-spec.ts';

export const SEARCH_COMMAND: CommandSpec = {
  name: 'search',
  heading: 'Refine',
  summary: 'find the imported records that are nearest to a text or to one of them',
  text: [
    'A text is turned into a vector by the model that made those of the database, which takes a key and costs next to nothing. By id nothing is sent.',
  ],
  operands: [{ name: '[text]', description: 'what to look for' }],
  settings: ['database', 'service'],
  flags: [
    { flags: '--id <id>', description: 'look for what is near this record' },
    { flags: '--limit <n>', description: 'at most so many records (default 10)' },
  ],
  examples: [
    ['batch-submit search "how is a dam built"', 'the ten nearest records'],
    ['batch-submit search --id 81-17-3 --limit 3', 'three records near that one'],
  ],
  fields: ['similarity', 'id', 'the texts of the record'],
  prints: ['search'],
  load: async () => (await import('../commands/search.ts')).searchCommand,
};
