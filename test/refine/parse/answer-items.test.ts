import { describe, expect, test } from 'vitest';
import { itemsIn } from '../../../src/refine/parse/answer-items.ts';
import { readAnswer, readBest } from '../../../src/refine/parse/read-answer.ts';
import { REFINED_PAIR } from '../../../src/refine/parse/record-kind.ts';
import { SHAPES, writeAnswer } from '../answer-shapes.ts';

const PAIRS = Array.from({ length: 20 }, (_, index) => ({
  pair_id: index + 1,
  refined_question: `What is "number ${index}" of the [list]?`,
  refined_answer: `It is {${index}}.\nAnd it stays so, \\ or not.`,
  quality_score: index / 2,
  improvements_made: ['Wording', 'Form [1]'],
}));

describe('the records of an answer', () => {
  test.for(SHAPES)('are found in one that is written as: %s', (shape) => {
    const { text, whole } = writeAnswer(PAIRS, shape);
    const parsed = readAnswer({ attempt: 1, text }, REFINED_PAIR);
    expect(parsed.records.map(({ value }) => value)).toEqual(PAIRS.slice(0, whole));
    expect(parsed.records.map(({ position }) => position)).toEqual(
      PAIRS.slice(0, whole).map((_, index) => index + 1),
    );
    expect(parsed).toMatchObject({
      bad: [],
      isCut: shape === 'cut',
      hasText: true,
      hasJson: shape !== 'refusal',
    });
    expect(whole).toBe({ cut: 12, refusal: 0 }[shape as string] ?? 20);
  });

  test('that are not sound are told, with their places and without their text', () => {
    const items = [
      PAIRS[0],
      { pair_id: 2, refined_question: 'SECRET?' },
      PAIRS[2],
      { ...PAIRS[3], quality_score: 'high' },
    ];
    const parsed = readAnswer({ attempt: 1, text: JSON.stringify(items) }, REFINED_PAIR);
    expect(parsed.records.map(({ position }) => position)).toEqual([1, 3]);
    expect(parsed.bad).toEqual([
      { position: 2, problem: 'refined_answer is missing' },
      { position: 4, problem: 'quality_score is not a number' },
    ]);
  });

  test('are none where the JSON holds no object', () => {
    expect(itemsIn('The answer is [1, 2, [3]] or ["a"].', REFINED_PAIR)).toEqual({
      items: [],
      isCut: false,
      hasJson: true,
    });
  });

  test('are not taken apart where a record holds objects itself', () => {
    const record = { ...PAIRS[0], notes: [{ refined_question: 'not one of its own' }] };
    expect(itemsIn(JSON.stringify([record]), REFINED_PAIR).items).toEqual([record]);
  });
});

test('a record that is no valid JSON is told, and those around it keep their places', () => {
  const whole = (name: string): string => JSON.stringify({ refined_question: name, refined_answer: name });
  for (const broken of [
    '{"refined_question": "say "hi" now", "refined_answer": "a"}',
    '{"refined_question": "q", "refined_answer": "a", "quality_score": NaN}',
    '{"improvements_made": ["x"], "refined_question": \'q\', "refined_answer": "a"}',
  ]) {
    for (const text of [
      `[${whole('1')}, ${broken}, ${whole('3')}]`,
      `{"pairs": [${whole('1')}, ${broken}, ${whole('3')}]}`,
      `${whole('1')}\n${broken}\n${whole('3')}`,
    ]) {
      const { records, bad } = readAnswer({ attempt: 1, text }, REFINED_PAIR);
      expect(records.map(({ position }) => position)).toEqual([1, 3]);
      expect(bad).toEqual([{ position: 2, problem: 'it is no valid JSON' }]);
    }
  }
  // Prose is none.
  const text = `{"like": so} ${whole('1')} {"a" and b}`;
  expect(readAnswer({ attempt: 1, text }, REFINED_PAIR)).toMatchObject({
    records: [{ position: 1 }],
    bad: [],
  });
});

describe('readBest()', () => {
  const answer = (attempt: number, count: number): { readonly attempt: number; readonly text: string } => ({
    attempt,
    text: JSON.stringify(PAIRS.slice(0, count)),
  });

  test('takes the newest answer that is whole, and reads no further', () => {
    function* answers(): Generator<{ readonly attempt: number; readonly text: string }> {
      yield answer(2, 3);
      throw new Error('read further');
    }
    expect(readBest(answers(), REFINED_PAIR)?.attempt).toBe(2);
  });

  test('does not lose what an earlier attempt gave with a later one that is worse', () => {
    const cut = { attempt: 3, text: writeAnswer(PAIRS, 'cut').text };
    const refusal = { attempt: 2, text: 'No.' };
    expect(readBest([refusal, answer(1, 20)], REFINED_PAIR)).toMatchObject({ attempt: 1, isCut: false });
    expect(readBest([cut, refusal, answer(1, 20)], REFINED_PAIR)?.records).toHaveLength(20);
    expect(readBest([], REFINED_PAIR)).toBeUndefined();
  });
});
