/** `add` answers with the offset of the first line in this file that has the key, or with one of these. */
export const NEW_KEY = -1;
export const KEY_OF_OTHER_FILE = -2;

export interface KeyTable {
  /**
   * Adds the key of a line.
   * @param offset where the line begins in its file; less than 4 GB
   * @param file counts from 0
   */
  add(key: string, offset: number, file: number): number;
  /** The same for a key of which only the hash is at hand, see `hashKey`. */
  addHash(high: number, low: number, offset: number, file: number): number;
  /** The offset at which the key was added first, or `NEW_KEY`. */
  find(key: string): number;
  /** The table itself, for `findInKeyTable` in another thread; of one that was made for so many keys. */
  share(): SharedKeys;
}

/** The parts of a table; `undefined` for one without a key. */
export type SharedKeys = readonly (Uint32Array | undefined)[];

/** Many small tables, so that the moment in which one grows and stands twice in memory is small too. */
const PARTS = 64;
const FIRST_SLOTS = 32;
const LANES = 4;
const MOST_FULL = 0.9;

interface Part {
  /** Four numbers a slot: two halves of the key's hash, the offset, and 1 + the file; 0 there is an empty slot. */
  lanes: Uint32Array;
  used: number;
}

/**
 * Remembers keys as hashes of 64 bits: 16 bytes a slot and 18 to 27 a key, however long it is. Among ten
 * million keys the odds that two share a hash are one in 370,000.
 * @param keyCount about how many there will be; then the memory is taken at once, and threads can share it
 */
export function createKeyTable(keyCount?: number): KeyTable {
  /** Each is made when a key falls into it: thousands of small files have a table each. */
  const parts: (Part | undefined)[] = Array.from({ length: PARTS }, () => undefined);
  const firstSlots = keyCount === undefined ? FIRST_SLOTS : slotsFor(keyCount);
  const makeLanes = keyCount === undefined ? ownLanes : sharedLanes;
  const hash = new Uint32Array(2);
  const addHash = (high: number, low: number, offset: number, file: number): number => {
    const part = (parts[high % PARTS] ??= { lanes: makeLanes(firstSlots), used: 0 });
    const { lanes } = part;
    const at = findSlot(lanes, high, low);
    const owner = lanes[at + 3] ?? 0;
    if (owner === file + 1) return lanes[at + 2] ?? 0;
    fill(lanes, at, high, low, offset, file + 1);
    if (owner !== 0) return KEY_OF_OTHER_FILE;
    part.used += 1;
    if (part.used * LANES > lanes.length * MOST_FULL) grow(part, makeLanes);
    return NEW_KEY;
  };
  return {
    add(key, offset, file) {
      hashKey(key, hash);
      return addHash(hash[0] ?? 0, hash[1] ?? 0, offset, file);
    },
    addHash,
    find(key) {
      hashKey(key, hash);
      return findHash(parts[(hash[0] ?? 0) % PARTS]?.lanes, hash[0] ?? 0, hash[1] ?? 0);
    },
    share: () => parts.map((part) => part?.lanes),
  };
}

/** The `find` of a table that another thread shares. */
export function findInKeyTable(shared: SharedKeys): KeyTable['find'] {
  const hash = new Uint32Array(2);
  return (key) => {
    hashKey(key, hash);
    return findHash(shared[(hash[0] ?? 0) % PARTS], hash[0] ?? 0, hash[1] ?? 0);
  };
}

function findHash(lanes: Uint32Array | undefined, high: number, low: number): number {
  if (lanes === undefined) return NEW_KEY;
  const at = findSlot(lanes, high, low);
  return lanes[at + 3] === 0 ? NEW_KEY : (lanes[at + 2] ?? 0);
}

function ownLanes(slots: number): Uint32Array {
  return new Uint32Array(slots * LANES);
}

/** Such memory is out of sight for the garbage collector: it should not be outgrown often. */
function sharedLanes(slots: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(slots * LANES * Uint32Array.BYTES_PER_ELEMENT));
}

/** Keys do not fall evenly into the parts, so each has a little to spare. */
function slotsFor(keyCount: number): number {
  return Math.ceil(((keyCount / PARTS) * 1.05) / MOST_FULL) + FIRST_SLOTS;
}

/** The slot that holds the hash, or the empty one where it belongs. */
function findSlot(lanes: Uint32Array, high: number, low: number): number {
  let at = (low % (lanes.length / LANES)) * LANES;
  while (lanes[at + 3] !== 0 && (lanes[at] !== high || lanes[at + 1] !== low)) {
    at += LANES;
    if (at === lanes.length) at = 0;
  }
  return at;
}

/** One call a key: an array to copy from would show in the time. */
function fill(
  lanes: Uint32Array,
  at: number,
  high: number,
  low: number,
  offset: number,
  owner: number,
): void {
  lanes[at] = high;
  lanes[at + 1] = low;
  lanes[at + 2] = offset;
  lanes[at + 3] = owner;
}

function grow(part: Part, makeLanes: (slots: number) => Uint32Array): void {
  const old = part.lanes;
  const lanes = makeLanes(Math.ceil((old.length / LANES) * 1.5));
  for (let at = 0; at < old.length; at += LANES) {
    if (old[at + 3] === 0) continue;
    const high = old[at] ?? 0;
    const low = old[at + 1] ?? 0;
    fill(lanes, findSlot(lanes, high, low), high, low, old[at + 2] ?? 0, old[at + 3] ?? 0);
  }
  part.lanes = lanes;
}

/** cyrb53 with both halves, high and low, kept whole: it spreads well, but not against an adversary. */
export function hashKey(text: string, into: Uint32Array): void {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  into[0] = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  into[1] = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
}
