import { describe, expect, test } from 'vitest';
import { rekeyedLine } from '../../src/input/keyed-line.ts';

const REQUEST = '{"contents":[{"parts":[{"text":"ä"}]}]}';

describe('rekeyedLine()', () => {
  test.for([
    ['text', false, `{"key":"a","request":${REQUEST}}`, `{"key":"7-a","request":${REQUEST}}`],
    ['text', false, `{ "request":${REQUEST}, "key" : "a" }`, `{ "request":${REQUEST}, "key" :"7-a"}`],
    ['text', true, `{"key":"a",${REQUEST.slice(1)}`, `{"key":"7-a",${REQUEST.slice(1)}`],
    ['number', false, `{"key":5,"request":${REQUEST}}`, `{"key":"7-a","request":${REQUEST}}`],
    ['none', false, `{"request":${REQUEST}}`, `{"key":"7-a","request":${REQUEST}}`],
    ['none', false, `{"key":null,"request":${REQUEST}}`, `{"key":"7-a","request":${REQUEST}}`],
    ['none', false, `{"\\u006bey":null,"request":${REQUEST}}`, `{"\\u006bey":"7-a","request":${REQUEST}}`],
    ['none', true, REQUEST, `{"key":"7-a","request":${REQUEST}}`],
  ] as const)('a key that is %s (bare: %s) in %s', ([origin, isBare, line, expected]) => {
    const rekeyed = rekeyedLine({ key: '7-a', origin, isBare, bytes: Buffer.from(line) });
    expect(rekeyed.toString()).toBe(expected);
  });
});
