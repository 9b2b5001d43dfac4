import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Copied {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Writes a new file, for its owner's eyes, and leaves it durable. @returns what was written */
export async function copyTo(path: string, bytes: Chunks): Promise<Copied> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let sizeBytes = 0;
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
