import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanForeignText } from '../../src/config/clean-foreign-text.ts';
import { createScrub } from '../../src/config/scrub.ts';
import { Secret } from '../../src/config/secret.ts';

const KEY = 'c4n4ry+/k"y=\\value%42';
const scrub = createScrub([new Secret(KEY)]);

describe('createScrub()', () => {
  test.for([
    ['raw', KEY],
    ['URL-encoded', encodeURIComponent(KEY)],
    [
      'URL-encoded in lower case',
      encodeURIComponent(KEY).replaceAll(/%../g, (escape) => escape.toLowerCase()),
    ],
    ['JSON-escaped', JSON.stringify(KEY).slice(1, -1)],
    ['base64', Buffer.from(KEY).toString('base64')],
    ['base64url', Buffer.from(KEY).toString('base64url')],
    ['hex', Buffer.from(KEY).toString('hex')],
    ['reversed', Array.from(KEY).toReversed().join('')],
  ] as const)('removes the key %s', ([, form]) => {
    const clean = scrub(`before ${form} after ${form}`);
    expect(clean).not.toContain(form);
    expect(clean).toMatch(/^before .*\[redacted\].* after .*\[redacted\].*$/);
  });

  test('removes the key inside base64 of a longer text, at any offset', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
        const clean = scrub(Buffer.from(`${before}${KEY}${after}`).toString('base64'));
        expect(Buffer.from(clean.replaceAll('[redacted]', ''), 'base64').toString()).not.toContain(
          KEY.slice(2, -2),
        );
        expect(clean).toContain('[redacted]');
      }),
    );
  });

  test.for([
    ['token AIzaSyA1234567890_abcdefghijklmnopqrstu here', 'token [redacted] here'],
    ['GET /v1beta/files?key=abc123&alt=json 403', 'GET /v1beta/files?key=[redacted]&alt=json 403'],
    ['next=%2Ffiles%3Fkey%3Dabc123%26alt', 'next=%2Ffiles%3Fkey%3D[redacted]%26alt'],
    ['{"x-goog-api-key":"abc123","a":1}', '{"x-goog-api-key":"[redacted]","a":1}'],
    ['X-Goog-Api-Key: abc123', 'X-Goog-Api-Key: [redacted]'],
    ["'x-goog-api-key': [ 'abc123' ]", "'x-goog-api-key': [ '[redacted]' ]"],
    [
      'upload?upload_id=ABg5-x_y&upload_protocol=resumable',
      'upload?upload_id=[redacted]&upload_protocol=resumable',
    ],
    ['x-guploader-uploadid: ABg5-x_y', 'x-guploader-uploadid: [redacted]'],
    ['Authorization: Bearer ya29.a0AfH6SMBx-long_token', 'Authorization: Bearer [redacted]'],
    ['authorization: bearer abcdef123456==', 'authorization: bearer [redacted]'],
  ] as const)('%s', ([text, clean]) => {
    expect(scrub(text)).toBe(clean);
    expect(scrub(clean)).toBe(clean);
  });

  test.for([
    'put GEMINI_API_KEY=… in .env (see .env.example)',
    'BATCH_SUBMIT_API_KEY_FILE=key.txt',
    '✓ 170   batches/7f3kq2m9d1xw   12.4 MB   3.1s',
    '{"key":"request-1","batch":81}',
    'the bearer of bad news',
  ])('leaves %j alone', (text) => {
    expect(scrub(text)).toBe(text);
  });

  test('keeps a JSON line parsable', () => {
    const line = JSON.stringify({
      url: `https://x/?key=${KEY}`,
      headers: { 'x-goog-api-key': KEY },
      t: `Bearer ${KEY}`,
    });
    const clean = scrub(line);
    expect(JSON.parse(clean)).toMatchObject({ url: 'https://x/?key=[redacted]' });
    expect(clean).not.toContain('c4n4ry');
  });

  test('does not blot out words for a very short or an empty secret', () => {
    expect(createScrub(['', 'a', new Secret('of')])('a list of words')).toBe('a list of words');
  });

  test.for([
    'AIza',
    'key=',
    'Bearer ',
    'x-goog-api-key',
    'x-goog-api-key:"""" ',
    'upload_id=',
    '%3Fkey%3D',
    'AQ.',
    ' ',
    '"',
    '\\',
  ])('takes linear time on repeated %j', (piece) => {
    const time = (text: string): number => {
      const started = performance.now();
      scrub(text);
      return performance.now() - started;
    };
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(Math.min(time(text), time(text))).toBeLessThan(500);
  });
});

describe('cleanForeignText()', () => {
  test.for([
    ['plain text, ünïcode 漢 🙂\nnext', 'plain text, ünïcode 漢 🙂\nnext'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['a\rb\u0008c\u0000d\u007fe\u0085f\u009b1mg', 'abcdefg'],
    ['a\tb\r\nc', 'a b\nc'],
    ['abc\u202Edcba\u2066x\u2069', 'abcdcbax'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['tag\u{E0041}\u{E007F}s', 'tags'],
    ['line\u2028break', 'line\nbreak'],
  ] as const)('%j', ([text, clean]) => {
    expect(cleanForeignText(text)).toBe(clean);
  });

  test('leaves no control character and never more than 2 KB of sound UTF-8', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 6000 });
    fc.assert(
      fc.property(hostile, fc.nat(2), (text, more) => {
        const clean = cleanForeignText(text.repeat(more + 1));
        // oxlint-disable-next-line no-control-regex -- their absence is the claim
        expect(clean).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(2048);
        expect(Buffer.from(clean).toString()).toBe(clean);
      }),
    );
    expect(cleanForeignText('🙂'.repeat(2000))).toMatch(/^(?:🙂)+…$/u);
  });

  test('does not take longer for a longer text', () => {
    const started = performance.now();
    cleanForeignText('\u001b[;'.repeat(10_000_000));
    expect(performance.now() - started).toBeLessThan(200);
  });
});
