import { randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { BatchSubmitError } from '../model/errors.ts';
import { errnoOf } from './disk-error.ts';

/** Room for a save on a full disk: a file that is given up when nothing else helps. */
export interface Ballast {
  /** Makes sure that a save of `sizeBytes` would fit into what can be given up. */
  keep(sizeBytes: number): Promise<void>;
  /** Runs `save`, and once more without the ballast when the disk is full. */
  saving(save: () => Promise<void>): Promise<void>;
}

const LEAST_BYTES = 64 * 1024;

/**
 * A job name that was paid for must find room on disk even when there is none. The ballast lies at
 * `<state>.ballast` and has twice the size of the state, because a save writes the whole file anew
 * beside the old one and the state still grows.
 */
export function createBallast(statePath: string): Ballast {
  const path = `${statePath}.ballast`;
  let keptBytes = 0;
  return {
    async keep(sizeBytes) {
      if (keptBytes >= sizeBytes && keptBytes > 0) return;
      const wanted = Math.max(LEAST_BYTES, sizeBytes * 2);
      keptBytes = await fill(path, wanted);
    },
    async saving(save) {
      try {
        await save();
      } catch (error) {
        if (keptBytes === 0 || !isFull(error)) throw error;
        keptBytes = 0;
        await rm(path, { force: true });
        await save();
      }
    },
  };
}

/** The size the file has now: 0 when there is no room even for this, which is then the user's to hear later. */
async function fill(path: string, bytes: number): Promise<number> {
  try {
    const present = await stat(path).catch(() => undefined);
    if (present?.isFile() === true && present.size >= bytes) return present.size;
    await rm(path, { force: true });
    const file = await open(path, 'wx', 0o600);
    try {
      // Random, because a file system may store a run of zeros in no room at all.
      await file.writeFile(randomBytes(bytes));
      await file.sync();
    } finally {
      await file.close();
    }
    return bytes;
  } catch {
    await rm(path, { force: true }).catch(() => undefined);
    return 0;
  }
}

function isFull(error: unknown): boolean {
  const cause = error instanceof BatchSubmitError ? error.cause : error;
  const code = errnoOf(cause);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
