import { BatchSubmitError } from '../model/errors.ts';
import { errnoOf } from './disk-error.ts';
import { readLockOwner, type LockOwner } from './lock.ts';
import { identifySelf, standingOf } from './process-identity.ts';

/**
 * The run that holds the lock of a state file now, for who only looks on. A run that cannot be seen from here,
 * because it is on another host or in another container, counts as none: nobody could tell when it ends. So does
 * one that cannot be asked for: who takes the lock says why.
 */
export async function findLockHolder(statePath: string): Promise<LockOwner | undefined> {
  try {
    const owner = await readLockOwner(statePath);
    if (typeof owner !== 'object') return undefined;
    const self = await identifySelf();
    const isHere = owner.host === self.host && owner.pidNamespace === self.pidNamespace;
    if (!isHere || owner.pid === self.pid) return undefined;
    // Without `/proc` a process that can be signalled is as much as is known.
    return (await standingOf(owner, self)) === 'gone' ? undefined : owner;
  } catch (error) {
    if (error instanceof BatchSubmitError || errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}
