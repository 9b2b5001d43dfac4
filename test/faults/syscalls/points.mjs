import { randomFrom } from '../pool.mjs';

/**
 * One trial.
 * @typedef {import('./strace.mjs').Aim & { id: string, life: string }} Point
 */

const ANY = ['kill', 'EIO', 'ENOSPC', 'EACCES'];
/** What can be the end of each call. Where nothing changes on disk, a kill repeats the one before it. */
const KINDS = {
  openat: ANY,
  rename: ANY,
  renameat: ANY,
  renameat2: ANY,
  link: ANY,
  linkat: ANY,
  mkdir: ANY,
  mkdirat: ANY,
  unlink: ['kill', 'EIO', 'EACCES'],
  unlinkat: ['kill', 'EIO', 'EACCES'],
  write: ['kill', 'EIO', 'ENOSPC'],
  writev: ['kill', 'EIO', 'ENOSPC'],
  pwrite64: ['kill', 'EIO', 'ENOSPC'],
  pwritev: ['kill', 'EIO', 'ENOSPC'],
  fsync: ['kill', 'EIO', 'ENOSPC'],
  fdatasync: ['kill', 'EIO', 'ENOSPC'],
  ftruncate: ['kill', 'EIO'],
  truncate: ['kill', 'EIO'],
  fchmod: ['kill', 'EIO'],
  // A network file system may say only here that a write failed.
  close: ['EIO', 'ENOSPC'],
  read: ['EIO'],
  pread64: ['EIO'],
  getdents64: ['EIO'],
  readlink: ['EIO', 'EACCES'],
  statx: ['EIO', 'EACCES'],
};
/** How many of each kind the gate takes. */
const GATE = { kill: 130, EIO: 32, ENOSPC: 26, EACCES: 22 };

/**
 * Every call with everything that can happen to it.
 * @param {string} life which run the calls are of
 * @param {readonly import('./calls.mjs').Call[]} calls
 * @returns {readonly Point[]}
 */
export function pointsOf(life, calls) {
  return calls.flatMap(({ syscall, path, nth, isForWriting }) =>
    kindsOf(syscall, isForWriting).map((kind) => pointAt(life, syscall, path, nth, kind)),
  );
}

/** @returns {Point} */
export function pointAt(life, syscall, path, nth, kind) {
  return { id: `${life} / ${syscall} ${nth} of ${describe(path)} / ${kind}`, life, syscall, path, nth, kind };
}

function kindsOf(syscall, isForWriting) {
  const kinds = KINDS[syscall] ?? [];
  return syscall === 'openat' && !isForWriting ? kinds.filter((kind) => kind !== 'ENOSPC') : kinds;
}

function describe(path) {
  if (path === '') return 'the folder';
  return path
    .replace(/\.(<.*>)\.[0-9a-f]{16}\.tmp$/, (_, word) => ` temporary ${word}`)
    .replace(/\.(?:fa){8}/, '');
}

/**
 * The share of the gate: from every kind of call on every file one, then of each a second, until there
 * are enough. Which ones is up to the seed.
 * @param {readonly Point[]} points
 * @param {number} seed
 * @param {number} share of the gate, up to 1
 * @returns {readonly Point[]}
 */
export function choosePoints(points, seed, share) {
  const random = randomFrom(seed);
  const calls = new Set(points.filter(({ life }) => life === 'fresh').map(groupOf));
  // The second life costs twice the time, so it is for what the first one does not do.
  const worthy = points.filter((point) => point.life === 'fresh' || !calls.has(groupOf(point)));
  return Object.entries(GATE).flatMap(([kind, wanted]) => {
    /** @type {Map<string, Point[]>} */
    const groups = new Map();
    for (const point of worthy.filter((one) => one.kind === kind)) {
      groups.set(groupOf(point), [...(groups.get(groupOf(point)) ?? []), point]);
    }
    const shuffled = shuffle([...groups.values()], random).map((group) => shuffle(group, random));
    const most = Math.max(...shuffled.map(({ length }) => length));
    const rounds = Array.from({ length: most }, (_, round) =>
      shuffled.flatMap((group) => group[round] ?? []),
    );
    return rounds.flat().slice(0, Math.ceil(wanted * share));
  });
}

function groupOf({ syscall, path }) {
  return `${syscall} ${path}`;
}

/** @template Item @param {readonly Item[]} items @returns {Item[]} */
function shuffle(items, random) {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
