import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolveStatePath, sweepTemporaryFiles, temporaryPathFor } from './atomic-file.ts';
import { diskError, errnoOf } from './disk-error.ts';
import { takeKernelLock, type KernelLock } from './kernel-lock.ts';
import { lockedError, lostLockError, stillRunningError } from './lock-errors.ts';
import { linkIfFree, readOwnerFile, type LockOwner } from './lock-owner.ts';
import { identifySelf, standingOf, type ProcessIdentity, type Standing } from './process-identity.ts';

export type { LockOwner } from './lock-owner.ts';

/** One run's right to change one state file. */
export interface Lock {
  readonly owner: LockOwner;
  /** @throws {BatchSubmitError} `E_LOCKED` once the lock is somebody else's, or nobody's. */
  verify(): Promise<void>;
  /** Gives the lock up; a second call does nothing. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** Told to whoever finds the lock held. */
  readonly command?: string;
  /** Which of the log's events are this run's. */
  readonly run?: string;
  readonly now?: () => Date;
}

/**
 * Takes the lock of a state file, or says who holds it. Two layers: a name in the kernel, which a
 * killed run gives up at once and a stopped one (SIGSTOP, a sleeping laptop) keeps, and the file
 * `<state>.lock`, which says who holds it and is all there is between hosts and on macOS.
 * A run on another host, or in another container, is never presumed gone.
 * @throws {BatchSubmitError} `E_LOCKED`, or `E_DISK` when the lock file cannot be written
 */
export async function acquireLock(statePath: string, options: LockOptions = {}): Promise<Lock> {
  const path = await resolveStatePath(statePath);
  try {
    const self = await identifySelf();
    const kernel = await takeKernelName(path, self);
    const owner: LockOwner = {
      nonce: randomBytes(16).toString('hex'),
      ...self,
      since: (options.now?.() ?? new Date()).toISOString(),
      command: options.command ?? 'batch-submit',
      run: options.run,
    };
    try {
      await takeOwnerFile(path, owner, kernel !== 'unavailable');
    } catch (error) {
      if (kernel !== 'unavailable') await kernel.release();
      throw error;
    }
    let isReleased = false;
    return {
      owner,
      verify: () => verifyOwner(path, owner),
      async release() {
        if (isReleased) return;
        isReleased = true;
        try {
          // The file first: with the kernel's name still ours, nobody can have put another one there.
          if (isSame(await readOwnerFile(lockPathOf(path)), owner))
            await rm(lockPathOf(path), { force: true });
        } catch (error) {
          throw diskError('unlock', path, error);
        } finally {
          if (kernel !== 'unavailable') await kernel.release();
        }
      },
    };
  } catch (error) {
    throw diskError('lock', path, error);
  }
}

/** Who holds the lock, or held it when it was last left behind; `undefined` when there is no lock file. */
export async function readLockOwner(statePath: string): Promise<LockOwner | 'unreadable' | undefined> {
  return readOwnerFile(lockPathOf(await resolveStatePath(statePath)));
}

/**
 * Removes the lock of a run that is gone. `force` is for a run that cannot be seen from here; a run
 * that is visibly alive keeps its lock either way.
 * @param options.isDry look, and leave it there
 * @returns false when there was no lock
 * @throws {BatchSubmitError} `E_LOCKED` when the run is alive, or may be and `force` is not set
 */
export async function removeLock(
  statePath: string,
  options: { readonly force: boolean; readonly isDry?: boolean },
): Promise<boolean> {
  const path = await resolveStatePath(statePath);
  const self = await identifySelf();
  const kernel = await takeKernelName(path, self);
  try {
    const owner = await readOwnerFile(lockPathOf(path));
    const standing = await standingOfOwner(owner, self, kernel !== 'unavailable');
    if (standing === 'running') throw stillRunningError(path, owner);
    if (standing === 'unknown' && !options.force) throw lockedError(path, owner, standing);
    if (options.isDry !== true) {
      await rm(takeoverPathOf(path), { force: true });
      await rm(lockPathOf(path), { force: true });
    }
    return owner !== undefined;
  } finally {
    if (kernel !== 'unavailable') await kernel.release();
  }
}

/**
 * The name can be held while no living owner is in the file: its holder is between the two layers, or
 * was killed and the last of its threads has not ended yet. Both pass within milliseconds.
 */
