import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { script } from './script.mjs';
import { seconds } from './table.mjs';

const JOBS_AT_ONCE = 100;
const JOB_MS = 10 * 60_000;

/**
 * What saving the state costs a whole run, five saved steps a batch, eight batches at a time. A whole run of
 * 204 is measured; of the larger ones some batches, while half of the others are in the file already: the
 * average of a run, in which the file grows from nothing.
 */
const SIZES = [
  { batches: 204, measured: 204, before: 0 },
  { batches: 2000, measured: 200, before: 900 },
  { batches: 20_000, measured: 40, before: 9980 },
];

export async function benchState({ directory }) {
  const rows = [];
  for (const size of SIZES) rows.push(await stateCost(directory, size));
  return rows;
}

async function stateCost(directory, { batches, measured, before }) {
  const path = join(directory, `state-${batches}.json`);
  const args = [script('state-run'), path, `${before}`, `${measured}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { ms, bytes, peakMb } = JSON.parse(stdout);
  const boundMs = (batches / JOBS_AT_ONCE) * JOB_MS;
  const perBatchMs = ms / measured;
  const share = (100 * perBatchMs * batches) / boundMs;
  const written = bytes === undefined ? '' : `, ${(bytes / measured / 1e6).toFixed(2)} MB`;
  return {
    measure: `state of ${batches.toLocaleString('en')} batches, % of the run's lower bound`,
    against: `${batches.toLocaleString('en')} / ${JOBS_AT_ONCE} jobs × 10 min`,
    theirs: `${(boundMs / 3_600_000).toFixed(2)} h`,
    ours: `${share.toFixed(3)} %`,
    value: share,
    isAbsolute: true,
    target: 1,
    peakMb,
    note: `${seconds(perBatchMs)}${written} a batch; ${measured} measured`,
  };
}
