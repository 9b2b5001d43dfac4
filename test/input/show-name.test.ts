import { expect, test } from 'vitest';
import { showName } from '../../src/input/show-name.ts';

test.for([
  ['batch_001.jsonl', 'batch_001.jsonl'],
  ['Größe 漢 🙂 "x" \\n.jsonl', 'Größe 漢 🙂 "x" \\n.jsonl'],
  ['a\u001b[31mb', 'a\\u{1b}[31mb'],
  ['a\nerror: b', 'a\\u{a}error: b'],
  ['a\u202ebc\u2066', 'a\\u{202e}bc\\u{2066}'],
  ['a\u009b\u0007\u200b\u2028\ufeff', 'a\\u{9b}\\u{7}\\u{200b}\\u{2028}\\u{feff}'],
  ['a\u{e0041}b', 'a\\u{e0041}b'],
] as const)('shows %j so that a terminal cannot be led astray', ([name, shown]) => {
  expect(showName(name)).toBe(shown);
});
