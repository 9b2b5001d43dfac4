import { array, assert, constantFrom, dictionary, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonInText } from '../../../src/refine/parse/json-in-text.ts';
import type { Json } from '../../../src/refine/parse/read-json.ts';

const PAIRS = [
  { pair_id: 1, refined_question: 'What is "ask"?', refined_answer: 'A price.\nSee [1] {2}.' },
  { pair_id: 2, refined_question: 'Why?', refined_answer: '' },
  { pair_id: 3, refined_question: 'When?', refined_answer: 'Soon.' },
];

describe('jsonInText()', () => {
  const whole = [{ value: PAIRS, isWhole: true }];
  test.for([
    ['bare', JSON.stringify(PAIRS)],
    ['on many lines', `\n${JSON.stringify(PAIRS, undefined, 2)}\n`],
    ['in a fence', `\`\`\`json\n${JSON.stringify(PAIRS, undefined, 2)}\n\`\`\``],
    [
      'with prose around it',
      `Here are the pairs {refined}:\n${JSON.stringify(PAIRS)}\nAll 3 [of 3] are done.`,
    ],
    ['with a comma too many', JSON.stringify(PAIRS).replace('}]', '},]')],
  ])('finds a list that stands %s', ([, text]) => {
    expect(jsonInText(text ?? '').filter(({ value }) => JSON.stringify(value) !== '[1]')).toEqual(whole);
  });

  test('finds several lists, in order', () => {
    const text = `Part one:\n${JSON.stringify(PAIRS.slice(0, 2))}\nPart two:\n${JSON.stringify(PAIRS.slice(2))}`;
    expect(jsonInText(text).flatMap(({ value }) => value)).toEqual(PAIRS);
  });

  test('saves the complete items of what was cut, wherever the cut is, and no other', () => {
    const text = `\`\`\`json\n${JSON.stringify({ topic: 'x', pairs: PAIRS })}`;
    for (let end = 0; end < text.length; end += 1) {
      const found = jsonInText(text.slice(0, end));
      const complete = PAIRS.filter((pair) => text.slice(0, end).includes(JSON.stringify(pair)));
      const items = found.flatMap(({ value }) => (value as { readonly pairs?: Json[] }).pairs ?? []);
      expect(items, `cut at ${end}`).toEqual(complete);
      expect(
        found.every(({ isWhole }) => !isWhole),
        `cut at ${end}`,
      ).toBe(true);
    }
  });

  test('reads whatever JSON.parse reads, and says of nothing else that it is whole', () => {
    assert(
      property(oneof(array(jsonValue()), dictionary(string(), jsonValue())), (value) => {
        const text = JSON.stringify(value);
        expect(jsonInText(text)).toEqual([{ value: JSON.parse(text) as Json, isWhole: true }]);
      }),
      { numRuns: 1000 },
    );
  });

  test('takes any text, in time that grows with its length', () => {
    assert(
      property(
        array(constantFrom('{', '[', '"', ':', ',', '}', ']', '1', 'a', '\\', '\n', 'null')),
        (parts) => {
          for (const { value } of jsonInText(parts.join('')))
            expect(JSON.stringify(value)).toBeTypeOf('string');
        },
      ),
      { numRuns: 2000 },
    );
    // One that goes over the rest of the text for each of these brackets does not come to an end here.
    for (const unit of ['[', '{"a":', '["', '[1,', '{', '"[', '[[]', '{"a":[']) {
      expect(jsonInText(unit.repeat(200_000)).length, unit).toBeLessThan(200_001);
    }
  });
});
