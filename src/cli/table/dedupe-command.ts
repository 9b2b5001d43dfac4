import { DRY_RUN } from './command-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

export const DEDUPE_COMMAND: CommandSpec = {
  name: 'dedupe',
  heading: 'Refine',
  summary: 'find records that say the same, and name the one to keep',
  text: [
    'Three things make a record a duplicate: its words are all the same but for case, punctuation and spaces; it has --threshold of its pairs of words in common with another (of its characters, where it is short) and names the same numbers; or, with --cosine, their vectors are that close and they name the same numbers.',
    'Of such records the one with the highest quality_score is kept, then one that trips no gate, then the longest text, then the first. Each of the others was compared with the one that is kept. Nothing is deleted: duplicates.jsonl says which record is merged into which.',
  ],
  operands: [],
  settings: ['records'],
  flags: [
    { flags: '--fields <list>', description: 'compare the texts of these fields (default those of `parse`)' },
    {
      flags: '--threshold <share>',
      description: 'share of their word pairs that two texts must have in common, 0.5 to 1 (default 0.8)',
    },
    {
      flags: '--cosine [cosine]',
      description: 'compare vectors too, once there are any: least cosine, 0.8 to 1 (default 0.97)',
    },
    DRY_RUN,
  ],
  examples: [
    ['batch-submit dedupe', 'all records, by their questions and answers'],
    ['batch-submit dedupe --fields refined_question --threshold 0.9', 'by the questions alone, and stricter'],
    ['batch-submit dedupe -n', 'how many there are'],
  ],
  fields: ['records', 'kept', 'exact', 'near', 'close'],
  prints: ['duplicates'],
  load: async () => (await import('../commands/dedupe.ts')).dedupeCommand,
};
