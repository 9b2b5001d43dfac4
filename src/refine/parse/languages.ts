import { francAll } from 'franc-min';
import { letterCount, plainWords } from './plain-words.ts';

/** Says of texts whether they are in the language that all of them should be in. */
export interface LanguageGate {
  /** ISO 639-3, such as `eng`; `undefined` as long as nobody knows. */
  readonly expected: string | undefined;
  /** No text has a say any more. */
  readonly isDecided: boolean;
  /** Lets a text have a say in what is expected. */
  hear(text: string): void;
  /** Takes what most of the texts so far were in, if it was most of them. */
  decide(): void;
  /** Shorter ones say too little of their language. */
  isLongEnough(text: string): boolean;
  /** True for a text that is surely in another language. @param words its words, where they are at hand */
  isOther(text: string, words?: readonly string[]): boolean;
}

/** Less says too little of its language. */
const FEWEST_LETTERS = 60;
/** The beginning says what the rest is in. */
const LOOKED_AT = 400;
const WORDS_LOOKED_AT = 40;
/** Languages this near each other are not told apart: Spanish and Galician, Danish and Norwegian. */
const NEAR = 0.8;
const ENOUGH = 20;
const MOST_OF_THEM = 0.6;

/** @param given what the user expects, or `any`; `undefined`: what most texts are in */
export function createLanguageGate(given: string | undefined): LanguageGate {
  let expected = given === 'any' ? undefined : given;
  let isDecided = given !== undefined;
  const heard = new Map<string, number>();
  const usual = createUsualWords();
  const decide = (): void => {
    if (isDecided) return;
    isDecided = true;
    const total = [...heard.values()].reduce((sum, count) => sum + count, 0);
    expected = [...heard].find(([, count]) => count > MOST_OF_THEM * total)?.[0];
  };
  return {
    get expected() {
      return expected;
    },
    get isDecided() {
      return isDecided;
    },
    hear(text) {
      if (isDecided) return;
      const code = languageOf(text)?.[0]?.[0];
      if (code !== undefined) heard.set(code, (heard.get(code) ?? 0) + 1);
      if ((code === undefined ? 0 : (heard.get(code) ?? 0)) >= ENOUGH) decide();
    },
    decide,
    isLongEnough: (text) => letterCount(text.slice(0, LOOKED_AT)) >= FEWEST_LETTERS,
    isOther(text, all = plainWords(text.slice(0, LOOKED_AT))) {
      if (expected === undefined) return false;
      const words = all.slice(0, WORDS_LOOKED_AT);
      if (usual.holds(words)) return false;
      const nearness = languageOf(text);
      if (nearness === undefined) return false;
      if (nearness[0]?.[0] === expected) usual.learn(words);
      return !isNear(nearness, expected) && !isNear(beyondLatin(text), expected);
    },
  };
}

/** Each language with how near it comes, the best first with 1; `undefined` for a text that is too short to say. */
function languageOf(text: string): readonly (readonly [string, number])[] | undefined {
  const start = text.slice(0, LOOKED_AT);
  if (letterCount(start) < FEWEST_LETTERS) return undefined;
  const found = francAll(start);
  return found[0]?.[0] === 'und' ? undefined : found;
}

function isNear(nearness: ReturnType<typeof languageOf>, expected: string): boolean {
  return (nearness?.find(([code]) => code === expected)?.[1] ?? 0) >= NEAR;
}

const LEAST_BEYOND_LATIN = 0.25;

/**
 * The same without Latin letters, where enough is left: the detector goes by the script of most letters, and terms of
 * the matter are often written in Latin ones.
 */
function beyondLatin(text: string): ReturnType<typeof languageOf> {
  const start = text.slice(0, LOOKED_AT);
  const rest = start.replaceAll(/\p{Script=Latin}+/gu, ' ');
  return letterCount(rest) < LEAST_BEYOND_LATIN * letterCount(start) ? undefined : francAll(rest);
}

interface UsualWords {
  /** True when enough of the words are usual in texts of the expected language. */
  holds(words: readonly string[]): boolean;
  learn(words: readonly string[]): void;
}

const LEARNT_FROM = 200;
const USUAL = 0.2;
const LEAST_DIFFERENT = 4;
const LEAST_SHARE = 0.3;

/**
 * The detector takes a fifth of a millisecond, which is minutes for a million texts. Nearly all of them are in the
 * expected language, and their small words (`the`, `of`, `is`) say so at once.
 */
function createUsualWords(): UsualWords {
  const counts = new Map<string, number>();
  let texts = 0;
  let usual: ReadonlySet<string> = new Set();
  return {
    holds(words) {
      if (usual.size === 0) return false;
      let count = 0;
      const different = new Set<string>();
      for (const word of words) {
        if (!usual.has(word)) continue;
        count += 1;
        if (different.size < LEAST_DIFFERENT) different.add(word);
      }
      return count >= LEAST_SHARE * words.length && different.size >= LEAST_DIFFERENT;
    },
    learn(words) {
      if (texts === LEARNT_FROM) return;
      for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
      texts += 1;
      if (texts < LEARNT_FROM) return;
      // Terms of the matter stay the same in any language; the small words are those without a digit that many have.
      const common = [...counts].filter(([word, count]) => count >= USUAL * texts && !/\p{N}/u.test(word));
      usual = new Set(common.map(([word]) => word));
      counts.clear();
    },
  };
}
