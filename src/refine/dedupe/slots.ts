/** Free places per entry, so that one is found soon. */
const ROOM = 1.3;

/** The places of a hash table, each 1 + what it holds; 0 is free. */
export function createSlots(count: number): Uint32Array {
  return new Uint32Array(Math.ceil(count * ROOM) + 1);
}

/** Where to look for a hash of 32 bits first. */
export function firstSlot(hash: number, slots: Uint32Array): number {
  return Math.floor((hash / 2 ** 32) * slots.length);
}

export function nextSlot(slot: number, slots: Uint32Array): number {
  return slot + 1 === slots.length ? 0 : slot + 1;
}
