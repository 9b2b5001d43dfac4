import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalise, normaliseAny } from '../../../src/refine/dedupe/normalise.ts';
import { normaliseAscii } from '../../../src/refine/dedupe/normalise-ascii.ts';

describe('normalise()', () => {
  test.for([
    ['case', 'What is RSI', 'what is rsi'],
    ['case without a lower form of its own', 'STRASSE', 'straße'],
    ['case at the end of a word', 'ΟΔΟΣ', 'οδος'],
    ['punctuation', '“RSI (14)” – above 70%?', 'RSI 14, above 70%!'],
    ['white space', ' a\t\tb\n\nc\u00A0d\u3000e ', 'a b c d e'],
    ['marks of Markdown', '**Bold** and `code`', 'Bold and code'],
    ['the form of a character', 'ﬁne Ｗｉｄｅ e\u0301', 'fine Wide é'],
    ['the kind of an apostrophe', 'it’s', "it's"],
    ['characters without a width', 'mov\u200Bing aver\u00ADage', 'moving average'],
    ['the kind of a minus', '−5', '-5'],
    ['the form of a power', 'x² and 10⁻³', 'x^2 and 10^-3'],
    ['the form of a fraction', '½', '1/2'],
    ['the lines of a table', '| a | b |', 'a b'],
    ['marks of a list', 'these:\n* one\n* two', 'these: one two'],
    ['Chinese punctuation', '什么是移动平均线？', '什么是移动平均线'],
  ])('takes texts that differ in %s for the same', ([, one, other]) => {
    expect(normalise(one ?? '')).toBe(normalise(other ?? ''));
    expect(normalise(one ?? '')).not.toBe('');
  });

  test.for([
    ['+5', '-5'],
    ['5', '-5'],
    ['3.5', '35'],
    ['1,000', '1 000'],
    ['5%', '5'],
    ['$5', '€5'],
    ['x > 70', 'x < 70'],
    ['5 + 3', '5 - 3'],
    ['C', 'C#'],
    ['C', 'C++'],
    ['20 °C', '20 C'],
    ['résumé', 'resume'],
    ['移動平均線', '移動平均'],
    ['с', 'c'],
    ['.5', '5'],
    ['-.5', '.5'],
    ['10⁵', '105'],
    ['1/2', '1 2'],
    ['a*b', 'a/b'],
    ['a * b', 'a / b'],
    ['a != b', 'a = b'],
    ['a && b', 'a || b'],
    ['RSI ↑ MACD ↓', 'RSI ↓ MACD ↑'],
    ['✓', '✗'],
    ['✅', '❌'],
    ['x ∈ A', 'x ∉ A'],
  ])('keeps %s and %s apart', ([one = '', other = '']) => {
    expect(normalise(`it is ${one} here`)).not.toBe(normalise(`it is ${other} here`));
  });

  test('leaves nothing of what holds no word', () => {
    expect(['', ' \n', '?!…', '***'].map(normalise)).toEqual(['', '', '', '']);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...Array.from(` aZ9.,-–−#+%'’"(ςΣßé\u0301\u200B移²½↑*/^!=&|`)) }),
  );

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
    );
  });

  test('takes the short way to the same text', () => {
    const ascii = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: fc.constantFrom(...Array.from(` aZ9.,-#+%'"(=_*/^!&|~`)) }),
    );
    fc.assert(
      fc.property(ascii, (text) => {
        expect(normaliseAscii(text)).toBe(normaliseAny(text));
      }),
      { numRuns: 2000 },
    );
  });
});
