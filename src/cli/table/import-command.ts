import { DRY_RUN } from './command-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

export const IMPORT_COMMAND: CommandSpec = {
  name: 'import',
  heading: 'Refine',
  summary: 'load the records into an SQLite database, or a file for another store',
  text: [
    'Each record becomes one row, beside its original and with its batch, line and job. A second import changes nothing, and one that was killed goes on. A database that exists is backed up first.',
    'Nothing is imported while a gate is shut: look at the samples, then decide with --allow or --without.',
  ],
  operands: [],
  settings: ['state', 'records', 'database'],
  without: ['log'],
  flags: [
    { flags: '--dedupe', description: 'find duplicates first, as `dedupe` does' },
    { flags: '--embed', description: 'turn texts without a vector into one first, as `embed` does' },
    { flags: '--to <format>', description: 'sqlite (default), parquet, csv or jsonl' },
    { flags: '--into <file>', description: 'the file to write, with parquet, csv or jsonl' },
    { flags: '--mapping <file>', description: 'fill a table of yours, as this JSON file says' },
    {
      flags: '--allow <gates>',
      description: 'import what these gates hold up, such as short,language',
      isRepeatable: true,
    },
    { flags: '--without <gates>', description: 'leave out what these gates hold up', isRepeatable: true },
    { flags: '--all', description: 'write duplicates too, with parquet, csv or jsonl' },
    { flags: '--with-embeddings', description: 'write vectors too, with csv' },
    { flags: '--no-backup', description: 'make no copy of the database first' },
    DRY_RUN,
  ],
  examples: [
    ['batch-submit import', 'into batch_records.db'],
    ['batch-submit import --dedupe --embed', 'all the steps between parse and the database'],
    ['batch-submit import --database qa.db -n', 'what would change in a database that exists'],
    ['batch-submit import --without placeholder,short', 'all but the doubtful'],
    ['batch-submit import --to csv --into pairs.csv', 'for a spreadsheet'],
  ],
  fields: [
    'written, unchanged or planned',
    'path',
    'records',
    'imported',
    'held back',
    'duplicates',
    'embedded',
  ],
  prints: ['import'],
  load: async () => (await import('../commands/import.ts')).importCommand,
};
