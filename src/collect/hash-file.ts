import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Lower-case hex of the SHA-256 over the whole file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer); // no encoding is set, so the stream gives buffers
  return hash.digest('hex');
}
