import { mix } from './mix.ts';

/** Sketches sets: the share of equal places of two sketches is about the Jaccard index of the sets. */
export interface Sketcher {
  /**
   * @param groups hashes, at least one
   * @returns one number a place, valid until the next call
   */
  sketch(groups: Uint32Array): Int32Array;
}

const ROUND_STEP = 0x9e3779b9;

/**
 * MinHash in one pass for large sets and a few for small ones ("Fast Similarity Sketching", Dahlgaard, Knudsen and
 * Thorup, 2017): in each round every group falls into one place and the least one stays there; a place that is filled
 * takes nothing from a later round, and the rounds end when all are filled. Unlike a pass that is padded afterwards it
 * says as much about ten groups as about a thousand. Round n of the second half fills place n whatever the hashes are.
 */
export function createSketcher(places: number): Sketcher {
  const least = new Int32Array(places);
  const filledIn = new Int32Array(places);
  return {
    sketch(groups) {
      filledIn.fill(-1);
      let filled = 0;
      for (let round = 0; filled < places; round += 1) {
        const step = Math.imul(round, ROUND_STEP);
        for (let at = 0; at < groups.length; at += 1) {
          const hash = mix(((groups[at] ?? 0) + step) | 0);
          // The upper half of the hash as a share of the places: a remainder takes longer than all the rest.
          const place = round < places ? ((hash >>> 16) * places) >>> 16 : round - places;
          const was = filledIn[place] ?? 0;
          if (was === -1) {
            filled += 1;
            filledIn[place] = round;
            least[place] = hash;
          } else if (was === round && hash < (least[place] ?? 0)) least[place] = hash;
        }
      }
      return least;
    },
  };
}
