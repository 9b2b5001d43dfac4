import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One call that touched the folder, as a run without a fault made it.
 * @typedef {object} Call
 * @property {string} syscall
 * @property {string} path from the folder, empty for the folder itself; a process number is a word in `<…>`
 * @property {number} nth among the calls of this name on this path
 * @property {boolean} isForWriting an `openat` that may make or change the file
 */

/** Where the first argument says the path, and where it is a descriptor whose path strace writes beside it. */
const BY_PATH = [
  'openat',
  'rename',
  'renameat',
  'renameat2',
  'link',
  'linkat',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
  'truncate',
  'readlink',
  'statx',
];
const BY_DESCRIPTOR = [
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'fchmod',
  'close',
  'read',
  'pread64',
  'getdents64',
];

/** What to tell strace, so that `readCalls` understands it. */
export const TRACE_ALL = ['--seccomp-bpf', '-y', '-e', `trace=${[...BY_PATH, ...BY_DESCRIPTOR].join(',')}`];

/**
 * Every call in a trace that touched the folder, the inputs excepted.
 * @param {string} trace
 * @param {string} folder
 * @param {Record<string, number | undefined>} pids process numbers by the word that stands for each
 * @returns {readonly Call[]}
 */
export function readCalls(trace, folder, pids) {
  /** @type {Map<string, Set<string>>} */
  const threads = new Map();
  /** @type {Map<string, number>} */
  const counts = new Map();
  /** @type {Call[]} */
  const calls = [];
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, thread, syscall, rest] = /^(\d+) +(\w+)\((.*)/.exec(line) ?? [];
    const path = syscall === undefined ? undefined : pathFrom(folder, pathIn(rest));
    if (path === undefined) continue;
    const name = Object.entries(pids).reduce(
      (text, [word, pid]) => text.replace(`.${pid}.`, `.${word}.`),
      path,
    );
    const key = `${syscall} ${name}`;
    threads.set(key, (threads.get(key) ?? new Set()).add(thread));
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const isForWriting = /O_WRONLY|O_RDWR/.test(rest);
    calls.push({ syscall, path: name, nth: counts.get(key), isForWriting });
  }
  // Each thread has a count of its own in strace, so what several do cannot be aimed at.
  return calls.filter(({ syscall, path }) => threads.get(`${syscall} ${path}`).size === 1);
}

/** The path as the program said it; one of a descriptor comes first. Pipes and sockets have none. */
function pathIn(rest) {
  const descriptor = /^\d+<(\/[^>]*)>/.exec(rest)?.[1];
  return descriptor ?? /^(?:AT_FDCWD<[^>]*>, )?"([^"]+)"/.exec(rest)?.[1];
}

/** What the program only reads, and the person who runs it wrote. */
const THEIRS = /^batches(?:\/|$)|^\.env$|^batch-submit\.config\.json$|node_modules|package\.json$/;

/** The path from the folder; undefined when it is elsewhere, or the user's. */
function pathFrom(folder, said) {
  if (said === undefined) return undefined;
  const path = relative(folder, said.startsWith('/') ? said : join(folder, said));
  return path.startsWith('..') || THEIRS.test(path) ? undefined : path;
}
