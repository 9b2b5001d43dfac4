/**
 * The fault battery: the packed command line against the emulator, with every fault at every request and
 * every system call, judged by what the emulator took on and by the files on disk; and the simulation of
 * its protocol. Needs a build.
 *
 *   npm run test:faults -- [--nightly] [--only <part>,…] [--seed <n>] [--point <part of a name>] [--histories <n>]
 *     [--share <0 to 1>]
 */
import { parseArgs } from 'node:util';
import { packProgram } from './packed.mjs';
import { badInputs } from './parts/bad-inputs.mjs';
import { badStates } from './parts/bad-states.mjs';
import { fullDisks } from './parts/full-disks.mjs';
import { hostileAnswers } from './parts/hostile-answers.mjs';
import { httpBoundaries } from './parts/http-boundaries.mjs';
import { locks } from './parts/locks.mjs';
import { naive } from './parts/naive.mjs';
import { planted } from './parts/planted.mjs';
import { randomKills } from './parts/random-kills.mjs';
import { signals } from './parts/signals.mjs';
import { simulation } from './parts/simulation.mjs';
import { syscalls } from './parts/syscalls.mjs';
import { printSummary } from './summary.mjs';

/**
 * What every part is given.
 * @typedef {object} Battery
 * @property {import('./packed.mjs').Program} program
 * @property {boolean} nightly
 * @property {number | undefined} histories how many the simulation tries
 * @property {number} share of the points at requests and system calls; those at creates are all tried, and of
 *   locks, signals, random kills, full disks, bad states, bad inputs, hostile answers and the naive script a part at least
 * @property {number} seed
 * @property {string | undefined} filter part of the name of a point
 * @property {(outcome: { failures: readonly unknown[] }) => void} progress
 */

/**
 * What every part gives back.
 * @typedef {object} PartResult
 * @property {string} name
 * @property {number} trials
 * @property {readonly { what: string, reproduce: string }[]} failures
 * @property {readonly string[]} notes
 * @property {{ points: number, duplicates: number }} [duplicatesAtCreates]
 * @property {string} [skipped] why the part did not run; it is then neither passed nor failed
 */

/** In the order in which they run. What measures time comes first, while the machine is quiet. */
const PARTS = {
  locks,
  'http-boundaries': httpBoundaries,
  signals,
  syscalls,
  'full-disks': fullDisks,
  'random-kills': randomKills,
  'bad-states': badStates,
  'bad-inputs': badInputs,
  'hostile-answers': hostileAnswers,
  naive,
  planted,
  simulation,
};

const { values } = parseArgs({
  options: {
    nightly: { type: 'boolean', default: false },
    histories: { type: 'string' },
    share: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    point: { type: 'string' },
  },
});
const chosen = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = chosen.filter((name) => !Object.hasOwn(PARTS, name));
const share = Number(values.share);
if (unknown.length > 0 || !/^\d+$/.test(values.seed) || !(share > 0 && share <= 1)) {
  console.error(
    `usage: run.mjs [--nightly] [--only ${Object.keys(PARTS).join(',')}] [--seed <n>] [--share <0 to 1>] [--point <text>]`,
  );
  process.exit(2);
}

const program = await packProgram();
const results = [];
try {
  for (const name of chosen) {
    const startedMs = performance.now();
    console.log(`\n${name}`);
    const result = await PARTS[name]({
      program,
      nightly: values.nightly,
      histories: values.histories === undefined ? undefined : Number(values.histories),
      share,
      seed: Number(values.seed),
      filter: values.point,
      progress: ({ failures }) => process.stdout.write(failures.length > 0 ? 'F' : '.'),
    });
    const seconds = (performance.now() - startedMs) / 1000;
    results.push({ ...result, seconds });
    console.log(`\n${result.trials} trials, ${result.failures.length} failures, ${seconds.toFixed(0)} s`);
  }
} finally {
  await program.remove();
}
process.exitCode = printSummary(results, values.seed);
