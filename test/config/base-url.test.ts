import { describe, expect, test } from 'vitest';
import { readBaseUrl } from '../../src/config/base-url.ts';

describe('readBaseUrl()', () => {
  test.for([
    ['https://example.com', 'https://example.com'],
    ['https://example.com:8443/gemini/', 'https://example.com:8443/gemini'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://127.255.0.9:1/', 'http://127.255.0.9:1'],
    ['http://127.1:80', 'http://127.0.0.1'],
    ['http://[::1]:9', 'http://[::1]:9'],
  ] as const)('takes %s', ([text, url]) => {
    expect(readBaseUrl(text)).toEqual({ ok: true, url });
  });

  test.for([
    'http://example.com',
    'http://127.evil.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'http://169.254.169.254',
    'http://[::ffff:1.2.3.4]',
    'http://0.0.0.0',
    'ftp://localhost',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@example.com',
    'https://user:hunter2@example.com',
    'https://example.com?key=hunter2',
    'https://example.com/?',
    'https://example.com/#hunter2',
    'example.com',
    '//example.com',
    '',
    'https://',
  ])('refuses %s and does not repeat it', (text) => {
    const verdict = readBaseUrl(text);
    expect(verdict.ok).toBe(false);
    expect(JSON.stringify(verdict)).not.toContain('hunter2');
  });
});
