import { expect, test } from 'vitest';
import { nextHop } from '../../src/gemini/redirect.ts';

const GOOGLE = new URL('https://generativelanguage.googleapis.com');
const LOCAL = new URL('http://127.0.0.1:8080');

test.for([
  ['https://generativelanguage.googleapis.com/x', true],
  ['/x', true],
  ['//storage.googleapis.com/x', false],
  ['https://storage.googleapis.com/x', false],
  ['https://x.y.googleusercontent.com/x', false],
  ['https://generativelanguage.googleapis.com:8443/x', undefined],
  ['http://generativelanguage.googleapis.com/x', undefined],
  ['http://storage.googleapis.com/x', undefined],
  ['https://googleapis.com/x', undefined],
  ['https://evilgoogleapis.com/x', undefined],
  ['https://googleapis.com.evil.example/x', undefined],
  ['https://storage.googleapis.com@evil.example/x', undefined],
  ['https://user@storage.googleapis.com/x', undefined],
  ['https://stor\u0430ge.g\u043eogleapis.com/x', undefined],
  ['https://[::ffff:7f00:1]/x', undefined],
  ['http://169.254.169.254/latest/meta-data', undefined],
  ['http://127.0.0.1/x', undefined],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['http://', undefined],
  [undefined, undefined],
] as const)('nextHop() from Google to %s', ([location, withKey]) => {
  expect(nextHop(GOOGLE, GOOGLE, location)?.withKey).toBe(withKey);
});

test.for([
  ['http://127.0.0.1:8080/x', true],
  ['http://127.0.0.1:9090/x', false],
  ['http://localhost:9090/x', false],
  ['http://[::1]:9090/x', false],
  ['http://10.0.0.1/x', undefined],
  ['http://169.254.169.254/x', undefined],
  ['https://storage.googleapis.com/x', false],
] as const)('nextHop() from this machine to %s', ([location, withKey]) => {
  expect(nextHop(LOCAL, LOCAL, location)?.withKey).toBe(withKey);
});

test('nextHop() does not come back to this machine from elsewhere', () => {
  expect(
    nextHop(LOCAL, new URL('https://storage.googleapis.com/x'), 'http://127.0.0.1:9090/x'),
  ).toBeUndefined();
});
