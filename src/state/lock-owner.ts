import { constants } from 'node:fs';
import { copyFile, link, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf } from './disk-error.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What `<state>.lock` says of the run that holds the lock. */
export interface LockOwner extends ProcessIdentity {
  /** 32 hex digits, new for every lock: whose lock it is does not depend on a process number. */
  readonly nonce: string;
  /** When the lock was taken, ISO 8601 in UTC. */
  readonly since: string;
  readonly command: string;
  /** The run that took it, as its events are marked. */
  readonly run?: string | undefined;
}

/** `unreadable` for a file that names nobody; `undefined` when there is none. */
export async function readOwnerFile(lockPath: string): Promise<LockOwner | 'unreadable' | undefined> {
  let text: string;
  try {
    text = await readFile(lockPath, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = ownerSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : 'unreadable';
}

/**
 * Makes `to` a second name of the complete file `from`; false when `to` exists. Unlike an exclusive
 * open, no reader ever sees half an owner, and it holds on NFS.
 */
export async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    // FAT, exFAT and some mounts have no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
  }
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

const ownerSchema = z.object({
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  pid: z.int().positive(),
  host: z.string(),
  bootId: z.string().optional(),
  pidNamespace: z.string().optional(),
  startTicks: z.int().nonnegative().optional(),
  since: z.string(),
  command: z.string(),
  run: z.string().optional(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
