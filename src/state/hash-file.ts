import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { diskError } from './disk-error.ts';
import { statsOf } from './file-stats.ts';

/** Lower-case hex of the SHA-256 over the whole file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer); // no encoding is set, so the stream gives buffers
  return hash.digest('hex');
}

/**
 * True when a file of exactly these bytes is at `path`.
 * @throws {BatchSubmitError} `E_DISK` when that cannot be told
 */
export async function holdsBytes(
  path: string,
  { sizeBytes, sha256 }: { readonly sizeBytes: number; readonly sha256: string },
): Promise<boolean> {
  const stats = await statsOf(path);
  if (stats?.size !== sizeBytes || stats.isDirectory()) return false;
  try {
    return (await hashFile(path)) === sha256;
  } catch (error) {
    throw diskError('read', path, error);
  }
}
