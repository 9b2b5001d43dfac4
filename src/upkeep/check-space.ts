import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BatchRecord } from '../model/batch-record.ts';
import type { InputFile } from '../model/plan.ts';
import { formatBytes } from '../model/units.ts';
import type { Settings } from '../config/settings.ts';
import { errnoOf } from '../state/disk-error.ts';
import { nearestExisting } from './nearest-folder.ts';
import { leftOut, ok, problem, warning, type Check } from './check.ts';
import { spaceNeeded } from './space-needed.ts';

/** One file system and what will be written to it. */
export interface Disk {
  /** As the user names a place on it. */
  readonly path: string;
  readonly freeBytes: number;
  readonly neededBytes: number;
}

/** Less than this cannot be relied on for a save of the state and a line of the log. */
const LEAST_BYTES = 10_000_000;

/** Free space where the state, the copies and the results go, against what they are estimated to take. */
export async function checkSpace(
  settings: Settings,
  files: readonly InputFile[],
  batches: ReadonlyMap<number, BatchRecord>,
): Promise<Check> {
  const needed = spaceNeeded(files, batches);
  try {
    const state = await lookAt(dirname(settings.state), needed.staged);
    const output = await lookAt(settings.output, needed.results);
    if (state.device !== output.device) return judgeSpace([state.disk, output.disk]);
    return judgeSpace([{ ...output.disk, neededBytes: needed.staged + needed.results }]);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    return leftOut('space', `the file system does not say how much is free (${code})`);
  }
}

async function lookAt(
  path: string,
  neededBytes: number,
): Promise<{ readonly disk: Disk; readonly device: number }> {
  const folder = await nearestExisting(path);
  const { bavail, bsize } = await statfs(folder);
  return { disk: { path, freeBytes: bavail * bsize, neededBytes }, device: (await stat(folder)).dev };
}

export function judgeSpace(disks: readonly Disk[]): Check {
  const full = disks.find(({ freeBytes }) => freeBytes < LEAST_BYTES);
  if (full !== undefined)
    return problem('space', describe(full), 'free some space before the next run', 'E_DISK');
  const tight = disks.find(({ freeBytes, neededBytes }) => freeBytes < neededBytes);
  if (tight !== undefined) {
    const hint = 'free some space, or name a folder on another disk with `--output <dir>`';
    return warning('space', describe(tight), hint);
  }
  return ok('space', disks.map((disk) => describe(disk)).join('; '));
}

function describe({ path, freeBytes, neededBytes }: Disk): string {
  const needed = neededBytes === 0 ? 'nothing more is needed' : `about ${formatBytes(neededBytes)} needed`;
  return `${formatBytes(freeBytes)} free for "${path}", ${needed}`;
}
