import { expect, test } from 'vitest';
import { createPace } from '../../src/gemini/pace.ts';

const LIMITS = { paceMs: 1000, paceBytes: 100 };

test('a peer that moves enough in each stretch may take for ever', () => {
  const pace = createPace(LIMITS);
  for (let second = 0; second < 1000; second += 1) pace.moved(100, 1000);
});

test('one that moves a byte now and then is too slow', () => {
  const pace = createPace(LIMITS);
  for (let piece = 0; piece < 9; piece += 1) pace.moved(1, 100);
  expect(() => pace.moved(1, 100)).toThrow(expect.objectContaining({ code: 'TOO_SLOW' }));
});

test('what it moved before does not make up for it', () => {
  const pace = createPace(LIMITS);
  pace.moved(1_000_000, 1000);
  expect(() => pace.moved(99, 1000)).toThrow('only 99 bytes moved in 1000 ms');
});
