import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailureKind, ServiceFailure } from '../../src/model/failure.ts';
import { stopsTheRun } from '../../src/model/failure.ts';
import { decideRetry, type RetryPolicy } from '../../src/model/retry-policy.ts';

const POLICY: RetryPolicy = { maxRetries: 5, retryDelayMs: 1000, rateLimitWaitMs: 180_000 };

function failure(kind: FailureKind, retryAfterMs?: number): ServiceFailure {
  return { kind, reason: 'r', message: 'm', retryAfterMs };
}

const policies = fc.record({
  maxRetries: fc.nat(1000),
  retryDelayMs: fc.nat(3_600_000),
  rateLimitWaitMs: fc.nat(3_600_000),
});
const retryAfter = fc.option(fc.nat(3_600_000), { nil: undefined });
const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('decideRetry()', () => {
  test('always waits out a rate limit: never shorter than configured or asked, never from the fault budget', () => {
    fc.assert(
      fc.property(policies, fc.nat(100_000), retryAfter, jitter, (policy, faults, asked, random) => {
        expect(decideRetry(failure('rate_limited', asked), faults, policy, random)).toEqual({
          retry: true,
          waitMs: Math.max(policy.rateLimitWaitMs, asked ?? 0),
          budget: 'rate_limits',
        });
      }),
    );
  });

  test.for([
    'unknown_outcome',
    'no_quota',
    'storage_full',
    'key_refused',
    'model_unknown',
    'refused',
    'not_found',
    'input_changed',
  ] as const)('never repeats a call that ended with %s', (kind) => {
    fc.assert(
      fc.property(policies, fc.nat(2000), retryAfter, jitter, (policy, faults, asked, random) => {
        expect(decideRetry(failure(kind, asked), faults, policy, random)).toEqual({ retry: false });
      }),
    );
  });

  test.for(['unavailable', 'not_sent'] as const)(
    'repeats %s while the budget lasts, with a sane wait',
    (kind) => {
      fc.assert(
        fc.property(policies, fc.nat(2000), retryAfter, jitter, (policy, faults, asked, random) => {
          const decision = decideRetry(failure(kind, asked), faults, policy, random);
          expect(decision.retry).toBe(faults < policy.maxRetries);
          if (!decision.retry) return;
          expect(decision.budget).toBe('faults');
          expect(decision.waitMs).toBeGreaterThanOrEqual(asked ?? 0);
          const longest = Math.max(60_000, policy.retryDelayMs) * 1.2;
          expect(decision.waitMs).toBeLessThanOrEqual(Math.max(Math.ceil(longest), asked ?? 0));
        }),
      );
    },
  );

  test('doubles from the configured delay up to a minute', () => {
    const waits = [0, 1, 2, 5, 6, 40].map((faults) =>
      decideRetry(failure('unavailable'), faults, { ...POLICY, maxRetries: 50 }, 0),
    );
    expect(waits.map((decision) => decision.retry && decision.waitMs)).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
  });

  test('takes no retries at all when there is no budget', () => {
    expect(decideRetry(failure('unavailable'), 0, { ...POLICY, maxRetries: 0 }, 0)).toEqual({ retry: false });
  });
});

describe('stopsTheRun()', () => {
  test('is true for exactly what the next batch would meet as well', () => {
    const kinds: readonly FailureKind[] = [
      'rate_limited',
      'no_quota',
      'storage_full',
      'key_refused',
      'model_unknown',
      'refused',
      'not_found',
      'unavailable',
      'not_sent',
      'unknown_outcome',
      'input_changed',
    ];
    expect(kinds.filter(stopsTheRun)).toEqual(['no_quota', 'storage_full', 'key_refused', 'model_unknown']);
  });
});
