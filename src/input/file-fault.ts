import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { LARGEST_FILE_BYTES } from '../model/file-limits.ts';

export type OpenedInput =
  | { readonly ok: true; readonly file: FileHandle; readonly sizeBytes: number }
  | { readonly ok: false; readonly fault: string };

/** How an input file is opened. */
export interface InputRules {
  /** It will be cut before it is sent, so it may be larger than the service takes. */
  readonly isCut?: boolean | undefined;
}

/**
 * Opens an input file that can be sent, or says in a few words why there is none. The caller closes
 * the handle. Nothing but a regular file is opened: a FIFO would wait for a writer, a device act.
 */
export async function openInput(path: string, { isCut = false }: InputRules = {}): Promise<OpenedInput> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { ok: false, fault: kindOf(found) };
    // The name may have become a FIFO since: without O_NONBLOCK (absent on Windows) that would hang.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const opened = await file.stat().catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    const fault = faultOf(opened, isCut);
    if (fault === undefined) return { ok: true, file, sizeBytes: opened.size };
    await file.close();
    return { ok: false, fault };
  } catch (error) {
    return { ok: false, fault: describeReadError(error) };
  }
}

/** True for what the operating system refused; anything else thrown is an abort or a bug. */
export function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** A failed read as a few words that follow "Cannot read …: ". */
export function describeReadError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
  switch (code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'its symbolic links go in a circle';
    case 'ENOTDIR':
      return 'a part of its path is not a folder';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return code;
  }
}

interface Stats {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
}

function faultOf(stats: Stats, isCut: boolean): string | undefined {
  if (!stats.isFile()) return kindOf(stats);
  if (stats.size === 0) return 'it is empty';
  if (isCut) return undefined;
  return stats.size > LARGEST_FILE_BYTES ? 'it is larger than 2 GB, the most the service takes' : undefined;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'it is a folder';
  return stats.isFIFO() ? 'it is a named pipe' : 'it is not a regular file';
}
