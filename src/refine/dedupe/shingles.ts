import { mix, mixTwo } from './mix.ts';

/** Texts of at most so many words are compared by their characters: one word is too much of them. */
const MOST_SHORT_WORDS = 16;
/** Texts of up to so many words have both, or a text just above the mark would meet none just below it. */
const MOST_WORDS_WITH_BOTH = 20;

/** The groups of a normalised text, as hashes of 32 bits; a group may be there twice. */
export interface Shingles {
  /** How many words; in scripts without spaces each character is one. */
  readonly words: number;
  /** Of the numbers in the text, in their order: with others a text says something else, however alike it is. */
  readonly numbers: number;
  /** Two words in a row; empty for a short text. */
  readonly wordGroups: Uint32Array;
  /** Three characters in a row; empty for a long text. */
  readonly characterGroups: Uint32Array;
}

export function isShort({ words }: Pick<Shingles, 'words'>): boolean {
  return words <= MOST_SHORT_WORDS;
}

const NUMBER = /-?\.?\p{Nd}+(?:[.,]\p{Nd}+)*%?/gu;

let room = new Uint32Array(4096);
let otherRoom = new Uint32Array(64);

/**
 * Cuts a normalised text into groups.
 * @returns lists that are valid until the next call
 */
export function shinglesOf(text: string): Shingles {
  if (text.length > room.length) room = new Uint32Array(2 * text.length);
  const words = hashWords(text, room);
  const hasCharacters = words <= MOST_WORDS_WITH_BOTH;
  if (hasCharacters && text.length > otherRoom.length) otherRoom = new Uint32Array(2 * text.length);
  const characters = hasCharacters ? hashCharacters(text, otherRoom) : 0;
  const pairs = words <= MOST_SHORT_WORDS ? 0 : words - 1;
  for (let at = 0; at < pairs; at += 1) room[at] = mixTwo(room[at] ?? 0, room[at + 1] ?? 0);
  return {
    words,
    numbers: hashNumbers(text),
    wordGroups: room.subarray(0, pairs),
    characterGroups: otherRoom.subarray(0, characters),
  };
}

const BLANK = 0x20;

/** @returns how many there are */
function hashWords(text: string, into: Uint32Array): number {
  let count = 0;
  let hash = 0;
  let isWithin = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const standsAlone = isOfUnspacedScript(code);
    if (isWithin && (code === BLANK || standsAlone)) {
      into[count++] = hash;
      isWithin = false;
    }
    if (standsAlone) {
      // The second half of a character beyond the first 65,536 belongs to its first.
      const half = isFirstHalf(code) ? text.charCodeAt((at += 1)) : 0;
      into[count++] = mixTwo(code, half);
    } else if (code !== BLANK) {
      hash = Math.imul((isWithin ? hash : 0) ^ code, 0x9e3779b1);
      hash ^= hash >>> 15;
      isWithin = true;
    }
  }
  if (isWithin) into[count++] = hash;
  return count;
}

/** Chinese, Japanese, Thai, Lao, Burmese and Khmer. */
function isOfUnspacedScript(code: number): boolean {
  if (code < 0x0e00) return false;
  if (code <= 0x0eff || isFirstHalf(code)) return true;
  if (code >= 0x1000 && code <= 0x109f) return true;
  if (code >= 0x1780 && code <= 0x17ff) return true;
  return (code >= 0x3040 && code <= 0x31ff) || (code >= 0x3400 && code <= 0x9fff);
}

/** Of a Chinese character beyond the first 65,536. */
function isFirstHalf(code: number): boolean {
  return code >= 0xd840 && code <= 0xd88d;
}

/** @returns how many groups there are; a text of one or two characters is one */
function hashCharacters(text: string, into: Uint32Array): number {
  const count = text === '' ? 0 : Math.max(text.length - 2, 1);
  for (let at = 0; at < count; at += 1) {
    const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    into[at] = mixTwo(mixTwo(first, second), third);
  }
  return count;
}

function hashNumbers(text: string): number {
  let hash = 0;
  for (const number of text.match(NUMBER) ?? []) {
    hash = mixTwo(hash, number.length);
    for (let at = 0; at < number.length; at += 1) hash = mixTwo(hash, number.charCodeAt(at));
  }
  return mix(hash) >>> 0;
}
