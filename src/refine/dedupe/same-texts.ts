/** Records by the hash of their normalised text: 64 bits, so that two texts with one hash are a chance never met. */
export interface SameTexts {
  /**
   * The first record that was added with the same text, or -1, after which this one is added.
   * @param isSame tells whether the texts are the same indeed
   */
  findOrAdd(record: number, isSame: (other: number) => boolean): number;
}

/** @param hashes by record, high and low half in turn */
export function createSameTexts(hashes: Uint32Array): SameTexts {
  const count = hashes.length / 2;
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 1.5 + 1)));
  const mask = slots.length - 1;
  return {
    findOrAdd(record, isSame) {
      const high = hashes[2 * record] ?? 0;
      const low = hashes[2 * record + 1] ?? 0;
      for (let slot = low & mask; ; slot = (slot + 1) & mask) {
        const found = slots[slot] ?? 0;
        if (found === 0) {
          slots[slot] = record + 1;
          return -1;
        }
        const other = found - 1;
        if (hashes[2 * other] !== high || hashes[2 * other + 1] !== low) continue;
        if (isSame(other)) return other;
      }
    },
  };
}
