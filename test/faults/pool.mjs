import { availableParallelism } from 'node:os';

/** A trial spends most of its life waiting: for its settle time, for the disk, for its turn. */
export const WIDTH = availableParallelism() * 3;

/**
 * Works on all items, `width` at a time.
 * @template Item, Outcome
 * @param {readonly Item[]} items
 * @param {(item: Item, lane: number, index: number) => Promise<Outcome>} work
 *   `lane` is below `width` and used by one item at a time
 * @param {number} [width]
 * @returns {Promise<Outcome[]>} in the order of the items
 */
export async function inParallel(items, work, width = WIDTH) {
  /** @type {Outcome[]} */
  const outcomes = [];
  let next = 0;
  const lane = async (number) => {
    while (next < items.length) {
      const index = next;
      next += 1;
      outcomes[index] = await work(items[index], number, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, (_, number) => lane(number)));
  return outcomes;
}

/** mulberry32: the same numbers from the same seed, in [0, 1). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
