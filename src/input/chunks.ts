import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1024 ** 2;
/** Thousands of small files must not take memory as if they were large. */
const FIRST_BYTES = 64 * 1024;

/**
 * Reads a file from where its handle stands, ahead by one chunk, so that the disk works while the lines
 * are parsed. A chunk is overwritten once the next but one was asked for.
 */
export async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  let [current, spare] = [Buffer.allocUnsafe(FIRST_BYTES), Buffer.allocUnsafe(FIRST_BYTES)];
  let { bytesRead } = await file.read(current, 0, FIRST_BYTES, null);
  while (bytesRead > 0) {
    if (bytesRead === current.length && spare.length < CHUNK_BYTES) spare = Buffer.allocUnsafe(CHUNK_BYTES);
    const next = file.read(spare, 0, spare.length, null);
    // A failed read ahead is heard below; until then nobody else may take it for unhandled.
    next.catch(() => undefined);
    try {
      yield current.subarray(0, bytesRead);
    } finally {
      // The handle is closed by whoever leaves the loop: not while a read is on its way.
      await next.catch(() => undefined);
    }
    ({ bytesRead } = await next);
    [current, spare] = [spare, current];
  }
}
