import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LINE, SECRET } from './input-tools.mjs';

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

const at = (input) => join(input, 'batch_002.jsonl');
const place = (id, make, expect, more = {}) => ({
  id: `place: ${id}`,
  arrange: (input, folder) => make(at(input), folder),
  expect,
  ...more,
});

/** A file that takes no room on the disk: a beginning, and holes. */
function sparse(path, size, start = '') {
  const descriptor = openSync(path, 'w');
  if (start !== '') writeSync(descriptor, start);
  ftruncateSync(descriptor, size);
  closeSync(descriptor);
}

/** A file of one line, written in pieces. */
function longLine(path, size, end = '"}]}]}}\n') {
  const descriptor = openSync(path, 'w');
  const start = '{"key":"k","request":{"contents":[{"parts":[{"text":"';
  writeSync(descriptor, start);
  const piece = 'x'.repeat(MEBIBYTE);
  for (let left = size - start.length - end.length; left > 0; left -= MEBIBYTE) {
    writeSync(descriptor, piece.slice(0, Math.min(left, MEBIBYTE)));
  }
  writeSync(descriptor, end);
  closeSync(descriptor);
}

const HEAVY = { isHeavy: true };
const NOT_REGULAR = /it is not a regular file/;

/** Things that are no file, files that are too much, and files that change. @type {readonly import('./input-tools.mjs').InputCase[]} */
export const INPUT_PLACES = [
  place('a folder', (path) => mkdirSync(path), 'stopped', { says: /it is a folder/ }),
  place('a named pipe', (path) => execFileSync('mkfifo', [path]), 'stopped', { says: /it is a named pipe/ }),
  place(
    'a link to a named pipe',
    (path, folder) => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      symlinkSync('../pipe', path);
    },
    'stopped',
    { says: /it is a named pipe/ },
  ),
  place('a link to endless zeros', (path) => symlinkSync('/dev/zero', path), 'stopped', {
    says: NOT_REGULAR,
    ...HEAVY,
  }),
  place('a link to nothing', (path) => symlinkSync('/dev/null', path), 'stopped', { says: NOT_REGULAR }),
  place('a link to a terminal', (path) => symlinkSync('/dev/tty', path), 'stopped', {
    says: /Cannot use the input file/,
  }),
  place('a link to random bytes', (path) => symlinkSync('/dev/urandom', path), 'stopped', {
    says: NOT_REGULAR,
  }),
  place('a link to itself', (path) => symlinkSync('batch_002.jsonl', path), 'stopped', { says: /circle/ }),
  place('a link to nowhere', (path) => symlinkSync('gone.jsonl', path), 'stopped', {
    says: /does not exist/,
  }),
  place('a link to a folder', (path) => symlinkSync('..', path), 'stopped', { says: /it is a folder/ }),
  place('a link through a file', (path) => symlinkSync('batch_001.jsonl/x', path), 'stopped', {
    says: /not a folder/,
  }),
  place(
    'a link of 40 links',
    (path, folder) => {
      for (let index = 0; index < 41; index += 1)
        symlinkSync(`link${index + 1}`, join(folder, `link${index}`));
      symlinkSync('../link0', path);
    },
    'stopped',
    { says: /circle|does not exist/ },
  ),
  place(
    'a folder with controls in its name',
    (path) => mkdirSync(path.replace('002', '002\u001b[31m\n')),
    'stopped',
    {
      says: /it is a folder/,
    },
  ),
  place(
    'six folders with controls in their names',
    (path) => {
      for (let number = 2; number < 8; number += 1)
        mkdirSync(path.replace('002', `00${number}\u0007\u202e\n`));
    },
    'stopped',
    { says: /Cannot use 6 of 7 input files/ },
  ),
  place('an empty file in a range', (path) => sparse(path, 0), 'stopped', {
    args: ['1', '2'],
    says: /it is empty/,
  }),
  place('an empty file outside the range', (path) => sparse(path, 0), 'taken', {
    args: ['1', '1'],
    taken: [1],
  }),
  place('an empty file that may be left out', (path) => sparse(path, 0), 'taken', {
    args: ['--skip-missing'],
    taken: [1],
  }),
  place('one byte over 2 GB', (path) => sparse(path, 2 * GIBIBYTE + 1, `${LINE}\n`), 'stopped', {
    says: /larger than 2 GB/,
    ...HEAVY,
  }),
  place('20 GB', (path) => sparse(path, 20 * GIBIBYTE), 'stopped', { says: /larger than 2 GB/, ...HEAVY }),
  place('8 TB', (path) => sparse(path, 8192 * GIBIBYTE), 'stopped', { says: /larger than 2 GB/, ...HEAVY }),
  place(
    'a link to 3 GB',
    (path, folder) => {
      sparse(join(folder, 'big'), 3 * GIBIBYTE);
      symlinkSync('../big', path);
    },
    'stopped',
    { says: /larger than 2 GB/, ...HEAVY },
  ),
  place('300 MB of zeros', (path) => sparse(path, 300 * MEBIBYTE), 'fails', {
    says: /longer than 64 MiB/,
    ...HEAVY,
  }),
  place('a line of 65 MiB', (path) => longLine(path, 65 * MEBIBYTE), 'fails', {
    says: /line 1 is longer than 64 MiB/,
    ...HEAVY,
  }),
  place('a line of 65 MiB without an end', (path) => longLine(path, 65 * MEBIBYTE, ''), 'fails', {
    says: /longer than 64 MiB/,
    ...HEAVY,
  }),
  place('a line of 60 MiB', (path) => longLine(path, 60 * MEBIBYTE), 'taken', HEAVY),
  place('a line of 60 MiB that is no JSON', (path) => longLine(path, 60 * MEBIBYTE, SECRET), 'fails', {
    says: /line 1 is not valid JSON/,
    ...HEAVY,
  }),
  place(
    'a line of 30 MiB of lists',
    (path) => {
      sparse(path, 0);
      const descriptor = openSync(path, 'w');
      for (let index = 0; index < 30; index += 1) writeSync(descriptor, '['.repeat(MEBIBYTE));
      closeSync(descriptor);
    },
    'fails',
    { says: /line 1/, ...HEAVY },
  ),
  place(
    'a million short bad lines',
    (path) => {
      const descriptor = openSync(path, 'w');
      for (let index = 0; index < 100; index += 1) writeSync(descriptor, '{\n'.repeat(10_000));
      closeSync(descriptor);
    },
    'fails',
    { says: /and 999999 more/, ...HEAVY },
  ),
  place(
    'five million blank lines',
    (path) => {
      const descriptor = openSync(path, 'w');
      for (let index = 0; index < 5; index += 1) writeSync(descriptor, '\n'.repeat(1_000_000));
      closeSync(descriptor);
    },
    'fails',
    { says: /no request/, ...HEAVY },
  ),
  place('a second name of batch 1', (path) => linkSync(path.replace('002', '001'), path), 'taken'),
  place('a link to batch 1', (path) => symlinkSync('batch_001.jsonl', path), 'taken'),
  place(
    'a link out of the folder',
    (path, folder) => {
      renameSync(path.replace('002', '001'), join(folder, 'one.jsonl'));
      symlinkSync('../one.jsonl', path.replace('002', '001'));
    },
    'taken',
    { taken: [1] },
  ),
];

