import { constants } from 'node:os';
import { BatchSubmitError } from '../model/errors.ts';

/**
 * Turns a file system error into a stop that names the path and the errno word. Anything without
 * an errno, and a stop that was made already, comes back as it is.
 */
export function diskError(action: string, path: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (code === undefined || error instanceof BatchSubmitError) return error;
  const known = KNOWN[code];
  return new BatchSubmitError(
    'E_DISK',
    `Cannot ${action} "${path}": ${known?.fact ?? 'the file system refused'} (${code})`,
    { hint: known?.hint ?? 'check the folder, then run the same command again', cause: error },
  );
}

/** The errno word of a Node file system error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code)) return error.code;
  // Node names EDQUOT and ESTALE "Unknown system error -122", but the system's own list has them.
  const number = 'errno' in error ? error.errno : undefined;
  return Object.entries(constants.errno).find(
    ([, value]) => typeof number === 'number' && value === -number,
  )?.[0];
}

interface Known {
  readonly fact: string;
  readonly hint: string;
}

const SPACE_HINT = 'free some space, then run the same command again';
const RIGHTS_HINT = 'make the file and its folder writable for this user, then run the same command again';
const FILES_HINT = 'raise the limit with `ulimit -n 256`, then run the same command again';
const PATH_HINT = 'give another path with the flag that names it: `--state`, `--output` or `--report`';
const DISK_HINT = 'check the disk, then run the same command again';

const KNOWN: Readonly<Record<string, Known>> = {
  ENOSPC: { fact: 'no space is left on the disk', hint: SPACE_HINT },
  EDQUOT: { fact: 'the disk quota is used up', hint: SPACE_HINT },
  EFBIG: { fact: 'the file would be larger than allowed', hint: SPACE_HINT },
  EACCES: { fact: 'permission denied', hint: RIGHTS_HINT },
  EPERM: { fact: 'operation not permitted', hint: RIGHTS_HINT },
  EROFS: { fact: 'the file system is read-only', hint: PATH_HINT },
  ESTALE: { fact: 'the network file system lost it', hint: DISK_HINT },
  EIO: { fact: 'the disk reported an input/output error', hint: DISK_HINT },
  EMFILE: { fact: 'too many files are open', hint: FILES_HINT },
  ENFILE: { fact: 'too many files are open', hint: FILES_HINT },
  ENOENT: { fact: 'its folder does not exist', hint: PATH_HINT },
  EEXIST: { fact: 'it is a file, and a folder is needed', hint: 'give another folder with `--output <dir>`' },
  ENOTDIR: { fact: 'a part of the path is not a folder', hint: PATH_HINT },
  EISDIR: { fact: 'it is a folder', hint: PATH_HINT },
  ELOOP: { fact: 'too many symbolic links', hint: PATH_HINT },
  ENAMETOOLONG: { fact: 'the name is too long', hint: PATH_HINT },
};
