import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../dist/emulator/index.js';
import { inTurn, medianRatio, row } from './measure.mjs';

const BATCHES = 40;
const script = fileURLToPath(new URL('sdk-script.mjs', import.meta.url));

/** Upload and create over a wire with 50 ms a request, against the sequential script on the SDK. */
export async function benchSubmit(bin, directory, makeBatches) {
  const input = join(directory, 'submit');
  await makeBatches({ directory: input, batches: BATCHES, seed: 1 });
  const emulator = await startEmulator({ latencyMs: 50, jobTimeMs: 1, quotaJobs: 1e6 });
  const env = { PATH: process.env.PATH, GEMINI_API_KEY: 'bench' };
  const fresh = () => {
    for (const name of ['batch_submission_state.json', 'batch_submission_log.jsonl'])
      rmSync(join(directory, name), { force: true });
  };
  try {
    const programs = [
      { name: 'SDK script', args: [script, emulator.url, input], options: { cwd: directory, env } },
      {
        name: 'batch-submit',
        prepare: fresh,
        args: [bin, '--quiet', '--input', input, '--base-url', emulator.url],
        options: { cwd: directory, env },
      },
    ];
    const times = await inTurn(programs, 3);
    row(
      `submit ${BATCHES} batches, 50 ms a request, over the SDK script`,
      medianRatio(times, 'batch-submit', 'SDK script'),
      '<= 0.125',
    );
  } finally {
    await emulator.close();
  }
}
