import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparedOf, jaccard, likeness } from '../../../src/refine/dedupe/likeness.ts';
import { normalise } from '../../../src/refine/dedupe/normalise.ts';
import { shinglesOf } from '../../../src/refine/dedupe/shingles.ts';

function alike(one: string, other: string): number {
  return likeness(comparedOf(normalise(one)), comparedOf(normalise(other)));
}

const LONG =
  'A moving average follows the price of a share and smooths what is noise, so that a trend can be seen by anyone who cares to look at the chart';

describe('jaccard()', () => {
  test('is the share of what two sets have in common', () => {
    const set = fc.uniqueArray(fc.nat(60));
    fc.assert(
      fc.property(set, set, (one, other) => {
        const common = one.filter((item) => other.includes(item)).length;
        const all = new Set([...one, ...other]).size;
        const sorted = [one, other].map((items) => Uint32Array.from(items).sort());
        expect(jaccard(sorted[0] as Uint32Array, sorted[1] as Uint32Array)).toBe(
          all === 0 ? 0 : common / all,
        );
      }),
    );
  });
});

describe('likeness()', () => {
  test('is 1 for a text with words and itself, and the same either way', () => {
    const words = fc.array(fc.constantFrom('price', 'trend', 'a', '移', '動', 'of', 'low'), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(words, words, (one, other) => {
        const [text, otherText] = [one.join(' '), other.join(' ')];
        expect(alike(text, text)).toBe(1);
        expect(alike(text, otherText)).toBe(alike(otherText, text));
      }),
    );
  });

  test('counts pairs of words in a long text', () => {
    const count = LONG.split(' ').length - 1;
    // One word that is replaced stands in two pairs.
    expect(alike(LONG, LONG.replace('share', 'bond'))).toBe((count - 2) / (count + 2));
  });

  test('counts characters in a short one, where a word would be too much', () => {
    const [one, other] = ['Explain Bollinger bands in trading', 'Explain Bollinger band in trading'];
    expect(alike(one, other)).toBeGreaterThan(0.8);
    expect(alike('什么是移动平均线', '什么是移动平均线呢')).toBeGreaterThan(0.8);
    expect(alike('What is RSI', 'What is MACD')).toBeLessThan(0.6);
  });

  test('compares a text just above the mark with one just below it', () => {
    const sixteen =
      'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
    expect(shinglesOf(sixteen).words).toBe(16);
    expect(alike(sixteen, `${sixteen} seventeen`)).toBeGreaterThan(0.85);
  });

  test('takes each character of a script without spaces for a word', () => {
    expect(shinglesOf('什么是移动平均线').words).toBe(8);
    expect(shinglesOf('rsi とは 何').words).toBe(4);
    expect(shinglesOf('𠮷野家').words).toBe(3);
    expect(shinglesOf('เส้น').words).toBe(4);
  });

  test('is 0 where the numbers differ, however alike the words are', () => {
    expect(alike(`${LONG} over 14 days`, `${LONG} over 14 days`)).toBe(1);
    expect(alike(`${LONG} over 14 days`, `${LONG} over 21 days`)).toBe(0);
    expect(alike(`${LONG} by +5`, `${LONG} by -5`)).toBe(0);
    expect(alike(`${LONG} by 5%`, `${LONG} by 5`)).toBe(0);
    // From 14 to 21 is not from 21 to 14, and one of the first of four is not one of the fourth of one.
    expect(alike(`14 to 21: ${LONG}`, `21 to 14: ${LONG}`)).toBe(0);
    expect(alike(`4 of 1: ${LONG} 4`, `1 of 1: ${LONG} 4`)).toBe(0);
  });
});
