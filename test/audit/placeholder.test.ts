import { describe, expect, test } from 'vitest';
import { PLACEHOLDER_RULES, PLACEHOLDER_SCOPES } from '../../src/audit/placeholder-rules.ts';
import { isPlaceholder } from '../../src/audit/placeholder.ts';
import { ANSWERS, JSON_ANSWERS, JSON_PLACEHOLDERS, PLACEHOLDERS } from './placeholder-corpus.ts';

describe('isPlaceholder()', () => {
  test('the corpus is large enough to mean something, and holds nothing twice', () => {
    expect(PLACEHOLDERS.length + JSON_PLACEHOLDERS.length).toBeGreaterThanOrEqual(60);
    expect(ANSWERS.length + JSON_ANSWERS.length).toBeGreaterThanOrEqual(120);
    expect(new Set(PLACEHOLDERS).size).toBe(PLACEHOLDERS.length);
    expect(new Set(ANSWERS).size).toBe(ANSWERS.length);
  });

  test.for(PLACEHOLDERS)('finds %j', (text) => {
    expect(isPlaceholder(text)).toMatch(/^[a-z_]{4,}$/);
  });

  test.for(ANSWERS)('lets %j pass', (text) => {
    expect(isPlaceholder(text)).toBeUndefined();
  });

  test.for(JSON_PLACEHOLDERS.map((value) => JSON.stringify(value)))('finds %s in JSON', (json) => {
    expect(isPlaceholder(json, JSON.parse(json))).toMatch(/^[a-z_]{4,}$/);
  });

  test.for(JSON_ANSWERS.map((value) => JSON.stringify(value)))('lets %s pass in JSON', (json) => {
    expect(isPlaceholder(json, JSON.parse(json))).toBeUndefined();
  });

  test('parses JSON that was asked for in words alone, bare or in a fence', () => {
    const json = '[{"refined_answer": "Placeholder answer 12"}]';
    expect(isPlaceholder(json)).toBe('placeholder');
    expect(isPlaceholder(`\`\`\`json\n${json}\n\`\`\`\n`)).toBe('placeholder');
    expect(isPlaceholder(`\`\`\`\n${json}\n\`\`\``)).toBe('placeholder');
    expect(isPlaceholder('[{"refined_answer": "A mudflow."}]')).toBeUndefined();
  });

  test('the rules stand in the order of their scopes, so that the first that fits speaks the furthest', () => {
    const order = PLACEHOLDER_RULES.map(({ scope }) => PLACEHOLDER_SCOPES.indexOf(scope));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(new Set(order).size).toBe(PLACEHOLDER_SCOPES.length);
  });

  test('names the rule', () => {
    expect(isPlaceholder('[insert answer here]')).toBe('template');
    expect(isPlaceholder('TBD')).toBe('todo');
    expect(isPlaceholder('{{answer}}')).toBe('variable');
    expect(isPlaceholder('...')).toBe('filler');
    expect(isPlaceholder('Lorem ipsum dolor sit amet')).toBe('lorem_ipsum');
    expect(isPlaceholder('', { answer: 'string' })).toBe('type_name');
    expect(isPlaceholder('', { answer: 'Answer' })).toBe('field_name');
  });

  test('half of all strings is enough, less is not', () => {
    const bad = '[Add text here]';
    expect(isPlaceholder('', { a: bad, b: 'A real sentence.' })).toBe('template');
    expect(isPlaceholder('', { a: bad, b: 'A real sentence.', c: 'Another.' })).toBeUndefined();
    expect(isPlaceholder('', { a: bad, b: 'A real sentence.', c: ' ' })).toBe('template');
  });

  test('gives up on no pattern: a long text of what a rule begins with takes no time', () => {
    const started = performance.now();
    for (const piece of [
      '[',
      '<',
      '{',
      '_',
      'test ',
      'your ',
      '[your ',
      '[insert ',
      'x',
      '.',
      'a ',
      'blah ',
      'answer 1 ',
      '*',
      '"',
      '`',
    ])
      for (const length of [60, 119, 120, 240, 100_000]) isPlaceholder(piece.repeat(length).slice(0, length));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('looks into an answer of any depth and size', () => {
    let deep: unknown = { answer: 'TBD' };
    for (let level = 0; level < 15_000; level += 1) deep = [deep];
    expect(isPlaceholder('', deep)).toBe('todo');
    expect(
      isPlaceholder('', { answer: Array.from({ length: 300_000 }, () => 'A mudflow.') }),
    ).toBeUndefined();
  });
});
