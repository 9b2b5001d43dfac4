import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BatchSubmitError } from '../model/errors.ts';
import type { Settings } from '../config/settings.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';
import { nearestExisting } from './nearest-folder.ts';
import { ok, problem, problemOf, warning, type Check } from './check.ts';

/** Whether a run could write where it has to. Asked of the file system; nothing is written. */
export async function checkFolders({ state, log, output }: Settings): Promise<Check> {
  const questions: readonly (readonly [action: string, path: string, ask: () => Promise<void>])[] = [
    ['keep the state in', dirname(resolve(state)), () => isWritableFolder(dirname(resolve(state)))],
    ['keep the log in', dirname(resolve(log)), () => isWritableFolder(dirname(resolve(log)))],
    ['write to', log, () => isWritableFile(log)],
    // It is made when the first result is saved.
    ['keep results in', output, async () => isWritableFolder(await nearestExisting(output))],
  ];
  for (const [action, path, ask] of questions) {
    try {
      await ask();
    } catch (error) {
      const stop = diskError(action, path, error);
      if (stop instanceof BatchSubmitError) return problemOf('folders', stop);
      throw error;
    }
  }
  return ok('folders', 'the state, the log and the results can be written');
}

async function isWritableFolder(path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) throw notAFolder();
  await access(path, constants.W_OK | constants.X_OK);
}

async function isWritableFile(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function notAFolder(): Error {
  return Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

/** Files that must be the owner's alone, and links that a run would refuse. */
export async function checkPermissions({ state, log }: Settings): Promise<Check> {
  const open: string[] = [];
  for (const path of [state, `${state}.bak`, log]) {
    const stats = await lstat(path).catch(() => undefined);
    if (path === log && stats?.isSymbolicLink() === true) {
      return problem(
        'permissions',
        `"${log}" is a symbolic link, and a log is not written through one`,
        'name the real file with `--log <file>`',
        'E_DISK',
      );
    }
    const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) open.push(path);
  }
  if (open.length === 0) return ok('permissions', 'the state and the log are open to nobody else');
  const names = open.map((path) => `"${path}"`).join(' and ');
  return warning(
    'permissions',
    `other users may read ${names}: names of jobs, and addresses of unfinished uploads`,
    `run \`chmod 600 ${open.join(' ')}\``,
  );
}
