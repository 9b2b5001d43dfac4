import { BatchSubmitError } from '../model/errors.ts';
import type { LockOwner } from './lock-owner.ts';
import type { Standing } from './process-identity.ts';

type Present = LockOwner | 'unreadable' | undefined;

/** Another run holds the lock, or may hold it. */
export function lockedError(path: string, owner: Present, standing: Standing): BatchSubmitError {
  const hint =
    standing === 'running'
      ? 'wait for it to finish, or look on with `batch-submit watch`'
      : 'if that run is gone, run `batch-submit unlock --force`';
  return new BatchSubmitError('E_LOCKED', `Cannot use "${path}": ${describe(owner)} holds its lock`, {
    hint,
    details: owner === 'unreadable' ? [`"${path}.lock" does not say whose it is`] : [],
  });
}

/** For a run that found its own lock gone: whatever it would save could overwrite another run's work. */
export function lostLockError(path: string, owner: Present): BatchSubmitError {
  const fact =
    owner === undefined
      ? 'its lock was removed during the run'
      : `${describe(owner)} took its lock during the run`;
  return new BatchSubmitError('E_LOCKED', `Cannot go on with "${path}": ${fact}`, {
    hint: 'run `batch-submit status`, then start again when no other run is left',
  });
}

export function stillRunningError(path: string, owner: Present): BatchSubmitError {
  const hint =
    typeof owner === 'object' ? `stop it first with \`kill ${owner.pid}\`` : 'wait for it to finish';
  return new BatchSubmitError('E_LOCKED', `Cannot unlock "${path}": ${describe(owner)} is still running`, {
    hint,
  });
}

function describe(owner: Present): string {
  if (typeof owner !== 'object') return 'another run';
  return `another run (\`${owner.command}\`, pid ${owner.pid} on "${owner.host}", since ${owner.since})`;
}
