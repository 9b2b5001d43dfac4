import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBatches } from '../dist/rehearse/make-batches.js';
import { inTurn } from './measure.mjs';
import { script } from './script.mjs';
import { withSink } from './start-sink.mjs';
import { timeRow } from './table.mjs';

const [OURS, ONE, FOUR] = ['batch-submit', 'SDK script', 'SDK script, 4 at once'];

/**
 * Many small files, upload and create, against a script on the SDK. With 200 ms a request the script needs two
 * minutes for 204 files, so that a sixth of them stands for all.
 */
const CASES = [
  { files: 204, latencyMs: 0, rounds: 2 },
  { files: 204, latencyMs: 50, rounds: 1, targets: { [ONE]: 1 / 8, [FOUR]: 1 / 1.5 } },
  { files: 34, latencyMs: 200, rounds: 1 },
];

export async function benchSmallFiles({ bin, directory }) {
  const rows = [];
  for (const one of CASES) rows.push(...(await benchCase({ bin, directory }, one)));
  return rows;
}

async function benchCase({ bin, directory }, { files, latencyMs, rounds, targets = {} }) {
  const input = join(directory, `small-${files}`);
  await rm(input, { recursive: true, force: true });
  const bytes = await makeBatches({ directory: input, batches: files, seed: 1 });
  const runs = await withSink({ latencyMs }, async ({ url, forget }) => {
    const sdk = (name, workers) => ({ name, args: [script('sdk-submit'), url, input, workers] });
    const env = { PATH: process.env.PATH, GEMINI_API_KEY: 'bench' };
    const ours = {
      name: OURS,
      // The scripts know no limit, and the jobs of this service never end.
      args: [bin, '--quiet', '--input', input, '--base-url', url, '--max-active-jobs', `${files}`],
      cwd: directory,
      env,
      prepare: async () => {
        forget();
        await removeTraces(directory);
      },
    };
    return await inTurn([sdk(ONE, '1'), sdk(FOUR, '4'), ours], rounds);
  });
  const measure = `submit ${files} files of ${Math.round(bytes / files / 1000)} KB, ${latencyMs} ms a request`;
  const note = rounds === 1 ? '1 round' : undefined;
  return [ONE, FOUR].map((theirs) =>
    timeRow(measure, runs, { ours: OURS, theirs, target: targets[theirs], note }),
  );
}

/** What an earlier run left: each run begins with nothing submitted. */
async function removeTraces(directory) {
  const names = await readdir(directory);
  const traces = names.filter((name) => name.startsWith('batch_submission_'));
  await Promise.all(traces.map((name) => rm(join(directory, name), { recursive: true })));
}
