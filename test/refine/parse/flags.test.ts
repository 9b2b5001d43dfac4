import { describe, expect, test } from 'vitest';
import { flagsOf } from '../../../src/refine/parse/flags.ts';
import { createLanguageGate } from '../../../src/refine/parse/languages.ts';
import { isPadded } from '../../../src/refine/parse/padding.ts';
import { plainWords } from '../../../src/refine/parse/plain-words.ts';
import { REFINED_PAIR } from '../../../src/refine/parse/record-kind.ts';
import { makeDefects, DEFECTS } from '../defects.ts';

const SOUND = {
  pair_id: 1,
  refined_question: 'What does the relative strength index measure?',
  refined_answer: 'It measures how fast and how far prices have moved, on a scale from 0 to 100.',
  quality_score: 9,
  improvements_made: ['wording'],
};
const flags = (change: object, source?: Record<string, string>): readonly string[] =>
  flagsOf({ ...SOUND, ...change }, source, REFINED_PAIR, createLanguageGate('eng'));

describe('a record is flagged', () => {
  test('not at all when it is sound', () => {
    expect(flags({})).toEqual([]);
    expect(flags({ refined_question: 'Is it 42?', refined_answer: 'Yes, it is 42.' })).toEqual([]);
  });

  test.for([
    ['placeholder', { refined_answer: '[insert answer here]' }],
    ['padding', { refined_answer: 'The trend is your friend and so it goes. '.repeat(6) }],
    ['missing', { quality_score: null }],
    ['missing', { improvements_made: [] }],
    ['short', { refined_answer: '' }],
    ['short', { refined_answer: '…!' }],
    ['same', { refined_answer: '  what does the RELATIVE strength index measure' }],
    [
      'language',
      {
        refined_answer:
          'Er misst, wie schnell und wie weit sich die Kurse bewegt haben, auf einer Skala von 0 bis 100, und nicht mehr.',
      },
    ],
  ] as const)('%s', ([flag, change]) => {
    expect(flags(change)).toEqual([flag]);
  });

  test('short where little is left of a long answer', () => {
    const answer = 'It is a long answer, with many words and many reasons. '.repeat(4);
    expect(flags({ refined_answer: 'It is an answer.' }, { answer })).toEqual(['short']);
    expect(flags({}, { answer: 'It is.' })).toEqual([]);
  });
});

test('a text that repeats its terms is not padded', () => {
  const text =
    'Moving average crossovers work like this: when the short moving average crosses above the long moving average, buy; when the short moving average crosses below the long moving average, sell; else wait for the next moving average crossover.';
  expect(isPadded(plainWords(text))).toBe(false);
});

describe('the expected language', () => {
  const english =
    'The index says how fast prices have moved over the last days, and whether they have moved too far.';
  const german =
    'Der Index sagt, wie schnell sich die Kurse in den letzten Tagen bewegt haben, und ob sie zu weit gingen.';

  test('is that of most texts', () => {
    const gate = createLanguageGate(undefined);
    for (const text of [english, german, english, english]) gate.hear(text);
    gate.decide();
    expect([gate.expected, gate.isOther(german), gate.isOther(english)]).toEqual(['eng', true, false]);
  });

  test('is none where no language has a majority, or where any will do', () => {
    const gate = createLanguageGate(undefined);
    for (const text of [english, german]) gate.hear(text);
    gate.decide();
    expect([gate.expected, gate.isOther(german)]).toEqual([undefined, false]);
    expect(createLanguageGate('any').isOther(german)).toBe(false);
  });

  test('may name terms in Latin letters, where it has others', () => {
    const chinese =
      'MACD（Moving Average Convergence Divergence）由 12 日 EMA 和 26 日 EMA 之差构成，当 MACD 上穿信号线时产生买入信号，反之则为卖出信号。';
    expect(createLanguageGate('cmn').isOther(chinese)).toBe(false);
    expect(
      createLanguageGate('eng').isOther(chinese.replace('（Moving Average Convergence Divergence）', '')),
    ).toBe(true);
    expect(createLanguageGate('cmn').isOther(`${english} ${english} 指数`)).toBe(true);
  });

  test('still shows after thousands of texts in it', () => {
    const gate = createLanguageGate('eng');
    for (let index = 0; index < 1000; index += 1) {
      expect(gate.isOther(`Number ${index}: ${english} And so it goes on with number ${index % 7}.`)).toBe(
        false,
      );
    }
    expect(gate.isOther(german)).toBe(true);
  });
});

test('finds injected defects and few others', () => {
  const { records, truth } = makeDefects(4000, 7);
  const gate = createLanguageGate('eng');
  const found = records.map(({ value, source }) => flagsOf(value, source, REFINED_PAIR, gate));
  const rows = DEFECTS.map((defect) => {
    const counts = { hits: 0, wrong: 0, missed: 0 };
    for (const [index, flagged] of found.entries()) {
      const has = flagged.includes(defect);
      const should = truth[index] === defect;
      if (has && should) counts.hits += 1;
      else if (has) counts.wrong += 1;
      else if (should) counts.missed += 1;
    }
    const precision = counts.hits / Math.max(1, counts.hits + counts.wrong);
    const recall = counts.hits / Math.max(1, counts.hits + counts.missed);
    return { defect, hits: counts.hits, precision, recall };
  });
  for (const { defect, precision, recall } of rows) {
    console.log(`${defect.padEnd(12)} precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
  }
  for (const { defect, precision, recall, hits } of rows) {
    expect(hits, defect).toBeGreaterThan(10);
    expect(precision, defect).toBeGreaterThan(0.98);
    expect(recall, defect).toBeGreaterThan(0.95);
  }
});
