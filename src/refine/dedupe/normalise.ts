import { normaliseAscii } from './normalise-ascii.ts';

/** Characters without a width, and selectors of how one is drawn. */
const UNSEEN = /[\p{Cf}\uFE00-\uFE0F]+/gu;
/** A minus sign and the dashes that are typed in its place. */
const DASHES = /[\u2010-\u2015\u2212]/g;
const WORD = String.raw`[\p{L}\p{M}\p{N}]`;
// What is rare comes first in each of these: to look behind every character takes ten times as long.
const JOINED = new RegExp(`['\u2018\u2019](?<=${WORD}.)(?=${WORD})`, 'gu');
/** Before a digit that stands above the line. */
const POWER = /(?=[\u00B2\u00B3\u00B9\u2070\u2074-\u2079\u207B])(?<=[\p{L}\p{Nd})])/gu;
const SLASHES = /[\u2044\u2215]/g;
const DROPPED_SIGNS = [
  String.raw`[^\p{S}%‰#.,!*/&-]`,
  // Modifiers; signs that also serve as punctuation follow.
  String.raw`(?!\^)\p{Sk}`,
  '~',
  String.raw`\.(?!\p{Nd})`,
  String.raw`\.(?<=[\p{L}\p{M}\p{Nl}\p{No}.,].)`,
  String.raw`,(?!(?<=\p{Nd}.)\p{Nd})`,
  String.raw`/(?!(?<=\p{Nd}.)\p{Nd})`,
  `-(?<=${WORD}.)`,
  String.raw`-(?!\.?\p{Nd})`,
  `#(?<!${WORD}.)`,
  '!(?!=)',
  '&(?<!&&)(?!&)',
  String.raw`\|(?<!\|\|)(?!\|)`,
  String.raw`\^(?!(?<=${WORD}.)(?:${WORD}|-\.?\p{Nd}))`,
  String.raw`\*(?!(?<=${WORD}.)${WORD}|(?<=${WORD} .) ${WORD})`,
];
const DROPPED = new RegExp(`(?:(?!${WORD})(?:${DROPPED_SIGNS.join('|')}))+`, 'gu');
const BEYOND_ASCII = /[\u0080-\uFFFF]/;

/**
 * What of a text counts when it is compared: letters, marks and digits of every script in one case and one form
 * (Unicode NFKC), and what turns a fact into another one: signs of comparison, logic, arithmetic and money, arrows and
 * ticks, `%`, `°`, a minus or a point before a number, a point or comma within one, and `#` behind a word. An apostrophe
 * within a word is left out, everything else is a blank, and there is one blank between words.
 *
 * `“RSI (14)” – above 70%?` and `rsi 14 above 70%` are the same; `+5` and `-5`, `C` and `C#`, `3.5` and `35`, `10⁵` and
 * `105`, `a != b` and `a = b` are not.
 */
export function normalise(text: string): string {
  return BEYOND_ASCII.test(text) ? normaliseAny(text) : normaliseAscii(text);
}

/** `normalise` without its short way. */
export function normaliseAny(text: string): string {
  return (
    text
      .replaceAll(UNSEEN, '')
      .replaceAll(POWER, '^')
      .normalize('NFKC')
      // Up and down again: `ß` and `SS`, which have no one lower case, come out the same.
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
      .replaceAll(DASHES, '-')
      .replaceAll(SLASHES, '/')
      .replaceAll(JOINED, '')
      .replaceAll(DROPPED, ' ')
      .trim()
  );
}
