import type { Fields } from '../../src/refine/answer-record.ts';

/** What is wrong with a record that was made so. `count` is of requests, and not made here. */
export const DEFECTS = ['placeholder', 'padding', 'missing', 'short', 'same', 'language'] as const;

export type Defect = (typeof DEFECTS)[number];

export interface Defective {
  readonly records: readonly { readonly value: Fields; readonly source: Fields }[];
  /** What is wrong with each; `undefined` for nothing. */
  readonly truth: readonly (Defect | undefined)[];
}

/** Pairs about indicators, one in ten with one defect. The same seed gives the same. */
export function makeDefects(count: number, seed: number): Defective {
  const random = createRandom(seed);
  const records: { readonly value: Fields; readonly source: Fields }[] = [];
  const truth: (Defect | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const pair = makePair(index, random);
    const defect = random.next() < 0.1 ? pick(DEFECTS, random) : undefined;
    truth.push(defect);
    records.push({ source: pair.source, value: spoil(pair.value, defect, random) });
  }
  return { records, truth };
}

interface Random {
  /** From 0 to below 1. */
  next(): number;
}

/** mulberry32, as it is widely known. */
function createRandom(seed: number): Random {
  let state = Math.trunc(seed);
  return {
    next() {
      state = Math.trunc(state + 0x6d2b79f5);
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

function pick<T>(all: readonly T[], random: Random): T {
  const found = all[Math.floor(random.next() * all.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

const INDICATORS = [
  'RSI',
  'MACD',
  'ATR',
  'OBV',
  'Bollinger Bands',
  'Ichimoku Cloud',
  'VWAP',
  'Stochastic Oscillator',
];
const MARKETS = [
  'Bitcoin',
  'Ethereum',
  'a thin altcoin market',
  'the four-hour chart',
  'a sideways market',
  'futures',
];
const ASKS = [
  'How should a trader read the {i} on {m} when its value reaches {n}?',
  'Which settings of the {i} suit {m} best if volatility is above {n} percent?',
  'Why does the {i} give false signals in {m} after {n} quiet candles?',
  'What does a divergence between price and the {i} over {n} periods mean for {m}?',
];
const SAYS = [
  'A reading of {n} on the {i} tells that buyers have been stronger than sellers for a while. In {m} it is best confirmed by volume before a position is opened, and a stop should stand below the last low.',
  'Traders in {m} mostly take a period of {n}, because shorter ones react to noise. The {i} then turns later, but what it says can be trusted more, above all when the wider trend points the same way.',
  'When {m} moves without direction, the {i} crosses its middle line again and again. After {n} such candles it is wiser to wait for a close outside the range than to follow every signal.',
  'The price made a new high and the {i} did not, so fewer buyers carry the move. Over {n} periods that is a warning for {m}; it is no signal to sell until support is broken.',
];
const GERMAN = [
  'Ein solcher Wert sagt, dass die Käufer seit einer Weile stärker sind als die Verkäufer. Am besten wartet man ab, bis das Volumen das bestätigt, und setzt dann einen Stopp unter das letzte Tief.',
  'Die meisten Händler nehmen eine längere Periode, weil kürzere vor allem auf das Rauschen reagieren. Das Signal kommt dann später, aber man kann ihm eher vertrauen.',
];
const BLANKS = [
  '[insert answer here]',
  'Your answer here',
  'Placeholder answer 12',
  'TBD',
  '<answer>',
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.',
];

/** A refined pair and the one it was made from. */
function makePair(index: number, random: Random): { readonly value: Fields; readonly source: Fields } {
  const values = {
    i: pick(INDICATORS, random),
    m: pick(MARKETS, random),
    n: String(Math.floor(random.next() * 90) + 5),
  };
  const fill = (text: string): string =>
    text.replaceAll(/\{([imn])\}/g, (_, name: 'i' | 'm' | 'n') => values[name]);
  const question = fill(pick(ASKS, random));
  const answer = `${fill(pick(SAYS, random))} (Case ${index}.)`;
  const source = { qa_id: index + 1, question, answer, topic: values.i };
  const value = {
    pair_id: index + 1,
    refined_question: question,
    refined_answer: `${answer} In short: patience pays.`,
    quality_score: Math.round(random.next() * 50 + 50) / 10,
    improvements_made: ['Clearer wording', `Example for ${values.m}`],
  };
  return { value, source };
}

function spoil(value: Fields, defect: Defect | undefined, random: Random): Fields {
  switch (defect) {
    case undefined:
      return value;
    case 'placeholder':
      return { ...value, refined_answer: pick(BLANKS, random) };
    case 'padding':
      return {
        ...value,
        refined_answer: `${textIn(value, 'refined_answer').slice(0, 60)} and so on. `.repeat(8),
      };
    case 'missing': {
      const { [pick(['pair_id', 'quality_score', 'improvements_made'], random)]: _gone, ...rest } = value;
      return rest;
    }
    case 'short':
      return { ...value, refined_answer: pick(['', 'Yes.', '-', 'It can be.', 'See above.'], random) };
    case 'same':
      return { ...value, refined_answer: textIn(value, 'refined_question').toUpperCase() };
    case 'language':
      return { ...value, refined_answer: pick(GERMAN, random) };
  }
}

function textIn(value: Fields, name: string): string {
  const text = value[name];
  return typeof text === 'string' ? text : '';
}
