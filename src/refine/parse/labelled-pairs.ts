import type { Fields } from '../answer-record.ts';

const LABEL =
  /^[\s>*#_\-•]{0,10}(?:(?<before>\d{1,6})\s{0,3}[.):]?\s{0,3})?\**(?<label>question|answer|q|a)\s{0,3}#?\s{0,3}(?<after>\d{1,6})?\**\s{0,3}[:.)]\**\s*/iu;

/**
 * Pairs that a prompt lists in lines: `Q1: …` and `A1: …`, `Question: …` and `Answer: …`, also numbered as
 * `3. Question: …`. A text goes on until the next label.
 */
export function labelledPairs(text: string): readonly Fields[] {
  const pairs: { number: string | undefined; question: string; answer: string }[] = [];
  let part: 'question' | 'answer' | undefined;
  for (const line of text.split(/\r?\n/u)) {
    const found = LABEL.exec(line);
    const label = found?.groups?.['label']?.toLowerCase();
    const rest = found === null ? line : line.slice(found[0].length);
    const last = pairs.at(-1);
    if (label === 'q' || label === 'question') {
      const number = found?.groups?.['before'] ?? found?.groups?.['after'];
      pairs.push({ number, question: rest, answer: '' });
      part = 'question';
    } else if (label !== undefined && last !== undefined) {
      last.answer = rest;
      part = 'answer';
    } else if (last !== undefined && part !== undefined && line.trim() !== '') {
      last[part] += `\n${line}`;
    }
  }
  const whole = pairs.filter(({ question, answer }) => question.trim() !== '' && answer.trim() !== '');
  return whole.map(({ number, ...texts }): Fields => {
    const [question, answer] = [texts.question.trim(), texts.answer.trim()];
    return number === undefined ? { question, answer } : { number, question, answer };
  });
}
