import { randomFrom } from '../pool.mjs';

const WORDS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '-1',
  '1e999',
  '\u0000',
  '\n',
  '\u202e',
  '\ufeff',
  '__proto__',
];

/**
 * One to four accidents to some bytes: a bit turned, a piece lost, doubled, moved, zeroed or replaced by a
 * word that means something to a parser.
 * @param {Buffer} bytes
 * @param {number} seed
 */
export function mutateBytes(bytes, seed) {
  const random = randomFrom(seed);
  const upTo = (end) => Math.floor(random() * end);
  let mutant = bytes;
  for (let times = 1 + upTo(4); times > 0; times -= 1) {
    const from = upTo(mutant.length + 1);
    const to = Math.min(mutant.length, from + upTo(random() < 0.5 ? 4 : mutant.length / 4));
    const [head, piece, tail] = [mutant.subarray(0, from), mutant.subarray(from, to), mutant.subarray(to)];
    const changes = [
      () => [head, tail],
      () => [head, piece, piece, tail],
      () => [tail, piece, head],
      () => [head, Buffer.alloc(piece.length), tail],
      () => [head, Buffer.from(WORDS[upTo(WORDS.length)]), tail],
      () => [head, Buffer.from(piece.map((byte) => byte ^ (1 << upTo(8)))), tail],
      () => [head],
    ];
    mutant = Buffer.concat(changes[upTo(changes.length)]());
  }
  return mutant;
}
