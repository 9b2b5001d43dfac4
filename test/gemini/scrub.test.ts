import { describe, expect, test } from 'vitest';
import { createScrubber } from '../../src/gemini/scrub.ts';
import { TEST_KEY } from './fixtures.ts';

const clean = createScrubber(TEST_KEY);
const ODD_KEY = 'ab+/=%"c d\\e0123456789';

describe('createScrubber()', () => {
  test.for([
    ['the key', `x ${TEST_KEY} y`],
    ['the key twice', `${TEST_KEY}${TEST_KEY}`],
    ['the key split by NUL', `${TEST_KEY.slice(0, 9)}\u0000${TEST_KEY.slice(9)}`],
    ['the key split by a direction mark', `${TEST_KEY.slice(0, 9)}\u202e${TEST_KEY.slice(9)}`],
    ['the key in a URL', `https://x/?key=${TEST_KEY}&a=1`],
    ['the key as a header', `x-goog-api-key: ${TEST_KEY}`],
  ] as const)('removes %s', ([, text]) => {
    expect(clean(text)).not.toContain(TEST_KEY.slice(0, 12));
    expect(clean(text)).toContain('[redacted]');
  });

  test('removes base64 of the key at every alignment', () => {
    for (const key of [TEST_KEY, `${TEST_KEY}a`, `${TEST_KEY}ab`]) {
      for (const before of ['', 'a', 'ab', 'abc']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(`${before}${key}:tail`).toString(encoding);
          const rest = createScrubber(key)(encoded);
          const leaked = Buffer.from(rest.replaceAll('[redacted]', ''), encoding).toString('latin1');
          expect(rest).toContain('[redacted]');
          expect(leaked).not.toContain(key.slice(4, 12));
        }
      }
    }
  });

  test('removes a key with odd characters in its URL and JSON spellings', () => {
    const scrub = createScrubber(ODD_KEY);
    for (const text of [ODD_KEY, encodeURIComponent(ODD_KEY), JSON.stringify(ODD_KEY)]) {
      expect(scrub(`a ${text} b`)).not.toContain('0123456789');
    }
  });

  test('removes other secrets', () => {
    expect(clean('key AIzaSyOtherKey0000000 used')).toBe('key [redacted] used');
    expect(clean('at /upload?upload_id=AAVLxyz&x=1')).toBe('at /upload?upload_id=[redacted]&x=1');
    expect(clean('Authorization: Bearer abc.def')).toBe('Authorization: Bearer [redacted]');
  });

  test('removes controls and direction marks, and folds white space', () => {
    const text = 'a\u0007b\u001b[31mc\u009bd\u202ee\u2066f\u200fg\r\nh\ti\u2028j\u007fk\ud800l';
    expect(clean(text)).toBe('ab[31mcdefg h i jkl');
  });

  test('caps at 2,000 characters without cutting a character or a key in half', () => {
    expect(clean('x'.repeat(3000))).toHaveLength(2000);
    expect(encodeURIComponent(clean('😀'.repeat(3000)))).not.toBe('');
    expect(encodeURIComponent(clean(`x${'😀'.repeat(3000)}`))).not.toBe('');
    const filler = `${' '.repeat(100_000)}${TEST_KEY}`.repeat(3);
    expect(clean(filler)).toBe('[redacted] [redacted] [redacted]');
  });

  test('takes long adversarial text in linear time', () => {
    const started = performance.now();
    for (const piece of ['upload_id=', 'AIza', 'x-goog-api-key', 'bearer ', ' key=', '\u202e', '"']) {
      clean(piece.repeat(100_000 / piece.length));
    }
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
