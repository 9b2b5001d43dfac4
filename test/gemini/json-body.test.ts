import { expect, test } from 'vitest';
import { parseJsonBody } from '../../src/gemini/json-body.ts';

function nested(depth: number, inner = ''): string {
  return `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
}

test('parseJsonBody() takes JSON of sane depth only', () => {
  expect(parseJsonBody(nested(200)).ok).toBe(true);
  expect(parseJsonBody(nested(201)).ok).toBe(false);
  expect(parseJsonBody(`{"name":"batches/a","x":${nested(100_000)}}`)).toEqual({ ok: false });
  expect(parseJsonBody('['.repeat(5_000_000))).toEqual({ ok: false });
});

test('parseJsonBody() does not count brackets inside strings', () => {
  expect(parseJsonBody(`"${'['.repeat(1000)}"`).ok).toBe(true);
  expect(parseJsonBody(`["\\\\","\\"${'{'.repeat(1000)}"]`).ok).toBe(true);
  expect(parseJsonBody(`["\\\\",${nested(300)}]`).ok).toBe(false);
});

test.for(['', ' ', '{', '<html>', 'undefined', "{'a':1}", '{"a":1}{"b":2}', 'NaN'])(
  'parseJsonBody() refuses %j',
  (text) => {
    expect(parseJsonBody(text)).toEqual({ ok: false });
  },
);
