import { expect, test } from 'vitest';
import type { GoogleError } from '../../src/gemini/google-error.ts';
import { retryAfter } from '../../src/gemini/retry-after.ts';

const NOW = Date.parse('Mon, 28 Sep 2026 12:00:00 GMT');

function error(retryDelay: string | undefined, message = ''): GoogleError {
  return { code: 429, status: 'RESOURCE_EXHAUSTED', message, reasons: [], violations: [], retryDelay };
}

test.for([
  ['26s', 26_000],
  ['10.058s', 10_058],
  ['0.0001s', 1],
  ['3600s', 3_600_000],
  ['3600.1s', undefined],
  ['9223372036854775807s', undefined],
  ['0s', undefined],
  ['-5s', undefined],
  ['5', undefined],
  ['1e3s', undefined],
  ['NaNs', undefined],
] as const)('retryAfter() reads retryDelay %s', ([sent, ms]) => {
  expect(retryAfter(error(sent), undefined, NOW).retryAfterMs).toBe(ms);
});

test.for([
  ['120', 120_000],
  [' 7 ', 7000],
  ['3601', undefined],
  ['99999999999999999999', undefined],
  ['Mon, 28 Sep 2026 12:00:30 GMT', 30_000],
  ['Mon, 28 Sep 2026 11:00:30 GMT', undefined],
  ['Tue, 29 Sep 2026 12:00:30 GMT', undefined],
  ['soon', undefined],
  ['2026', 2026_000],
  ['', undefined],
] as const)('retryAfter() reads the header %s', ([sent, ms]) => {
  expect(retryAfter(undefined, sent, NOW).retryAfterMs).toBe(ms);
});

test.for([
  ['Please retry in 10.05s.', 10_050],
  ['Please retry in 54.933424255s.', 54_934],
  ['Please retry in 1m2.5s.', 62_500],
  ['Please retry in 450.5ms.', 451],
  ['Please retry in 2h.', undefined],
  ['Please retry later.', undefined],
] as const)('retryAfter() reads the sentence %s', ([message, ms]) => {
  expect(retryAfter(error(undefined, message), undefined, NOW).retryAfterMs).toBe(ms);
});

test('retryAfter() takes the first sane source', () => {
  expect(retryAfter(error('26s', 'retry in 5s'), '7', NOW)).toEqual({
    retryAfterMs: 26_000,
    retryAfterSource: 'retry_info',
  });
  expect(retryAfter(error('9223372036854775807s'), '7', NOW)).toEqual({
    retryAfterMs: 7000,
    retryAfterSource: 'retry_after',
  });
  expect(retryAfter(undefined, undefined, NOW)).toEqual({});
});
