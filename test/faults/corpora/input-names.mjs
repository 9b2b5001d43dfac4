import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINE } from './input-tools.mjs';

const ESCAPE = '\u001b[31m';
const TURN = '\u202e';

/** One folder of files by name, all good inside. */
const named = (id, names, expect, more = {}) => ({
  id: `names: ${id}`,
  files: Object.fromEntries(names.map((name, index) => [name, `${LINE}\n`.repeat(index + 2)])),
  expect,
  ...more,
});

/** Folders without batch 1. */
const only = (id, names, expect, more = {}) => ({
  ...named(id, names, expect, more),
  arrange: (input) => rmSync(join(input, 'batch_001.jsonl')),
  taken: more.taken ?? [],
});

const DOUBLE = /Cannot tell which file/;
const NUMBERS = /batch numbers are 1 to 999999999/;
const NONE = /Cannot find batches/;

/** Numbers given twice, names that are strange, and folders without a batch. @type {readonly import('./input-tools.mjs').InputCase[]} */
export const INPUT_NAMES = [
  named('1 and 001', ['1.jsonl'], 'stopped', { says: DOUBLE }),
  named('two kinds of names', ['batch-1.jsonl', 'batch_2.jsonl'], 'stopped', { says: DOUBLE }),
  named('a copy beside it', ['batch_001 (copy).jsonl'], 'stopped', { says: DOUBLE }),
  named('a backup beside it', ['batch_001_old.jsonl'], 'stopped', { says: DOUBLE }),
  named('another case', ['BATCH_001.JSONL'], 'stopped', { says: DOUBLE }),
  named('zeros before it', ['batch_0000000000000000001.jsonl'], 'stopped', { says: DOUBLE }),
  named('twice with controls', [`batch_1${ESCAPE}.jsonl`], 'stopped', { says: DOUBLE }),
  named('twice with a line end', ['batch_1\nerror: all is lost.jsonl'], 'stopped', { says: DOUBLE }),
  named('twice with turned text', [`batch_1${TURN}lnosj.jsonl`], 'stopped', { says: DOUBLE }),
  named(
    '40 numbers twice',
    Array.from({ length: 80 }, (_, index) => `${'ab'[index % 2]}${2 + (index >> 1)}.jsonl`),
    'stopped',
    {
      says: /40 batch numbers/,
    },
  ),
  named('000', ['batch_000.jsonl'], 'stopped', { says: NUMBERS }),
  named('0', ['0.jsonl'], 'stopped', { says: NUMBERS }),
  named('1e9', ['1000000000.jsonl'], 'stopped', { says: NUMBERS }),
  named('2^53 + 1', ['9007199254740993.jsonl'], 'stopped', { says: NUMBERS }),
  named('200 digits', [`${'9'.repeat(200)}.jsonl`], 'stopped', { says: NUMBERS }),
  named('0 with controls', [`batch_0${ESCAPE}\u0007.jsonl`], 'stopped', { says: NUMBERS }),
  named('many that are 0', ['a0.jsonl', 'b0.jsonl', `c${TURN}0.jsonl`], 'stopped', { says: NUMBERS }),
  named('the last number', ['999999999.jsonl'], 'taken', { taken: [1, 999999999] }),
  named('a gap', ['batch_003.jsonl', 'batch_900.jsonl'], 'taken', { taken: [1, 3, 900] }),
  named('Arabic digits', ['batch_٢.jsonl'], 'taken', { taken: [1] }),
  named('wide digits', ['batch_２.jsonl'], 'taken', { taken: [1] }),
  named('superscript digits', ['batch_².jsonl'], 'taken', { taken: [1] }),
  named('a minus', ['batch_-2.jsonl'], 'taken', { taken: [1, 2] }),
  named('a fraction', ['batch_2.5.jsonl'], 'taken', { taken: [1, 2] }),
  named('an exponent', ['batch_2e3.jsonl'], 'taken', { taken: [1, 2] }),
  named('a line end in the name', ['batch_2\n.jsonl'], 'taken'),
  named('colours in the name', [`batch_${ESCAPE}_2.jsonl`], 'taken', { taken: [1, 31] }),
  named('turned text in the name', [`batch_2${TURN}.jsonl`], 'taken'),
  named('a bell and a backspace in the name', ['batch_2\u0007\b.jsonl'], 'taken'),
  named('spaces at both ends', [' batch_2 .jsonl'], 'taken'),
  named('quotes', [`batch_2"'\`$(x).jsonl`], 'taken'),
  named('a leading dash', ['-rf 2.jsonl'], 'taken'),
  named('emoji', ['batch_2_🙂.jsonl'], 'taken'),
  named('accents of two kinds', ['büch_2.jsonl'], 'taken'),
  named('a name of 255 bytes', [`batch_2_${'x'.repeat(241)}.jsonl`], 'taken'),
  named('a percent sign', ['batch_2%00%2f.jsonl'], 'taken'),
  named('two dots', ['..batch_2.jsonl', 'batch..2.jsonl'], 'taken'),
  named('what an editor leaves', ['.batch_002.jsonl.swp', 'batch_002.jsonl~', '#batch_002.jsonl#'], 'taken', {
    taken: [1],
  }),
  named('what macOS leaves', ['._batch_002.jsonl', '.DS_Store'], 'taken', { taken: [1] }),
  named(
    'other endings',
    ['batch_002.json', 'batch_003.jsonl.gz', 'batch_004.ndjson', 'batch_005.jsonl.bak'],
    'taken',
    {
      taken: [1],
    },
  ),
  named('no number', ['notes.jsonl'], 'taken', { taken: [1] }),
  only('nothing', [], 'stopped', { says: NONE }),
  only('no numbers', ['a.jsonl', 'b.jsonl'], 'stopped', { says: NONE }),
  only('no JSON Lines', ['batch_001.json', 'batch_002.txt'], 'stopped', { says: NONE }),
  only('only hidden files', ['.batch_001.jsonl'], 'stopped', { says: NONE }),
  only('only Arabic digits', ['batch_١.jsonl'], 'stopped', { says: NONE }),
  named('a pattern that matches nothing', [], 'stopped', {
    args: ['--pattern', 'x_{batch}.jsonl'],
    says: NONE,
  }),
  named('a pattern without a number', [], 'stopped', {
    args: ['--pattern', 'batch.jsonl'],
    says: /exactly once/,
  }),
  named('a pattern with two numbers', [], 'stopped', {
    args: ['--pattern', '{batch}{batch}.jsonl'],
    says: /exactly once/,
  }),
  named('a pattern with a folder', [], 'stopped', {
    args: ['--pattern', '../{batch}.jsonl'],
    says: /not folders/,
  }),
  named('a pattern with controls', [], 'stopped', {
    args: ['--pattern', `${ESCAPE}{batch}.jsonl`],
    says: NONE,
  }),
  named('a pattern that backtracks', ['a'.repeat(120)], 'stopped', {
    args: ['--pattern', `${'*a'.repeat(60)}{batch}.jsonl`],
    says: NONE,
  }),
  named('a range without files', [], 'stopped', { args: ['5', '9'], says: /Cannot find/ }),
  named('a number without a file', [], 'stopped', {
    args: ['--only', '1,7'],
    says: /Cannot find batch 7/,
  }),
  {
    id: 'names: no input folder',
    arrange: (input) => rmSync(input, { recursive: true }),
    expect: 'stopped',
    says: /does not exist/,
    taken: [],
  },
  {
    id: 'names: a file in place of the folder',
    arrange(input) {
      rmSync(input, { recursive: true });
      writeFileSync(input, `${LINE}\n`);
    },
    expect: 'stopped',
    says: /it is not a folder/,
    taken: [],
  },
  {
    id: 'names: 2,000 folders',
    arrange(input) {
      for (let number = 2; number <= 2001; number += 1) mkdirSync(join(input, `batch_${number}`));
    },
    expect: 'taken',
    taken: [1],
  },
];
