import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentFor, startChild } from '../child.mjs';
import { endsTheProcess, FAULTS } from '../faults.mjs';
import { duplicatesIn } from '../invariants.mjs';
import { inParallel } from '../pool.mjs';
import { openScene, startElsewhere } from '../service.mjs';
import { spread } from '../spread.mjs';

const SCRIPT = fileURLToPath(new URL('../naive-script.mjs', import.meta.url));
const MOST_RUNS = 5;

/**
 * The usual save-after-create script at the creates of three batches, under the same faults. It is not
 * on trial, so its duplicates are no failures; that it has none would be, for then the battery is blind.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function naive({ program, share, progress }) {
  const all = [1, 2, 3].flatMap((ordinal) => Object.keys(FAULTS).map((fault) => ({ ordinal, fault })));
  const points = spread(all, Math.max(share, 0.25));
  const outcomes = await inParallel(points, async (point) => {
    const outcome = await runScript(program, point);
    progress({ failures: [] });
    return outcome;
  });
  const duplicates = outcomes.filter((count) => count > 0).length;
  const isBlind = duplicates === 0;
  return {
    name: 'naive',
    trials: points.length,
    failures: isBlind
      ? [
          {
            what: 'the save-after-create script made no duplicate: the faults do not strike',
            reproduce: 'node test/faults/run.mjs --only naive',
          },
        ]
      : [],
    notes: [],
    duplicatesAtCreates: { points: points.length, duplicates },
  };
}

/** @returns {Promise<number>} jobs paid for without need */
async function runScript(program, { ordinal, fault }) {
  const elsewhere = await startElsewhere();
  let isStruck = false;
  let child;
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  const scene = await openScene(program, {
    choose(exchange) {
      if (isStruck || exchange.endpoint !== 'batches.create' || exchange.ordinal !== ordinal)
        return undefined;
      isStruck = true;
      return FAULTS[fault]({ kill, elsewhere: elsewhere.url });
    },
  });
  const { folder, proxy, emulator } = scene;
  try {
    const script = join(folder, '..', 'naive-script.mjs');
    await cp(SCRIPT, script);
    await symlink(join(program.root, 'node_modules'), join(folder, '..', 'node_modules'), 'junction');
    const env = environmentFor(folder, proxy.url);
    for (let runs = 0; runs < MOST_RUNS; runs += 1) {
      child = startChild(script, [], { folder, env });
      const { code } = await child.ended;
      if (code === 0) break;
      if (code === 'SIGKILL' && !endsTheProcess(fault)) throw new Error(`${fault} killed the script`);
    }
    await proxy.settled();
    return duplicatesIn(emulator.accepted());
  } finally {
    elsewhere.close();
    await scene.close();
  }
}
