import { inParallel, WIDTH } from '../pool.mjs';
import { choosePoints, pointsOf } from '../syscalls/points.mjs';
import { problemWithTracing } from '../syscalls/strace.mjs';
import { discover, LIVES, runSyscallTrial } from '../syscalls/trial.mjs';
import { createWarm } from '../warm.mjs';

/** One trial in so many has nothing but fresh processes; see `http-boundaries.mjs`. */
const FRESH_EVERY = 10;
/** Points that time may take away (a save more or less) before the part says that it lost its aim. */
const MOST_MISSED = 0.05;

/**
 * Kill -9 at the system calls that touch the state, the log, the lock, the results and the report, and
 * errors of the disk there.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function syscalls({ program, nightly, share: part, seed, filter, progress }) {
  const skipped = problemWithTracing();
  if (skipped !== undefined) {
    console.log(`SKIPPED: syscalls: ${skipped}`);
    return { name: 'syscalls', trials: 0, failures: [], notes: [], skipped };
  }
  const all = await findPoints(program);
  const share = nightly ? all : choosePoints(all, seed, part);
  const points = filter === undefined ? share : all.filter(({ id }) => id.includes(filter));
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const outcomes = await inParallel(points, async (point, lane, index) => {
    const isFresh = nightly || index % FRESH_EVERY === 0;
    const outcome = await runSyscallTrial(program, point, isFresh ? {} : { warm: warm[lane] });
    progress(outcome);
    return { ...outcome, kind: point.kind };
  });
  await Promise.all(warm.map((one) => one.close()));

  const struck = outcomes.filter((outcome) => outcome.struck);
  const missed = outcomes.filter((outcome) => !outcome.struck);
  const failures = outcomes.flatMap(({ id, failures: broken }) =>
    broken.map(({ code, what }) => ({ what: `${code} ${what} — ${id}`, reproduce: reproduce(id) })),
  );
  if (filter === undefined && missed.length > points.length * MOST_MISSED) {
    const ids = missed.map(({ id }) => id).join('; ');
    failures.push({
      what: `${missed.length} faults met no call: ${ids}`,
      reproduce: `node test/faults/run.mjs --only syscalls --seed ${seed}`,
    });
  }
  return {
    name: 'syscalls',
    trials: struck.length,
    failures,
    notes: [
      `${all.length} faults are possible, ${points.length} were tried; struck: ${countKinds(struck)}`,
      ...missed.map(({ id }) => `not counted, its call did not come: ${id}`),
    ],
  };
}

/** What two runs have in common: how often a result is asked for and saved is up to time as well. */
async function findPoints(program) {
  const found = await inParallel(LIVES, async (life) => {
    const [first, second] = await Promise.all([discover(program, life), discover(program, life)]);
    const again = new Set(pointsOf(life, second).map(({ id }) => id));
    return pointsOf(life, first).filter(({ id }) => again.has(id));
  });
  return found.flat();
}

function countKinds(outcomes) {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  return kinds.map((kind) => `${outcomes.filter((one) => one.kind === kind).length} ${kind}`).join(', ');
}

function reproduce(id) {
  return `node test/faults/run.mjs --only syscalls --point "${id}"`;
}