/** The file goes, or becomes something else, after the plan was made and before its turn. */
const vanishing = (id, change, says) => ({
  id: `vanishing: ${id}`,
  files: { 'batch_002.jsonl': `${LINE}\n` },
  expect: 'fails',
  says,
  onRequest: change,
});

/** @type {readonly import('./input-tools.mjs').InputCase[]} */
export const INPUT_CHANGES = [
  vanishing('gone', (path) => rmSync(path), /does not exist/),
  vanishing(
    'now a folder',
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    /it is a folder/,
  ),
  vanishing(
    'now a named pipe',
    (path) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
    /it is a named pipe/,
  ),
  vanishing(
    'now a link to endless zeros',
    (path) => {
      rmSync(path);
      symlinkSync('/dev/zero', path);
    },
    NOT_REGULAR,
  ),
  vanishing('now empty', (path) => sparse(path, 0), /it is empty/),
  vanishing('now 3 GB', (path) => sparse(path, 3 * GIBIBYTE), /larger than 2 GB/),
  vanishing('now without a line', (path) => sparse(path, 9, '\n'), /line 2 holds a NUL|no request/),
  vanishing(
    'now a link in a circle',
    (path) => {
      rmSync(path);
      symlinkSync('batch_002.jsonl', path);
    },
    /circle/,
  ),
];
