import { setTimeout as delay } from 'node:timers/promises';
import { environmentFor, startChild } from '../child.mjs';
import { judge } from '../invariants.mjs';
import { inParallel, randomFrom } from '../pool.mjs';
import { openScene } from '../service.mjs';

const MOST_RUNS = 5;
const SHORTEST_MS = 10;
const LONGEST_MS = 400;

/**
 * Kill -9 at seeded random times, again and again, until the service has seen it all.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function randomKills({ program, nightly, share, seed, progress }) {
  const batches = 204;
  const wanted = nightly ? 2000 : 100 * Math.max(share, 0.25);
  const budget = { kills: 0, wanted };
  const outcomes = [];
  // Each lane begins a new job until the kills are used up.
  await inParallel([0, 1], async (lane) => {
    for (let round = 0; budget.kills < wanted; round += 1) {
      const outcome = await killAgainAndAgain(program, {
        batches,
        budget,
        random: randomFrom(seed * 1009 + lane * 101 + round),
      });
      progress(outcome);
      outcomes.push(outcome);
    }
  });
  return {
    name: 'random-kills',
    trials: budget.kills,
    failures: outcomes.flatMap(({ failures }) =>
      failures.map(({ code, what }) => ({
        what: `${code} ${what}`,
        reproduce: `node test/faults/run.mjs --only random-kills --seed ${seed}${nightly ? ' --nightly' : ''}`,
      })),
    ),
    notes: [`${budget.kills} kills over ${outcomes.length} jobs of ${batches} batches`],
  };
}

/** One job: `run`, killed `SHORTEST_MS` to `LONGEST_MS` after its first request, until one run is left alone. */
async function killAgainAndAgain(program, { batches, budget, random }) {
  let onRequest;
  const scene = await openScene(program, {
    batches,
    // Answers take a while, so that a kill finds some of every step under way.
    service: { latencyMs: 15 },
    choose: () => void onRequest?.(),
  });
  const { folder, proxy, witness } = scene;
  const env = environmentFor(folder, proxy.url, { BATCH_SUBMIT_CONCURRENCY: '4' });
  const ends = [];
  const runOnce = async (isKilled) => {
    const ms = SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS);
    const child = startChild(program.bin, ['run'], { folder, env });
    const first = new Promise((resolve) => (onRequest = resolve));
    if (isKilled) {
      await Promise.race([first, child.ended]);
      await Promise.race([delay(ms), child.ended]);
      if (!child.isOver()) budget.kills += 1;
      child.signal('SIGKILL');
    }
    ends.push(await child.ended);
    witness.look();
    witness.lookAtResults();
  };
  try {
    while (budget.kills < budget.wanted && ends.at(-1)?.code !== 0) await runOnce(true);
    for (let runs = 0; runs < MOST_RUNS && ends.at(-1)?.code !== 0; runs += 1) await runOnce(false);
    const { code, output } = ends.at(-1);
    if (code !== 0)
      return { failures: [{ code: 'STUCK', what: `exit code ${code}: ${output.slice(-300)}` }] };
    return { failures: await judge({ ...scene, ends, elsewhere: [] }) };
  } finally {
    await scene.close();
  }
}
