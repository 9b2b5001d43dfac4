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
  /** The offset at which the key was added first, or `NEW_KEY`. */
  find(key: string): number;
}

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
 */
export function createKeyTable(): KeyTable {
  const parts: Part[] = Array.from({ length: PARTS }, () => ({
    lanes: new Uint32Array(FIRST_SLOTS * LANES),
    used: 0,
  }));
  const hash = new Uint32Array(2);
  return {
    add(key, offset, file) {
      hashText(key, hash);
      const high = hash[0] ?? 0;
      const low = hash[1] ?? 0;
      const part = parts[high % PARTS];
      if (part === undefined) return NEW_KEY;
      const { lanes } = part;
      const at = findSlot(lanes, high, low);
      const owner = lanes[at + 3] ?? 0;
      if (owner === file + 1) return lanes[at + 2] ?? 0;
      fill(lanes, at, high, low, offset, file + 1);
      if (owner !== 0) return KEY_OF_OTHER_FILE;
      part.used += 1;
      if (part.used * LANES > lanes.length * MOST_FULL) grow(part);
      return NEW_KEY;
    },
    find(key) {
      hashText(key, hash);
      const high = hash[0] ?? 0;
      const low = hash[1] ?? 0;
      const lanes = parts[high % PARTS]?.lanes;
      if (lanes === undefined) return NEW_KEY;
      const at = findSlot(lanes, high, low);
      return lanes[at + 3] === 0 ? NEW_KEY : (lanes[at + 2] ?? 0);
    },
  };
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

function grow(part: Part): void {
  const old = part.lanes;
  const lanes = new Uint32Array(Math.ceil((old.length / LANES) * 1.5) * LANES);
  for (let at = 0; at < old.length; at += LANES) {
    if (old[at + 3] === 0) continue;
    const high = old[at] ?? 0;
    const low = old[at + 1] ?? 0;
    fill(lanes, findSlot(lanes, high, low), high, low, old[at + 2] ?? 0, old[at + 3] ?? 0);
  }
  part.lanes = lanes;
}

/** cyrb53 with both halves kept whole: a fast hash that spreads well, not one against an adversary. */
function hashText(text: string, into: Uint32Array): void {
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
