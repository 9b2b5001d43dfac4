import { readLockOwner, type LockOwner } from '../state/lock.ts';
import { identifySelf, standingOf, type Standing } from '../state/process-identity.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { ok, problem, warning, type Check } from './check.ts';

/** Reads whose the lock is, and does not take it: a run that starts at this moment must not find it held. */
export async function checkLock(statePath: string): Promise<Check> {
  try {
    const owner = await readLockOwner(statePath);
    const standing = typeof owner === 'object' ? await standingOf(owner, await identifySelf()) : 'unknown';
    return judgeLock(owner, standing);
  } catch (error) {
    const isStop = error instanceof BatchSubmitError;
    const fact = error instanceof Error ? error.message : String(error);
    return problem('lock', fact, (isStop && error.hint) || 'check the folder of the state', 'E_DISK');
  }
}

export function judgeLock(owner: LockOwner | 'unreadable' | undefined, standing: Standing): Check {
  if (owner === undefined) return ok('lock', 'free');
  if (owner === 'unreadable') {
    return warning(
      'lock',
      'the lock file does not say whose it is',
      'if no run is left, `batch-submit unlock --force`',
    );
  }
  const holder = `\`${owner.command}\`, pid ${owner.pid} on "${owner.host}", since ${owner.since}`;
  switch (standing) {
    case 'running':
      return ok('lock', `held by a run: ${holder}`);
    case 'gone':
      return ok('lock', `free; ${holder}, left it behind, and the next run takes it`);
    case 'unknown':
      return warning(
        'lock',
        `held by a run that cannot be seen from here: ${holder}`,
        'if that run is gone, `batch-submit unlock --force`',
      );
  }
}
