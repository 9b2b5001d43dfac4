import { open } from 'node:fs/promises';
import { keepHeapSmall } from '../../dist/cli/small-heap.js';
import { createGeminiService } from '../../dist/gemini/gemini-service.js';

// The download as the program does it (hashed and flushed), and then the lines counted, as its audit does.
keepHeapSmall();
const [baseUrl, toPath, sizeBytes] = process.argv.slice(2);
const service = createGeminiService({ apiKey: 'bench', baseUrl });
const results = { kind: 'file', name: 'files/batch-bench' };
const { signal } = new AbortController();
const saved = await service.downloadResult('batches/bench', results, toPath, signal);
if (!saved.ok) throw new Error(saved.failure.message);
if (`${saved.value.sizeBytes}` !== sizeBytes) throw new Error(`${saved.value.sizeBytes} bytes came`);
if ((await countLines(toPath)) === 0) throw new Error('no line came');

async function countLines(path) {
  const file = await open(path);
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  let lines = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines += 1;
  }
  await file.close();
  return lines;
}
