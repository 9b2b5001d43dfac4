import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/input/check-line.ts';
import { createSplitDetector } from '../../src/input/split-prompt.ts';

function judge(requests: readonly JsonObject[]): string | undefined {
  const detector = createSplitDetector();
  for (const request of requests) detector.add(request);
  return detector.verdict();
}

const ask = (text: string): JsonObject => ({ contents: [{ role: 'user', parts: [{ text }] }] });
const judgeTexts = (texts: readonly string[]): string | undefined => judge(texts.map((text) => ask(text)));
const times = (count: number, make: (index: number) => string | readonly string[]): string[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

const TOPICS = ['moving average', 'volume', 'momentum', 'Ichimoku cloud', 'support line', 'RSI'];
const topic = (index: number): string => `${TOPICS[index % TOPICS.length]} ${index}`;

const PAIRS = [
  'Refine these 100 question-answer pairs. Answer with a JSON array of',
  'objects {"pair_id", "refined_question", "refined_answer"}.',
  ...times(100, (index) => [
    `Pair ${index + 1}`,
    `Q: What does ${topic(index)} say?`,
    `A: ${'It says how the price moved on average, and little about what comes next. '.repeat(20)}`,
    '',
  ]),
];

describe('createSplitDetector() notices', () => {
  test.for([
    ['question-answer pairs', PAIRS],
    ['pairs without blank lines', PAIRS.filter((line) => line !== '')],
    [
      'JSON over many lines',
      JSON.stringify(
        times(40, topic).map((name, id) => ({ id, name, isKnown: true })),
        undefined,
        2,
      ).split('\n'),
    ],
    [
      'a Markdown document',
      times(40, (index) => [`## ${topic(index)}`, '', `- see ${topic(index)}`, `| ${index} | ${index} |`]),
    ],
    [
      'wrapped prose',
      times(60, (index) => [
        `The ${topic(index)} follows the price. It is late by nature, which`,
        'many a reader forgets when the market turns around. Yet it',
        'is as good a friend as any.',
      ]),
    ],
  ] as const)('%s cut into lines', ([, lines]) => {
    expect(judgeTexts(lines)).toMatch(
      /^looks like one prompt cut into \d+ requests of one line each, and each .*: \d+ of/,
    );
  });

  test('counts what it found', () => {
    expect(judgeTexts(PAIRS)).toMatchInlineSnapshot(
      `"looks like one prompt cut into 402 requests of one line each, and each would be answered, and paid for, by itself: 400 of them are only a label, a number, a bracket or the like"`,
    );
  });
});

describe('createSplitDetector() is silent about', () => {
  test.for([
    ['short questions', times(500, (index) => `What is ${topic(index)}?`)],
    ['search words', times(500, (index) => topic(index).toLowerCase())],
    ['titles', times(500, (index) => `The Art of the ${topic(index)}`)],
    ['numbered questions', times(500, (index) => `${index + 1}. What is ${topic(index)}?`)],
    ['questions that begin with Q:', times(500, (index) => `Q: what is ${topic(index)}?`)],
    ['answers to be judged', times(500, (index) => `A: it is ${topic(index)}`)],
    ['bullets', times(500, (index) => `- ${topic(index)}`)],
    ['single numbers', times(500, (index) => `${index}`)],
    ['empty texts', times(500, () => '')],
    [
      'two sources, one after the other',
      [
        ...times(300, (index) => `Q: ${topic(index)}?`),
        ...times(300, (index) => `${index}. ${topic(index)}`),
      ],
    ],
    [
      'an instruction before each line',
      times(500, (index) => `Translate to French: ${index % 2 ? '{' : '## a'}`),
    ],
    ['casual reviews', times(500, (index) => `great ${topic(index)}, would buy again`)],
    [
      'reviews of two sentences',
      times(500, (index) => `${index % 3 === 0 ? 'loved' : 'Loved'} it. The ${topic(index)} works`),
    ],
    ['whole prompts of many lines', times(300, () => PAIRS.slice(0, 8).join('\n'))],
    ['so few lines that it may be meant', PAIRS.slice(0, 99)],
    ['names', times(500, (index) => `${topic(index)} GmbH`)],
    [
      'chat messages',
      times(500, (index) => ['hi', 'how are you', `1. ${topic(index)}`, 'ok', 'thx'][index % 5] ?? ''),
    ],
  ] as const)('%s', ([, lines]) => {
    expect(judgeTexts(lines)).toBeUndefined();
  });

  test.for([
    [
      'a system instruction',
      (request: JsonObject) => ({ ...request, systemInstruction: { parts: [{ text: 'Translate' }] } }),
    ],
    ['tools', (request: JsonObject) => ({ ...request, tools: [{ googleSearch: {} }] })],
    ['cached content', (request: JsonObject) => ({ ...request, cachedContent: 'cachedContents/a' })],
    [
      'a picture beside the text',
      (request: JsonObject) => ({ contents: [{ parts: [request, { inlineData: {} }] }] }),
    ],
    [
      'settings of its own',
      (request: JsonObject, index: number) => ({ ...request, generationConfig: { seed: index } }),
    ],
    ['embeddings', (request: JsonObject) => ({ content: request['contents'] })],
  ] as const)('lines with %s', ([, change]) => {
    expect(judge(PAIRS.map((text, index) => change(ask(text), index)))).toBeUndefined();
  });

  test('questions of any words, as long as each is whole', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/);
    const question = fc
      .array(word, { minLength: 2, maxLength: 12 })
      .map((words) => `What is ${words.join(' ')}?`);
    fc.assert(
      fc.property(fc.array(question, { minLength: 100, maxLength: 200 }), (questions) => {
        expect(judgeTexts(questions)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});
