import { randomOf } from './random.ts';
import type { Sample } from './record-folder.ts';

/** A generated record, and what is known of it. */
export interface Known extends Sample {
  /** Records that say the same have the same one. */
  readonly family: number;
  readonly kind: 'original' | 'exact' | 'near' | 'other numbers' | 'other answer' | 'half of it';
}

const VOCABULARY = 1500;
const ANSWER_WORDS = 48;

/**
 * Records with known duplicates, mixed: of each original some have a copy in other clothes (case, punctuation, spaces,
 * forms of characters), some one with a word replaced, left out or put in, and some what looks like a copy and is none.
 */
export function generateCorpus(originals: number, seed: number): readonly Known[] {
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const vocabulary = Array.from({ length: VOCABULARY }, (_, index) => word(index, random));
  const sentence = (length: number): string[] => Array.from({ length }, () => pick(vocabulary));
  const known: Known[] = [];
  for (let original = 0; original < originals; original += 1) {
    const [question, answer] = [sentence(10), sentence(ANSWER_WORDS)];
    answer[5] = String(10 + Math.floor(random() * 90));
    const quality = Math.floor(random() * 10);
    const textOf = (words: readonly string[]): string => words.join(' ');
    const add = (kind: Known['kind'], q: string, a: string, family = known.length): void => {
      known.push({ question: q, answer: a, quality, kind, family });
    };
    const family = known.length;
    add('original', textOf(question), textOf(answer));
    const changed = [...answer];
    const at = 10 + Math.floor(random() * 30);
    switch (original % 6) {
      case 0:
        add('exact', dressed(textOf(question), random), dressed(textOf(answer), random), family);
        break;
      case 1:
        changed.splice(at, pick([0, 1]), ...pick([[pick(vocabulary)], []]));
        add('near', `${textOf(question)}?`, textOf(changed), family);
        break;
      case 2:
        changed[5] = '7';
        add('other numbers', textOf(question), textOf(changed));
        break;
      case 3:
        add('other answer', textOf(question), textOf(sentence(ANSWER_WORDS)));
        break;
      case 4:
        add('half of it', textOf(question), textOf([...answer.slice(0, 24), ...sentence(24)]));
        break;
    }
  }
  return shuffled(known, random);
}

function dressed(text: string, random: () => number): string {
  const change = Math.floor(random() * 4);
  if (change === 0) return text.toUpperCase();
  if (change === 1) return `“${text.replaceAll(' ', '\u00A0 ')}” …`;
  if (change === 2) return text.replace(' ', ', ').replace(' ', ' – ');
  return text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
}

function word(index: number, random: () => number): string {
  const letters = 'etaoinshrdlucmfwypvbgk';
  const length = 3 + Math.floor(random() * 6);
  const text = Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
  return `${text}${letters[index % letters.length] ?? ''}`;
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
