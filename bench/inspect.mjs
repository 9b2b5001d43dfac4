import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurn, medianRatio, row } from './measure.mjs';

const SIZE_BYTES = 200e6;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The check of an input file (parse, shape, keys, hash) against readline and JSON.parse. */
export async function benchInspect(directory) {
  const path = join(directory, 'batch_001.jsonl');
  await writeRequests(path);
  const programs = [
    { name: 'readline', args: [here('readline-script.mjs'), path] },
    { name: 'inspect', args: [here('inspect-script.mjs'), path] },
  ];
  const times = await inTurn(programs, 5);
  row(
    'check 200 MB of requests over readline + JSON.parse',
    medianRatio(times, 'inspect', 'readline'),
    '<= 0.45',
  );
}

async function writeRequests(path) {
  const file = createWriteStream(path);
  const text = 'What does a moving average say? Une moyenne mobile suit le prix. 移動平均線 '.repeat(15);
  for (let bytes = 0, index = 0; bytes < SIZE_BYTES; index += 1) {
    const line = `${JSON.stringify({ key: `request-${index}`, request: { contents: [{ parts: [{ text: `${index} ${text}` }] }] } })}\n`;
    bytes += Buffer.byteLength(line);
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
