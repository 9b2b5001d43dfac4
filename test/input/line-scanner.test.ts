import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineScanner } from '../../src/input/line-scanner.ts';

/** Feeds the bytes in pieces through one buffer that is overwritten each time, as a reader does. */
function scan(bytes: Buffer, cuts: readonly number[], longestBytes?: number): string[] {
  const seen: string[] = [];
  const scanner = createLineScanner(
    {
      onLine: (buffer, start, end, number) => seen.push(`${number}:${buffer.toString('utf8', start, end)}`),
      onTooLong: (number) => seen.push(`${number}!`),
    },
    longestBytes,
  );
  const shared = Buffer.alloc(bytes.length);
  const stops = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of stops) {
    const length = bytes.copy(shared, 0, from, to);
    scanner.push(shared.subarray(0, length));
    shared.fill(0xff);
    from = to;
  }
  scanner.end();
  return seen;
}

describe('createLineScanner()', () => {
  test.for([
    ['', []],
    ['a', ['1:a']],
    ['a\n', ['1:a']],
    ['a\nb', ['1:a', '2:b']],
    ['\n\na\r\n', ['1:', '2:', '3:a\r']],
  ] as const)('cuts %j', ([text, lines]) => {
    expect(scan(Buffer.from(text), [])).toEqual(lines);
  });

  test('finds the same lines however the bytes are cut, even inside a character', () => {
    const piece = fc.constantFrom('a', 'é', '漢', '🙂', '\n', '\r\n', ' ', '"', '\u2028');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(300)), (pieces, cuts) => {
        const text = pieces.join('');
        const lines = text.split('\n').map((line, index) => `${index + 1}:${line}`);
        if (text === '' || text.endsWith('\n')) lines.pop();
        expect(scan(Buffer.from(text), cuts)).toEqual(lines);
      }),
      { numRuns: 1000 },
    );
  });

  test('announces a line over the limit once, and goes on with the next', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 12 }), fc.array(fc.nat(200)), (lengths, cuts) => {
        const text = lengths.map((length) => `${'x'.repeat(length)}\n`).join('');
        const expected = lengths.map((length, index) =>
          length > 8 ? `${index + 1}!` : `${index + 1}:${'x'.repeat(length)}`,
        );
        expect(scan(Buffer.from(text), cuts, 8)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
