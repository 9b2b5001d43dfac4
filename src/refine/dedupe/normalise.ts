import { normaliseAscii } from './normalise-ascii.ts';

/** Characters without a width, and selectors of how one is drawn. */
const UNSEEN = /[\p{Cf}\uFE00-\uFE0F]+/gu;
/** A minus sign and the dashes that are typed in its place. */
const DASHES = /[\u2010-\u2015\u2212]/g;
const JOINED = /(?<=[\p{L}\p{M}\p{N}])['\u2018\u2019](?=[\p{L}\p{M}\p{N}])/gu;
const DROPPED =
  /(?:[^\p{L}\p{M}\p{N}\p{Sc}%‰°+<=>±×÷≠≤≥≈#.,-]|(?<!\p{Nd})[.,]|[.,](?!\p{Nd})|(?<=[\p{L}\p{M}\p{N}])-|-(?!\p{Nd})|(?<![\p{L}\p{M}\p{N}])#)+/gu;
const BEYOND_ASCII = /[\u0080-\uFFFF]/;

/**
 * What of a text counts when it is compared: letters, marks and digits of every script in one case and one form
 * (Unicode NFKC), and what turns a fact into another one: signs of comparison, arithmetic and money, `%`, `°`, a minus
 * before a number, a point or comma within one, and `#` behind a word. An apostrophe within a word is left out,
 * everything else is a blank, and there is one blank between words.
 *
 * `“RSI (14)” – above 70%?` and `rsi 14 above 70%` are the same; `+5` and `-5`, `C` and `C#`, `3.5` and `35` are not.
 */
export function normalise(text: string): string {
  return BEYOND_ASCII.test(text) ? normaliseAny(text) : normaliseAscii(text);
}

/** `normalise` without its short way. */
export function normaliseAny(text: string): string {
  return (
    text
      .replaceAll(UNSEEN, '')
      .normalize('NFKC')
      // Up and down again: `ß` and `SS`, which have no one lower case, come out the same.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
      .replaceAll(DASHES, '-')
      .replaceAll(JOINED, '')
      .replaceAll(DROPPED, ' ')
      .trim()
  );
}
