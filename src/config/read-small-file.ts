import { open } from 'node:fs/promises';

interface SmallFile {
  readonly bytes: Buffer;
  /** True when people other than the owner may read it; never on Windows, where the mode says nothing. */
  readonly isOpenToOthers: boolean;
}

export type SmallFileRead =
  | { readonly ok: true; readonly file: SmallFile }
  /** `fact` follows "Cannot read …: ". */
  | { readonly ok: false; readonly isAbsent: boolean; readonly fact: string; readonly cause?: unknown };

/** Largest settings or key file: 1 MB. Anything larger was named by mistake. */
const LARGEST_BYTES = 1_000_000;

/** Reads a file that is written by hand. Pipes are read too: `--env-file <(…)` is one. */
export async function readSmallFile(path: string): Promise<SmallFileRead> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (stats.isDirectory()) return refuse('it is a folder');
      const bytes = Buffer.alloc(LARGEST_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
        length += bytesRead;
        if (length > LARGEST_BYTES) return refuse('it is larger than 1 MB');
        if (bytesRead === 0) break;
      }
      const isOpenToOthers = stats.isFile() && process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
      return { ok: true, file: { bytes: bytes.subarray(0, length), isOpenToOthers } };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    const fact =
      { ENOENT: 'it does not exist', EACCES: 'permission denied', EISDIR: 'it is a folder' }[code] ?? code;
    return { ok: false, isAbsent: code === 'ENOENT', fact, cause: error };
  }
}

function refuse(fact: string): SmallFileRead {
  return { ok: false, isAbsent: false, fact };
}
