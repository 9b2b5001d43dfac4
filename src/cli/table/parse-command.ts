import type { CommandSpec } from '../command-spec.ts';
import { DRY_RUN } from './command-flags.ts';

export const PARSE_COMMAND: CommandSpec = {
  name: 'parse',
  heading: 'Refine',
  summary: 'make records of the answers',
  text: [
    'Takes the JSON out of every answer that is on disk, be it bare, in a fence, with prose around it, in several pieces or cut off, and writes one record a line to records.jsonl. A record is a refined pair (`pair_id`, `refined_question`, `refined_answer`, `quality_score`, `improvements_made`), or what `--schema` says.',
    'What gives no record is listed in unparsed.jsonl, and records that look wrong are flagged: placeholders, padding, missing and short fields, answers that are the question, another language, another number than the prompt asked for.',
  ],
  operands: [],
  settings: ['input', 'state', 'records'],
  without: ['log'],
  flags: [
    { flags: '--schema <file>', description: 'JSON Schema of a record, in place of the refined pair' },
    { flags: '--fields <list>', description: 'fields whose texts are compared and embedded' },
    {
      flags: '--language <code>',
      description: 'language that the records should be in, such as en; or any (default: that of most)',
    },
    {
      flags: '--per-answer <n>',
      description: 'records that each answer should hold (default: as its prompt says)',
    },
    DRY_RUN,
  ],
  examples: [
    ['batch-submit parse', 'batch_records/records.jsonl'],
    ['batch-submit parse --schema record.schema.json', 'records of your own kind'],
    ['batch-submit parse --json | jq .gates', 'what is doubtful'],
  ],
  fields: ['batch', 'parsed, unparsable or without', 'requests', 'records'],
  prints: ['records'],
  load: async () => (await import('../commands/parse.ts')).parseCommand,
};
