import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';

/** A file that only grows, one complete line at a time. */
export interface LogFile {
  /** Writes all of it or throws. Not yet proof against a power cut. */
  append(line: string): void;
  /** Makes everything appended so far survive a power cut. */
  sync(): void;
  close(): void;
}

/**
 * Opens or makes the log, readable by its owner only. A last line that was cut short by a crash is
 * moved to `<path>.torn`, so that the next line is not glued to it; one that lacks nothing but its
 * line end is completed in place.
 * @throws the file system's error, also when `path` is a symbolic link (ELOOP): a link planted there
 * would let the log grow any file of the user's.
 */
export function openLogFile(path: string): LogFile {
  const descriptor = openSync(path, constants.O_RDWR | APPEND_ONLY, 0o600);
  try {
    if (fstatSync(descriptor).isFile()) repairTail(descriptor, `${path}.torn`);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    append: (line) => writeAll(descriptor, Buffer.from(line, 'utf8')),
    sync: () => fdatasyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** Windows has no O_NOFOLLOW; the `typeof` is for there. */
const APPEND_ONLY: number =
  constants.O_APPEND |
  constants.O_CREAT |
  (typeof constants.O_NOFOLLOW === 'number' ? constants.O_NOFOLLOW : 0);

const CHUNK_BYTES = 64 * 1024;

function repairTail(descriptor: number, tornPath: string): void {
  const { size } = fstatSync(descriptor);
  const start = startOfLastLine(descriptor, size);
  if (start === size) return;
  if (size - start <= CHUNK_BYTES && isJsonObject(readAt(descriptor, start, size - start))) {
    writeAll(descriptor, Buffer.from('\n'));
    return;
  }
  saveAside(descriptor, start, size, tornPath);
  ftruncateSync(descriptor, start);
  fdatasyncSync(descriptor);
}

/** The offset behind the last line end. */
function startOfLastLine(descriptor: number, size: number): number {
  for (let end = size; end > 0;) {
    const length = Math.min(CHUNK_BYTES, end);
    const index = readAt(descriptor, end - length, length).lastIndexOf(0x0a);
    if (index >= 0) return end - length + index + 1;
    end -= length;
  }
  return 0;
}

function saveAside(descriptor: number, start: number, size: number, tornPath: string): void {
  const torn = openSync(tornPath, constants.O_WRONLY | APPEND_ONLY, 0o600);
  try {
    for (let at = start; at < size; at += CHUNK_BYTES) {
      writeAll(torn, readAt(descriptor, at, Math.min(CHUNK_BYTES, size - at)));
    }
    writeAll(torn, Buffer.from('\n'));
    fdatasyncSync(torn);
  } finally {
    closeSync(torn);
  }
}

/** No complete object is the beginning of a longer one, so such a line lost only its end. */
function isJsonObject(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** A full disk can take a part of a write and report success; only the next write says ENOSPC. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}
