import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LOG, STATE } from '../witness.mjs';

const DISK = 1;

const at = (folder) => join(folder, STATE);
const replaced = (make) => (folder) => {
  rmSync(at(folder), { force: true });
  make(at(folder), folder);
};

/** Things in the state's place that are no file, or none that may be used. @type {readonly import('./state-tools.mjs').StateCase[]} */
export const STATE_PLACES = [
  { id: 'a folder', arrange: replaced((path) => mkdirSync(path)), refused: 10, says: /not a regular file/ },
  {
    id: 'a named pipe',
    arrange: replaced((path) => execFileSync('mkfifo', [path])),
    refused: 10,
    says: /not a regular/,
  },
  {
    id: 'a device',
    arrange: replaced((path) => symlinkSync('/dev/zero', path)),
    refused: 10,
    says: /not a regular/,
  },
  {
    id: 'a terminal',
    arrange: replaced((path) => symlinkSync('/dev/null', path)),
    refused: 10,
    says: /not a regular/,
  },
  {
    id: 'a link to itself',
    arrange: replaced((path) => symlinkSync(STATE, path)),
    refused: DISK,
    says: /ELOOP/,
  },
  {
    id: 'two links in a circle',
    arrange: replaced((path, folder) => {
      symlinkSync('other', path);
      symlinkSync(STATE, join(folder, 'other'));
    }),
    refused: DISK,
    says: /ELOOP/,
  },
  {
    id: 'a link to nowhere',
    arrange: replaced((path) => symlinkSync('gone.json', path)),
    // Seen from here the state is gone, and its log says that there was one.
    refused: 10,
    says: /is gone/,
    others: ['submit'],
  },
  {
    id: 'a link to a folder',
    arrange: replaced((path) => symlinkSync('.', path)),
    refused: 10,
    says: /not a regular/,
  },
  {
    id: 'a file of 600 MB',
    arrange: replaced((path) => {
      writeFileSync(path, '{');
      truncateSync(path, 600 * 1024 * 1024);
    }),
    refused: 10,
    says: /the limit is/,
  },
  {
    id: 'a folder that is read-only',
    arrange: (folder) => chmodSync(folder, 0o500),
    refused: DISK,
    says: /permission denied/,
    isRootExempt: true,
  },
  {
    id: 'a file that may not be read',
    arrange: (folder) => chmodSync(at(folder), 0o000),
    refused: DISK,
    says: /permission denied/,
    isRootExempt: true,
  },
  { id: 'a read-only file', arrange: (folder) => chmodSync(at(folder), 0o400) },
  { id: 'a file that all may read', arrange: (folder) => chmodSync(at(folder), 0o644) },
  {
    id: 'a link to the real file',
    arrange(folder) {
      mkdirSync(join(folder, 'kept'));
      renameSync(at(folder), join(folder, 'kept', 'real.json'));
      symlinkSync(join('kept', 'real.json'), at(folder));
    },
  },
  {
    id: 'a file with a second name',
    arrange: (folder) => linkSync(at(folder), join(folder, 'second-name.json')),
  },
  { id: 'a bad copy beside it', arrange: (folder) => writeFileSync(`${at(folder)}.bak`, 'garbage') },
  {
    id: 'an old temporary file beside it',
    arrange: (folder) => writeFileSync(join(folder, `.${STATE}.1.0123456789abcdef.tmp`), '{"version": 1'),
  },
  {
    id: 'the lock of a run that is gone',
    arrange: (folder) => writeFileSync(`${at(folder)}.lock`, JSON.stringify({ nonce: 'x' })),
    refused: 11,
    onlyRuns: true,
  },
  {
    id: 'a lock that is garbage',
    arrange: (folder) => writeFileSync(`${at(folder)}.lock`, '\u0000\u0001'),
    refused: 11,
    onlyRuns: true,
  },
  {
    id: 'the log is a folder',
    arrange: (folder) => {
      rmSync(join(folder, LOG));
      mkdirSync(join(folder, LOG));
    },
    refused: DISK,
    says: /Cannot open the log/,
    onlyRuns: true,
    isAboutLog: true,
  },
  {
    id: 'the log is a link',
    arrange: (folder) => {
      renameSync(join(folder, LOG), join(folder, 'real.jsonl'));
      symlinkSync('real.jsonl', join(folder, LOG));
    },
    refused: DISK,
    says: /symbolic link/,
    onlyRuns: true,
    isAboutLog: true,
  },
  {
    id: 'the log is a link to nowhere',
    arrange: (folder) => {
      rmSync(join(folder, LOG));
      symlinkSync('/tmp/nowhere/at/all', join(folder, LOG));
    },
    refused: DISK,
    says: /symbolic link/,
    onlyRuns: true,
    isAboutLog: true,
  },
  {
    id: 'the log may not be written',
    arrange: (folder) => chmodSync(join(folder, LOG), 0o400),
    refused: DISK,
    says: /Cannot open the log/,
    isRootExempt: true,
    onlyRuns: true,
    isAboutLog: true,
  },
  { id: 'the log is gone', arrange: (folder) => rmSync(join(folder, LOG)) },
];
