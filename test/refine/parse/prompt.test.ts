import { describe, expect, test } from 'vitest';
import { NO_PROMPT, readPrompt } from '../../../src/refine/parse/prompt.ts';
import { REFINED_PAIR } from '../../../src/refine/parse/record-kind.ts';

function lineWith(text: string): Buffer {
  return Buffer.from(JSON.stringify({ key: 'k', request: { contents: [{ parts: [{ text }] }] } }));
}

const ITEMS = Array.from({ length: 4 }, (_, index) => ({
  qa_id: 70 + index,
  question: `Why ${index}?`,
  answer: `Because of ${index}.`,
}));

describe('what a prompt wants', () => {
  test.for([
    ['as many as its list has', `Refine these.\n${JSON.stringify(ITEMS)}`, [4]],
    [
      'the longest list, and not an example of the answer',
      `Like [{"refined_question":"a","refined_answer":"b"}]: ${JSON.stringify(ITEMS)}`,
      [4],
    ],
    ['a list within an object', JSON.stringify({ topic: 'x', pairs: ITEMS }), [4]],
    ['as many as its words say', 'Write 25 question-answer pairs about the MACD.', [25]],
    [
      'the number of the words or of the list',
      `Write 20 questions on these topics: ${JSON.stringify(ITEMS)}`,
      [20, 4],
    ],
    ['labelled lines', 'Q1: Why?\nA1: Because.\n\nQ2: When?\nA2: Now,\nor later.', [2]],
    [
      'numbered labels',
      '1. **Question:** Why?\n   **Answer:** Because.\n2. **Question:** Who?\n   **Answer:** You.',
      [2],
    ],
    ['nothing that could be counted', 'Explain what 3 pairs of shoes cost for each of 4 people.', []],
    ['nothing where two numbers are said', 'Take 5 questions and write 7 questions.', []],
  ] as const)('is %s', ([, text, wanted]) => {
    expect(readPrompt(lineWith(text), REFINED_PAIR).wanted).toEqual(wanted);
  });

  test('names the item that a record answers, by its id and never by its place', () => {
    const prompt = readPrompt(lineWith(JSON.stringify(ITEMS.toReversed())), REFINED_PAIR);
    expect(prompt.sourceOf(72)).toEqual(ITEMS[2]);
    expect(prompt.sourceOf('72')).toEqual(ITEMS[2]);
    expect(prompt.sourceOf(1)).toBeUndefined();
    expect(prompt.sourceOf(undefined)).toBeUndefined();
  });

  test('knows items without ids by the numbers that a model gives them', () => {
    const bare = ITEMS.map(({ question, answer }) => ({ question, answer }));
    expect(readPrompt(lineWith(JSON.stringify(bare)), REFINED_PAIR).sourceOf(2)).toEqual(bare[1]);
  });

  test('names none where two items are called the same', () => {
    const twice = [ITEMS[0], { ...ITEMS[1], qa_id: 70 }, ITEMS[2]];
    const prompt = readPrompt(lineWith(JSON.stringify(twice)), REFINED_PAIR);
    expect([prompt.sourceOf(70), prompt.sourceOf(72)]).toEqual([undefined, ITEMS[2]]);
  });

  test('reads a request that is not wrapped, in the short forms, and nothing that is none', () => {
    const bare = Buffer.from(JSON.stringify({ contents: `Refine. ${JSON.stringify(ITEMS)}` }));
    expect(readPrompt(bare, REFINED_PAIR).wanted).toEqual([4]);
    expect(readPrompt(Buffer.from('no JSON'), REFINED_PAIR)).toBe(NO_PROMPT);
  });
});
