/** Shorter texts may well repeat themselves. */
const FEWEST_WORDS = 24;
const RUN = 5;
/** Of the groups of words in a text, so many must be new. */
const LEAST_NEW = 0.5;

/**
 * True for a text that goes round in circles: the same sentence over and over, or a word without end, as models write
 * when they fill a length. A text that repeats a term is none: groups of five words are counted.
 * @param words as `plainWords` gives them
 */
export function isPadded(words: readonly string[]): boolean {
  if (words.length < FEWEST_WORDS) return false;
  // A text whose words are nearly all different repeats no groups of them.
  if (new Set(words).size > LEAST_NEW * words.length) return false;
  const groups = new Set<string>();
  for (let index = 0; index + RUN <= words.length; index += 1) {
    groups.add(words.slice(index, index + RUN).join(' '));
  }
  return groups.size < LEAST_NEW * (words.length - RUN + 1);
}
