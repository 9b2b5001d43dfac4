import { expect, test } from 'vitest';
import { keyFingerprint } from '../../src/config/key-fingerprint.ts';

const KEY = 'AIzaSyA-this-is-no-key-0000000000000000';

test('keyFingerprint() is 12 hex digits, the same for the same key and state, and no part of the key', () => {
  const print = keyFingerprint(KEY, 'k3v9q2ma');
  expect(print).toMatch(/^[0-9a-f]{12}$/);
  expect(keyFingerprint(KEY, 'k3v9q2ma')).toBe(print);
  expect(keyFingerprint(`${KEY}1`, 'k3v9q2ma')).not.toBe(print);
  expect(keyFingerprint(KEY, 'aaaaaaaa')).not.toBe(print);
});
