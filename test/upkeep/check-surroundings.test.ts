import { describe, expect, test } from 'vitest';
import {
  checkAddress,
  checkCertificates,
  checkNode,
  checkProxy,
} from '../../src/upkeep/check-surroundings.ts';

const GOOGLE = 'https://generativelanguage.googleapis.com';

test.for([
  ['v20.19.0', 'ok'],
  ['v20.18.9', 'problem'],
  ['v18.20.0', 'problem'],
  ['v22.0.0', 'ok'],
  ['v26.1.0', 'ok'],
] as const)('checkNode() finds %s %s', ([version, verdict]) => {
  expect(checkNode(version, 'linux x64')).toMatchObject({ verdict });
});

test.for([
  [GOOGLE, 'ok'],
  ['http://127.0.0.1:8080', 'ok'],
  ['https://gateway.example.com/gemini', 'warning'],
] as const)('checkAddress() says of %s: %s', ([baseUrl, verdict]) => {
  expect(checkAddress(baseUrl).verdict).toBe(verdict);
});

describe('checkProxy()', () => {
  test('warns of a proxy that is not used, and does not repeat its address', () => {
    const check = checkProxy({ https_proxy: 'http://user:secret@proxy:3128' }, GOOGLE);
    expect(check.verdict).toBe('warning');
    expect(check.fact).toContain('https_proxy');
    expect(JSON.stringify(check)).not.toContain('secret');
  });

  test('has nothing to say of an empty variable, or of a service on this machine', () => {
    expect(checkProxy({ HTTPS_PROXY: '' }, GOOGLE).verdict).toBe('ok');
    expect(checkProxy({ HTTPS_PROXY: 'http://proxy:3128' }, 'http://127.0.0.1:1').verdict).toBe('ok');
  });
});

test('checkCertificates() takes blind trust for a problem of the configuration', () => {
  expect(checkCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject({
    verdict: 'problem',
    code: 'E_CONFIG',
  });
  expect(checkCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: '1' }).verdict).toBe('ok');
});
