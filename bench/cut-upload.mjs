import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GIB, MIB, writeRequests } from './big-files.mjs';
import { runProgram } from './measure.mjs';
import { withSink } from './start-sink.mjs';

const CHUNK_BYTES = 8 * MIB;

/** kill -9 at 60 % of an upload of 1 GiB, then the same command: how many bytes the server was sent twice. */
export async function benchCutUpload({ bin, directory }) {
  const input = join(directory, 'cut');
  await mkdir(input);
  const path = join(input, 'batch_001.jsonl');
  await writeRequests(path, GIB);
  const { size } = await stat(path);
  const env = { PATH: process.env.PATH, GEMINI_API_KEY: 'bench' };
  const twice = await withSink({ notifyAtBytes: 0.6 * size }, async ({ url, reached, counts }) => {
    const args = [bin, '--quiet', '--input', input, '--base-url', url];
    const killed = spawn(process.execPath, args, { cwd: directory, env, stdio: 'ignore' });
    const ended = once(killed, 'exit');
    // A run that ends by itself has not been cut, and would count as one that sends nothing twice.
    const isCut = await Promise.race([reached.then(() => true), ended.then(() => false)]);
    if (!isCut) throw new Error('the upload that was to be cut ended before');
    killed.kill('SIGKILL');
    await ended;
    await runProgram({ name: 'the run after the kill', args, cwd: directory, env });
    return (await counts()).fileBytes - size;
  });
  await rm(input, { recursive: true });
  return [
    {
      measure: 'kill -9 at 60 % of 1 GiB: MiB sent twice',
      against: 'SDK: begins again',
      theirs: `${Math.round((0.6 * size) / MIB)}`,
      ours: (twice / MIB).toFixed(2),
      ratio: twice / (0.6 * size),
      value: twice / MIB,
      isAbsolute: true,
      target: CHUNK_BYTES / MIB,
      note: 'exact count at the server',
    },
  ];
}
