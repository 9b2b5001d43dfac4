import { expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import type { Body } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

async function answer(text: string, config: Body = {}, options: EmulatorOptions = {}): Promise<Body> {
  const { api } = await startTestBed(options);
  const body = { contents: [{ role: 'user', parts: [{ text }] }], generationConfig: config };
  return (await api.post('/v1beta/models/gemini-2.5-flash:generateContent', body)).body;
}

const textOf = (response: Body): string => response.candidates[0].content.parts[0].text;

const PAIRS = Array.from({ length: 100 }, (_, index) => ({
  id: index + 1,
  question: `What is indicator ${index + 1}`,
  answer: `It is number ${index + 1}`,
}));

const PROMPTS: readonly (readonly [string, string])[] = [
  [
    'labelled lines',
    PAIRS.map(({ id, question, answer: text }) => `${id}. Q: ${question}\n   A: ${text}`).join('\n'),
  ],
  [
    'numbered labels',
    PAIRS.map(({ id, question, answer: text }) => `Q${id}: ${question}\nA${id}: ${text}\n`).join('\n'),
  ],
  [
    'headings in bold',
    PAIRS.map(
      ({ id, question, answer: text }) => `### Pair ${id}\n**Question:** ${question}\n**Answer:** ${text}\n`,
    ).join('\n'),
  ],
  [
    'a JSON array',
    `Refine these [carefully]:\n${JSON.stringify(
      PAIRS.map(({ id, question, answer: text }) => ({ pair_id: id, question, answer: text })),
      null,
      2,
    )}\nReturn JSON.`,
  ],
];

test.for(PROMPTS)(
  'a hundred pairs given as %s are answered with a hundred refined pairs',
  async ([, prompt]) => {
    const refined = JSON.parse(
      textOf(await answer(`Refine the following pairs, return a JSON array.\n\n${prompt}`)),
    );
    expect(refined.map((pair: Body) => pair.pair_id)).toEqual(PAIRS.map(({ id }) => id));
    expect(refined[41]).toMatchObject({
      refined_question: 'What is indicator 42?',
      refined_answer: 'It is number 42.',
    });
    for (const pair of refined) {
      expect(Object.keys(pair)).toEqual([
        'pair_id',
        'refined_question',
        'refined_answer',
        'quality_score',
        'improvements_made',
      ]);
      expect(pair.quality_score).toBeGreaterThanOrEqual(7);
      expect(pair.quality_score).toBeLessThanOrEqual(10);
    }
  },
);

test('other prompts get a short text that depends on the request alone', async () => {
  const [first, again, other] = [await answer('Hello'), await answer('Hello'), await answer('Hello!')];
  expect(first).toEqual(again);
  expect(textOf(first)).not.toBe(textOf(other));
  expect(first.candidates[0].finishReason).toBe('STOP');
  expect(first.modelVersion).toBe('gemini-2.5-flash');
});

test('token counts follow the lengths', async () => {
  const { usageMetadata, ...response } = await answer('x'.repeat(4000));
  expect(usageMetadata.promptTokenCount).toBe(1000);
  expect(usageMetadata.candidatesTokenCount).toBe(Math.ceil(textOf(response).length / 4));
  expect(usageMetadata.totalTokenCount).toBe(
    usageMetadata.promptTokenCount + usageMetadata.candidatesTokenCount,
  );
});

test('JSON is answered when JSON is asked for', async () => {
  const response = await answer('Hello', { responseMimeType: 'application/json' });
  expect(JSON.parse(textOf(response))).toHaveProperty('answer');
});

test('the answer option replaces the built-in answer and sees key, place and model', async () => {
  const seen: Body[] = [];
  const { api, clock } = await startTestBed({
    answer(request, line) {
      seen.push({ line, request });
      return { candidates: [{ content: { parts: [{ text: 'mine' }] }, finishReason: 'STOP' }] };
    },
  });
  const { name } = await api.submit(2);
  clock.advance(10_000);
  const lines = await api.results(name);
  expect(lines.map(({ response }) => textOf(response))).toEqual(['mine', 'mine']);
  expect(seen.map(({ line }) => line)).toMatchObject([
    { key: 'k0', index: 0, model: 'gemini-2.5-flash' },
    { key: 'k1', index: 1, model: 'gemini-2.5-flash' },
  ]);
});
