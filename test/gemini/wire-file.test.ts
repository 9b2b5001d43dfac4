import { describe, expect, test } from 'vitest';
import { readFile } from '../../src/gemini/wire-file.ts';

const FILE = { name: 'files/abc', sizeBytes: '12', uri: 'https://example.com/v1beta/files/abc' };

describe('readFile()', () => {
  test.for(['2026-09-30T00:00:00Z', '2026-09-30T00:00:00.123456789Z', '2026-09-30T02:00:00+02:00'])(
    'keeps the time %s as it was sent',
    (time) => {
      const file = readFile({ ...FILE, createTime: time, expirationTime: time })?.file;
      expect(file).toMatchObject({ uploadedAt: time, expiresAt: time });
    },
  );

  // A time that nobody can read must not count as long ago: the file would be uploaded again and again.
  test.for([
    '',
    'soon',
    '2026-13-45T99:00:00Z',
    'Jan 1 2020 (\u001b[31m)',
    `2026-09-30T00:00:00Z\u202e`,
    7,
    null,
  ])('knows no time where %j stands', (time) => {
    const file = readFile({ ...FILE, createTime: time, expirationTime: time })?.file;
    expect(file).toMatchObject({ name: 'files/abc', uploadedAt: undefined, expiresAt: undefined });
  });

  test('keeps an address that is the name at some host', () => {
    expect(readFile(FILE)?.file.uri).toBe(FILE.uri);
  });

  // Addresses are kept in the state: one that repeats the key, or anything else, must not get there.
  test.for([
    '',
    'key=AIzaSyXXXXXXXX',
    'https://example.com/v1beta/files/other',
    `${FILE.uri}?key=x`,
    `https://AIzaX@h/${FILE.name}`,
    'javascript:x',
  ])('has the name where the address is %j', (uri) => {
    expect(readFile({ ...FILE, uri })?.file.uri).toBe('files/abc');
  });
});
