import { createDisk } from './disk.mjs';
import { createLife } from './life.mjs';
import { createOracle } from './oracle.mjs';
import { createReader, runLife } from './process.mjs';
import { createService } from './service.mjs';
import { drawSetup } from './setup.mjs';
import { createWorld } from './world.mjs';

/** So many quiet lives must be enough to bring every batch to its job. */
const QUIET_LIVES = 6;
const DAY_MS = 86_400_000;

/**
 * One history, from an empty folder to the last batch's job, decided by the seed alone: some lives with
 * faults and deaths, then quiet ones until everything is submitted, then one that must have nothing
 * left to do.
 *
 * @param {number} seed
 * @param {import('./protocol.mjs').Protocol} protocol
 * @param {import('./setup.mjs').WorldFlags} flags
 * @param {(line: string) => void} [print] gets the trace
 */
export async function runTrial(seed, protocol, flags, print) {
  const world = createWorld(seed, print);
  const setup = drawSetup(world, flags);
  const disk = createDisk(world, { syncsFolder: !flags.skipsFolderSync });
  const oracle = createOracle(world, setup, disk, createReader(protocol));
  const service = createService(world, setup, oracle);
  const needsLeanStore = flags.ignoresIntent || flags.savesNameLate || flags.savesStale;
  const trial = {
    world,
    setup,
    disk,
    oracle,
    service,
    protocol,
    hasRealStore: seed % 20 === 0 && !needsLeanStore,
  };
  disk.onVisible = (content) => oracle.onVisible(content);
  world.trace(() => `setup ${JSON.stringify({ ...setup, foreignJobs: setup.foreignJobs })}`);
  addForeignJobs(trial);

  for (let number = 1; number <= setup.faultyLives; number += 1) {
    const command = number === 1 ? world.pick(['submit', 'run']) : drawCommand(world);
    await runLife(trial, createLife(world, faultyPlan(trial), `life ${number}`), command);
    if (world.chance(0.05)) editAnInput(trial);
    await world.pass(world.chance(0.03) ? 2 * DAY_MS + 60_000 : world.int(1, 4000));
  }
  for (let number = 1; number <= QUIET_LIVES && (number === 1 || !isAllSubmitted(trial)); number += 1) {
    const command = number % 2 === 0 ? 'retry' : 'submit';
    await runLife(trial, createLife(world, quietPlan(trial), `quiet life ${number}`), command);
  }
  await world.pass(setup.delayMs + setup.lagMs + setup.hangMs);
  service.creates.releaseAll();
  oracle.onEnd(service.ledger);
  await runLife(trial, createLife(world, { ...quietPlan(trial), isAtRest: true }, 'life at rest'), 'submit');
  await runLife(
    trial,
    createLife(world, { ...quietPlan(trial), isAtRest: true }, 'status at rest'),
    'status',
  );
  return { violations: world.violations, counts: world.counts, fingerprint: world.fingerprint };
}

function drawCommand(world) {
  return world.pick(['submit', 'submit', 'run', 'retry', 'retry', 'status']);
}

function faultyPlan({ world, setup }) {
  // The call of death is drawn at once: it is the same as a small chance at every call.
  const diesAtCall = 1 + Math.floor(Math.log(1 - world.next()) / Math.log(1 - setup.crashRate));
  return {
    diesAtCall,
    isPowerCut: world.chance(0.5),
    clockJumpMs: setup.setsClock ? DAY_MS : 0,
    hasServiceTime: world.chance(0.8),
    faultRate: setup.faultRate,
    diskFaultRate: world.chance(0.1) ? 0.03 : 0,
    interruptAfterMs: world.chance(0.1) ? world.int(1, 2000) : Number.POSITIVE_INFINITY,
    listIsDownFrom: world.chance(0.1) ? world.int(1, 4) : Number.POSITIVE_INFINITY,
    onAmbiguous: world.chance(0.1) ? 'quarantine' : 'wait',
  };
}

function quietPlan({ world, setup }) {
  return {
    clockJumpMs: setup.setsClock ? DAY_MS : 0,
    hasServiceTime: world.chance(0.8),
    diesAtCall: Number.POSITIVE_INFINITY,
    isPowerCut: false,
    faultRate: 0,
    diskFaultRate: 0,
    interruptAfterMs: Number.POSITIVE_INFINITY,
    listIsDownFrom: Number.POSITIVE_INFINITY,
    onAmbiguous: 'wait',
  };
}

/** Jobs of other programs and of another state of ours, which look as much like ours as they can. */
function addForeignJobs({ world, setup, service }) {
  for (let count = 0; count < setup.foreignJobs; count += 1) {
    const batch = world.pick(setup.batches);
    const displayName = world.pick([
      `bs1/zzzzzzzz/${batch}/${batch.toString(16).repeat(16)}/a1`,
      `refinement_batch_${String(batch).padStart(3, '0')}`,
      undefined,
    ]);
    const fileName = `files/bs1-zzzzzzzz-0000${batch}-${batch.toString(16).repeat(12)}-a1`;
    service.ledger.add({ displayName, model: setup.options.model, fileName, batch: undefined });
  }
}

function editAnInput({ world, setup }) {
  const batch = world.pick(setup.batches);
  setup.edits.set(batch, (setup.edits.get(batch) ?? 0) + 1);
  world.count('inputs edited');
  world.trace(() => `the input of batch ${batch} is edited`);
}

function isAllSubmitted({ disk, setup, protocol }) {
  const state = createReader(protocol)(disk.visible);
  return setup.batches.every((batch) => state?.batches.get(batch)?.job !== undefined);
}
