import { createSlots, firstSlot, nextSlot } from './slots.ts';

/** The first record with each text, by the hash of the text. */
export interface SameTexts {
  /**
   * The first record that was added with the same text, or -1, after which this one is added.
   * @param isSame tells whether the texts are the same indeed, as a hash of 32 bits does not
   */
  findOrAdd(record: number, isSame: (other: number) => boolean): number;
}

/** @param hashes by record */
export function createSameTexts(hashes: Uint32Array): SameTexts {
  const slots = createSlots(hashes.length);
  return {
    findOrAdd(record, isSame) {
      const hash = hashes[record] ?? 0;
      for (let slot = firstSlot(hash, slots); ; slot = nextSlot(slot, slots)) {
        const found = slots[slot] ?? 0;
        if (found === 0) {
          slots[slot] = record + 1;
          return -1;
        }
        const other = found - 1;
        if (hashes[other] === hash && isSame(other)) return other;
      }
    },
  };
}
