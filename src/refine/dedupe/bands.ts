import { mixTwo } from './mix.ts';

/** Two records are compared when one of so many bands of their sketches is the same. */
export const BANDS = 20;
/** At the threshold itself at least so many of 100 pairs are compared; of those above it, more. */
const LEAST_RECALL = 0.99;
const MOST_ROWS = 30;

/**
 * How many places a band has: as many as the recall at the threshold allows, as each of them makes chance meetings
 * rarer.
 * @param agreement how likely one place is the same for two records at the threshold, 0 to 1
 */
export function rowsFor(agreement: number): number {
  let rows = 1;
  while (rows < MOST_ROWS && recallOf(agreement, rows + 1) >= LEAST_RECALL) rows += 1;
  return rows;
}

/** The share of pairs at the threshold that is expected to be compared, 0 to 1. */
export function recallOf(agreement: number, rows: number): number {
  return 1 - (1 - agreement ** rows) ** BANDS;
}

/**
 * Puts the keys of a sketch's bands into `keys`, from `at` on.
 * @param sketch `BANDS` times `rows` numbers
 * @param seed records with another one never meet
 */
export function writeBandKeys(sketch: Int32Array, seed: number, keys: Uint32Array, at: number): void {
  const rows = sketch.length / BANDS;
  for (let band = 0; band < BANDS; band += 1) {
    let key = seed;
    for (let row = band * rows; row < (band + 1) * rows; row += 1) key = mixTwo(key, sketch[row] ?? 0);
    keys[at + band] = key;
  }
}
