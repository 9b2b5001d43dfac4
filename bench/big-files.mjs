import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

const TEXT = 'What does a moving average say? Une moyenne mobile suit le prix. 移動平均線 '.repeat(15);

/** Writes request lines of some 1.2 KB, each with a key of its own, until the file has `sizeBytes` or a little more. */
export async function writeRequests(path, sizeBytes) {
  const part = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: TEXT }] }] });
  let [index, bytes] = [0, 0];
  await writeLines(path, () => {
    if (bytes >= sizeBytes) return undefined;
    const line = `{"key":"request-${index}","request":${part}}\n`;
    index += 1;
    bytes += Buffer.byteLength(line);
    return line;
  });
}

/** Writes lines until `nextLine` has no more. */
export async function writeLines(path, nextLine) {
  const file = createWriteStream(path);
  let block = '';
  for (let line = nextLine(); line !== undefined; line = nextLine()) {
    block += line;
    if (block.length < MIB) continue;
    if (!file.write(block)) await once(file, 'drain');
    block = '';
  }
  file.end(block);
  await once(file, 'finish');
}

/** Makes a file of `sizeBytes` zeros that takes no room on the disk. */
export async function makeSparse(path, sizeBytes) {
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
}

/** Copies the first `sizeBytes` of a file. */
export async function copyHead(from, to, sizeBytes) {
  const file = createWriteStream(to);
  createReadStream(from, { end: sizeBytes - 1, highWaterMark: MIB }).pipe(file);
  await once(file, 'finish');
}

/** What an upload is told of a file: its size, and the hash that the bytes sent must have. */
export async function factsOf(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: MIB })) hash.update(chunk);
  const { size: sizeBytes } = await stat(path);
  return { path, sizeBytes, sha256: hash.digest('hex'), lines: 1 };
}
