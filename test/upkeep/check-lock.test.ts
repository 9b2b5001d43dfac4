import { expect, test } from 'vitest';
import type { LockOwner } from '../../src/state/lock.ts';
import { judgeLock } from '../../src/upkeep/check-lock.ts';

const OWNER: LockOwner = {
  nonce: '0'.repeat(32),
  pid: 12,
  host: 'elsewhere',
  since: '2026-01-01T00:00:00Z',
  command: 'batch-submit run',
};

test.for([
  [undefined, 'gone', 'ok', 'free'],
  [OWNER, 'running', 'ok', 'held by a run'],
  [OWNER, 'gone', 'ok', 'left it behind'],
  [OWNER, 'unknown', 'warning', 'cannot be seen from here'],
  ['unreadable', 'unknown', 'warning', 'does not say whose'],
] as const)('judgeLock() case %#: %s', ([owner, standing, verdict, words]) => {
  const check = judgeLock(owner, standing);
  expect(check.verdict).toBe(verdict);
  expect(check.fact).toContain(words);
  expect(check.hint?.includes('unlock --force') ?? false).toBe(verdict === 'warning');
});
