import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1024 ** 2;
/** Thousands of small files must not take memory as if they were large. */
const LEAST_BYTES = 64 * 1024;

/**
 * Reads a file from where its handle stands, ahead by one chunk, so that the disk works while the lines
 * are parsed. A chunk is overwritten once the next but one was asked for.
 * @param sizeBytes of the file, where it is known: a small one then comes in one piece, and no line of it is cut
 */
export async function* chunksOf(file: FileHandle, sizeBytes = 0): AsyncGenerator<Buffer> {
  // One byte more: a chunk that is not full was the last.
  const firstBytes = Math.min(Math.max(sizeBytes + 1, LEAST_BYTES), CHUNK_BYTES);
  let [current, spare] = [Buffer.allocUnsafe(firstBytes), Buffer.allocUnsafe(LEAST_BYTES)];
  let { bytesRead } = await file.read(current, 0, firstBytes, null);
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
