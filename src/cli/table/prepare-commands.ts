import { DRY_RUN, ONLY, RANGE } from './command-flags.ts';
import type { CommandSpec, FlagSpec } from '../command-spec.ts';

/** How large the files that are made may become. */
export const SIZE_FLAGS: readonly FlagSpec[] = [
  { flags: '--max-lines <n>', description: 'at most so many requests in a file' },
  {
    flags: '--max-bytes <size>',
    description: 'at most so large a file, such as 500MB; never above 2 GB, the most the service takes',
  },
  { flags: '--max-tokens <n>', description: 'at most so many estimated tokens of text in a file' },
];

/** The commands that make numbered files out of others. */
export const PREPARE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'split',
    heading: 'Prepare',
    summary: 'cut large files into numbered ones',
    operands: [{ name: '<file...>', description: 'JSONL files, one request a line, of any size' }],
    settings: ['input', 'state'],
    without: ['log'],
    flags: [
      ...SIZE_FLAGS,
      { flags: '--from <n>', description: 'number of the first file (default 1)' },
      DRY_RUN,
    ],
    examples: [
      ['batch-submit split all.jsonl --max-lines 1000', 'batch_001.jsonl and so on, in the input folder'],
      ['batch-submit split a.jsonl b.jsonl --max-bytes 500MB', 'one after the other'],
      ['batch-submit split more.jsonl --max-tokens 1000000 --from 205', 'behind 204 that are there'],
    ],
    fields: ['batch', 'written, unchanged or planned', 'path', 'bytes', 'lines', 'estimated tokens'],
    prints: ['prepared'],
    load: async () => (await import('../commands/split.ts')).splitCommand,
  },
  {
    name: 'merge',
    heading: 'Prepare',
    summary: 'pack small numbered files into fewer, in another folder',
    operands: RANGE,
    settings: ['input', 'state'],
    flags: [
      ONLY,
      { flags: '--into <dir>', description: 'folder for the packed files' },
      { flags: '--jobs <n>', description: 'at most so many files, of about the same size' },
      ...SIZE_FLAGS,
      { flags: '--from <n>', description: 'number of the first packed file (default 1)' },
      {
        flags: '--prefix-keys',
        description: 'turn each key into <batch>-<key>, so that no two are the same',
      },
      { flags: '--fresh', description: 'merge even what was submitted already' },
      DRY_RUN,
    ],
    examples: [
      ['batch-submit merge --into packed --jobs 90', 'everything, in at most 90 files'],
      ['batch-submit merge 1 50 --into packed --max-bytes 100MB', 'fifty files'],
      ['batch-submit merge --into packed --prefix-keys', 'where files use the same keys'],
    ],
    fields: ['batch', 'written, unchanged or planned', 'path', 'bytes', 'lines', 'estimated tokens'],
    prints: ['prepared'],
    load: async () => (await import('../commands/merge.ts')).mergeCommand,
  },
];
