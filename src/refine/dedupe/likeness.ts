import { isShort, shinglesOf } from './shingles.ts';

/** A normalised text as it is compared: the sets of its groups, in ascending order. */
export interface Compared {
  readonly text: string;
  readonly words: number;
  readonly numbers: number;
  readonly wordGroups: Uint32Array;
  readonly characterGroups: Uint32Array;
}

export function comparedOf(text: string): Compared {
  const { words, numbers, wordGroups, characterGroups } = shinglesOf(text);
  return {
    text,
    words,
    numbers,
    wordGroups: setOf(wordGroups),
    characterGroups: setOf(characterGroups),
  };
}

/**
 * The share of their groups that two texts have in common, 0 to 1 (the Jaccard index): of three characters in a row
 * when one of them is short, else of two words in a row. It is 0 when they name different numbers.
 */
export function likeness(one: Compared, other: Compared): number {
  if (one.numbers !== other.numbers) return 0;
  return isShort(one) || isShort(other)
    ? jaccard(one.characterGroups, other.characterGroups)
    : jaccard(one.wordGroups, other.wordGroups);
}

/** Of two sets in ascending order. Two empty ones have nothing in common. */
export function jaccard(one: Uint32Array, other: Uint32Array): number {
  let [common, i, j] = [0, 0, 0];
  while (i < one.length && j < other.length) {
    const difference = (one[i] ?? 0) - (other[j] ?? 0);
    if (difference === 0) common += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  const all = one.length + other.length - common;
  return all === 0 ? 0 : common / all;
}

/** Works in place, and copies what is left. */
function setOf(groups: Uint32Array): Uint32Array {
  groups.sort();
  let used = 0;
  for (const group of groups) {
    if (used === 0 || groups[used - 1] !== group) groups[used++] = group;
  }
  return groups.slice(0, used);
}
