import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../simulation/run.mjs', import.meta.url));

/**
 * The protocol's own modules on a simulated disk, service and clock; see `simulation/run.mjs`, which
 * prints failing seeds and how to replay them.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function simulation({ nightly, histories }) {
  const seeds = histories ?? (nightly ? 5_000_000 : 100_000);
  const child = spawn(process.execPath, [RUN, '--seeds', `${seeds}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
    process.stdout.write(piece);
  });
  const [code] = await once(child, 'close');
  const [, passed = '0', failed = '1'] = /(\d+) passed, (\d+) failed\s*$/.exec(text) ?? [];
  const isGood = code === 0 && Number(failed) === 0;
  const what = `${failed} failed, exit code ${code}: see the seeds above`;
  return {
    name: 'simulation',
    trials: Number(passed) + Number(failed),
    failures: isGood
      ? []
      : Array.from({ length: Math.max(1, Number(failed)) }, () => ({
          what,
          reproduce: 'node test/faults/simulation/run.mjs --seed <seed>',
        })),
    notes: [/^Simulation: .*$/m.exec(text)?.[0] ?? 'no summary'],
  };
}
