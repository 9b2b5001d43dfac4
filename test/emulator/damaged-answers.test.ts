import { describe, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.ts';
import { placeholderText, withPlaceholders } from '../../src/emulator/placeholders.ts';
import { createRandom } from '../../src/emulator/random.ts';
import { fitsSchema } from '../../src/emulator/schema-fit.ts';
import type { Body } from './support/api-client.ts';
import { isJson, linesOf, runDamaged, textIn } from './support/damaged-run.ts';

const COUNT = 40;

/** Lines that ask for answers to one schema. */
function linesFor(responseSchema: Body, text = 'What is it?'): string {
  return Array.from({ length: COUNT }, (_, index) => {
    const contents = [{ parts: [{ text: `${text} ${index}` }] }];
    return `${JSON.stringify({ key: `k${index}`, request: { contents, generationConfig: { responseSchema } } })}\n`;
  }).join('');
}

/** The texts of all lines, two by two. */
async function conflicts(input: string, options: EmulatorOptions = {}): Promise<readonly [string, string][]> {
  const { raw } = await runDamaged(input, { ...options, damage: { conflicting: 1 } });
  const texts = raw.map((line) => textIn(JSON.parse(line)) ?? '');
  return Array.from({ length: COUNT }, (_, index) => [texts[2 * index] ?? '', texts[2 * index + 1] ?? '']);
}

describe('conflicting answers', () => {
  test('are both of the built-in kind', async () => {
    for (const [first, second] of await conflicts(linesOf('text', COUNT))) {
      for (const text of [first, second]) expect(text).toMatch(/^Emulated answer [0-9a-f]{12} to a request/u);
      expect(second).not.toBe(first);
    }
  });

  test('both fit a schema that leaves little choice', async () => {
    const schema = { type: 'OBJECT', properties: { mood: { type: 'STRING', enum: ['calm', 'cross'] } } };
    for (const [first, second] of await conflicts(linesFor(schema))) {
      expect(second).not.toBe(first);
      expect(fitsSchema(JSON.parse(second), schema), second).toBe(true);
    }
  });

  test('differ where there is no choice at all', async () => {
    const schema = { type: 'OBJECT', properties: { mood: { type: 'STRING', enum: ['calm'] } } };
    for (const [first, second] of await conflicts(linesFor(schema))) expect(second).not.toBe(first);
  });

  test('differ when the caller makes the answers', async () => {
    for (const text of ['mine', '{"answer":"mine","rank":1}', '[1,2]']) {
      const made = { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] };
      for (const [first, second] of await conflicts(linesOf('text', COUNT), { answer: () => made })) {
        expect(first).toBe(text);
        expect(second).not.toBe(first);
        if (text.startsWith('{')) expect(JSON.parse(second)).toMatchObject({ rank: 1 });
      }
    }
  });
});

test('a number cut off is not passed for invalid JSON', async () => {
  const { raw, truth } = await runDamaged(linesFor({ type: 'INTEGER', minimum: 1000 }), {
    damage: { invalidJson: 1 },
  });
  expect(raw.filter((line) => isJson(textIn(JSON.parse(line))))).toEqual([]);
  expect(truth).toHaveLength(COUNT);
});

test.for(['placeholder', 'offSchema'] as const)('%s that changes nothing is not on record', async (kind) => {
  const schema = kind === 'placeholder' ? { type: 'INTEGER' } : { description: 'Anything.' };
  const clean = await runDamaged(linesFor(schema), {});
  const { raw, truth } = await runDamaged(linesFor(schema), { damage: { [kind]: 1 } });
  expect(raw).toEqual(clean.raw);
  expect(truth).toEqual([]);
});

describe('placeholders', () => {
  const fill = (value: Body, schema?: Body): readonly Body[] =>
    Array.from({ length: 50 }, (_, seed) => withPlaceholders(value, schema, createRandom(seed)));

  test('are of four kinds', () => {
    const texts = Array.from({ length: 50 }, (_, seed) => placeholderText(createRandom(seed)));
    expect(new Set(texts.map((text) => text.slice(0, 4)))).toEqual(new Set(['[ins', 'lore', 'Plac', 'TODO']));
  });

  test('say TODO only in a field for an answer', () => {
    expect(fill({ final_answer: 'x' })).toContainEqual({ final_answer: 'TODO' });
    expect(fill({ status: 'x' })).not.toContainEqual({ status: 'TODO' });
    for (const { status } of fill({ status: 'x' })) expect(status).not.toBe('x');
  });

  test.for([
    { enum: ['x'] },
    { type: 'string', format: 'date' },
    { type: 'string', pattern: '^x$' },
    { type: 'string', minLength: 100 },
    { type: 'string', maxLength: 3 },
  ])('leave a string alone that must be %o', (schema) => {
    for (const filled of fill({ list: ['x'] }, { properties: { list: { items: schema } } })) {
      expect(filled).toEqual({ list: ['x'] });
    }
  });

  test('leave numbers, truth values and null alone', () => {
    for (const filled of fill([1, true, null])) expect(filled).toEqual([1, true, null]);
  });
});