async function takeKernelName(path: string, self: ProcessIdentity): Promise<KernelLock | 'unavailable'> {
  for (let tries = 1; ; tries += 1) {
    const kernel = await takeKernelLock(path);
    if (kernel !== 'held') return kernel;
    const owner = await readOwnerFile(lockPathOf(path));
    const isGone = (await standingOfOwner(owner, self, false)) === 'gone';
    if (!isGone || tries === SHORT_TRIES) throw lockedError(path, isGone ? undefined : owner, 'running');
    await delay(20);
  }
}

/** Half a second: long enough for what passes by itself, short enough for a person who waits. */
const SHORT_TRIES = 25;

async function takeOwnerFile(path: string, owner: LockOwner, hasKernel: boolean): Promise<void> {
  const lockPath = lockPathOf(path);
  await sweepTemporaryFiles(dirname(lockPath), basename(lockPath), (found) => isLeftBehind(found, owner));
  const temporaryPath = temporaryPathFor(lockPath);
  try {
    await writeFile(temporaryPath, `${JSON.stringify(owner)}\n`, { flag: 'wx', mode: 0o600, flush: true });
    for (let tries = 1; ; tries += 1) {
      if (await linkIfFree(temporaryPath, lockPath)) {
        // Its maker may have been killed when the lock file was gone already, and nobody else looks at it.
        if (hasKernel) await removeDeadMarker(path, owner);
        return;
      }
      const present = await readOwnerFile(lockPath);
      const standing = await standingOfOwner(present, owner, hasKernel);
      if (present !== undefined && (standing !== 'gone' || tries === SHORT_TRIES)) {
        throw lockedError(path, present, standing);
      }
      if (present !== undefined && present !== 'unreadable') {
        await removeDead({ path, dead: present, self: owner, temporaryPath, hasKernel });
      }
    }
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

/**
 * Other runs may be about to link their file, which takes milliseconds. One that names a run that is
 * gone is nobody's; one of another host, or that does not say whose it is, gets an hour.
 */
async function isLeftBehind(temporaryPath: string, self: LockOwner): Promise<boolean> {
  const owner = await readOwnerFile(temporaryPath);
  if (typeof owner === 'object' && (await standingOf(owner, self)) === 'gone') return true;
  try {
    return (await stat(temporaryPath)).mtimeMs < Date.parse(self.since) - 3_600_000;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Removes the file of a run that is gone, and never that of a run which was faster. Removing is not
 * conditional on content in any file system, so only the maker of the marker may remove, and it looks
 * again first.
 */
async function removeDead(takeover: {
  readonly path: string;
  readonly dead: LockOwner;
  readonly self: LockOwner;
  readonly temporaryPath: string;
  readonly hasKernel: boolean;
}): Promise<void> {
  const { path, dead, self, temporaryPath, hasKernel } = takeover;
  const marker = takeoverPathOf(path);
  if (await linkIfFree(temporaryPath, marker)) {
    try {
      if (isSame(await readOwnerFile(lockPathOf(path)), dead)) await rm(lockPathOf(path), { force: true });
    } finally {
      await rm(marker, { force: true });
    }
    return;
  }
  // A marker can itself be left behind. Without the kernel's name two runs could clear it at once, so
  // that is left to `unlock`.
  if (hasKernel && (await removeDeadMarker(path, self))) return;
  await delay(20);
}

/** Only for a holder of the kernel's name. True when no marker is left. */
async function removeDeadMarker(path: string, self: LockOwner): Promise<boolean> {
  const marker = takeoverPathOf(path);
  if ((await standingOfOwner(await readOwnerFile(marker), self, true)) !== 'gone') return false;
  await rm(marker, { force: true });
  return true;
}

async function verifyOwner(path: string, owner: LockOwner): Promise<void> {
  try {
    const present = await readOwnerFile(lockPathOf(path));
    if (!isSame(present, owner)) throw lostLockError(path, present);
  } catch (error) {
    throw diskError('check the lock of', path, error);
  }
}

async function standingOfOwner(
  owner: LockOwner | 'unreadable' | undefined,
  self: ProcessIdentity,
  hasKernel: boolean,
): Promise<Standing> {
  if (owner === undefined) return 'gone';
  if (owner === 'unreadable') return 'unknown';
  // A pipe's name is one for the whole machine, so nobody on it can hold what this process has.
  if (hasKernel && process.platform === 'win32' && owner.host === self.host) return 'gone';
  return standingOf(owner, self);
}

function isSame(present: LockOwner | 'unreadable' | undefined, owner: LockOwner): boolean {
  return typeof present === 'object' && present.nonce === owner.nonce;
}

function lockPathOf(path: string): string {
  return `${path}.lock`;
}

function takeoverPathOf(path: string): string {
  return `${path}.lock.takeover`;
}
