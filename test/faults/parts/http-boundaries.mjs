import { inParallel, WIDTH } from '../pool.mjs';
import { httpPoints } from '../points.mjs';
import { isAtCreate, spread } from '../spread.mjs';
import { runTrial } from '../trial.mjs';
import { createWarm } from '../warm.mjs';
import { openScene } from '../service.mjs';
import { environmentFor, startChild } from '../child.mjs';

/**
 * A run that is killed is always a process of its own. One trial in so many has nothing but those; the
 * other runs of the rest are made by processes that stay.
 */
const FRESH_EVERY = 10;
/** Points that time may take away (a look-up more or less) before the part says that it lost its aim. */
const MOST_MISSED = 0.03;

/**
 * Every request of a whole life cycle, and every request that recovery adds, with every fault.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function httpBoundaries({ program, nightly, share, filter, progress }) {
  const clean = await countRequests(program);
  const all = httpPoints(clean, nightly);
  const points =
    filter === undefined ? spread(all, share, isAtCreate) : all.filter(({ id }) => id.includes(filter));
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const outcomes = await inParallel(points, async (point, lane, index) => {
    const outcome = await runTrial(program, point, {
      warm: warm[lane],
      isFresh: nightly || index % FRESH_EVERY === 0,
    });
    progress(outcome);
    return outcome;
  });
  await Promise.all(warm.map((one) => one.close()));

  const struck = outcomes.filter((outcome) => outcome.struck);
  const missed = outcomes.filter((outcome) => !outcome.struck);
  const failures = outcomes.flatMap(({ id, failures: found }) =>
    found.map(({ code, what }) => ({ what: `${code} ${what} — ${id}`, reproduce: reproduce(id) })),
  );
  if (missed.length > points.length * MOST_MISSED) {
    const ids = missed.map(({ id }) => id).join('; ');
    failures.push({ what: `${missed.length} faults met no request: ${ids}`, reproduce: reproduce('') });
  }
  const requests = [...clean.values()].reduce((sum, count) => sum + count, 0);
  return {
    name: 'http-boundaries',
    trials: struck.length,
    failures,
    notes: [
      `a clean life cycle of 3 batches has ${requests} requests`,
      ...missed.map(({ id }) => `not counted, its request did not come: ${id}`),
    ],
    duplicatesAtCreates: duplicatesAtCreates(struck),
  };
}

/** For the comparison with the naive script: the same faults at the same creates. */
function duplicatesAtCreates(outcomes) {
  const atCreates = outcomes.filter(({ id }) => /^(?:clean|delayed create) \/ batches\.create /.test(id));
  return {
    points: atCreates.length,
    duplicates: atCreates.filter(({ duplicates }) => duplicates > 0).length,
  };
}

/** @returns {Promise<Map<string, number>>} requests of a clean life cycle, by endpoint */
async function countRequests(program) {
  const scene = await openScene(program, {});
  try {
    const env = environmentFor(scene.folder, scene.proxy.url, { BATCH_SUBMIT_CONCURRENCY: '1' });
    const { code, output } = await startChild(program.bin, ['run'], { folder: scene.folder, env }).ended;
    if (code !== 0) throw new Error(`a run without a fault ended with exit code ${code}:\n${output}`);
    return new Map(scene.proxy.counts);
  } finally {
    await scene.close();
  }
}

function reproduce(id) {
  return `node test/faults/run.mjs --only http-boundaries --point "${id}"`;
}
