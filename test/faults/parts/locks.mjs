import { setTimeout as delay } from 'node:timers/promises';
import { environmentFor, startChild } from '../child.mjs';
import { duplicatesIn, judgeOutput } from '../invariants.mjs';
import { inParallel } from '../pool.mjs';
import { openScene } from '../service.mjs';

const LOCKED = 11;
const CONTENDERS = 8;
const RESTARTS = 5;
const MOST_RESTART_MS = 1000;
const STOPPED_MS = 12_000;
/** Longest time for eight processes to make up their minds, on a slow machine. */
const PATIENCE_MS = 30_000;

/**
 * Many processes want one state; a holder is killed; a holder is stopped for a while.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function locks({ program, nightly, share, progress }) {
  const restarts = await restartAfterKill(program);
  // Most of it is waiting, so the rounds go on beside it.
  const stopped = stopTheHolder(program);
  const pairs = Array.from({ length: nightly ? 500 : 20 * Math.max(share, 0.25) }, (_, index) => index);
  const rounds = await inParallel(
    pairs,
    async () => {
      const failures = await twoRounds(program);
      progress({ failures });
      return failures;
    },
    2,
  );
  const failures = [...restarts.failures, ...rounds.flat(), ...(await stopped)];
  return {
    name: 'locks',
    trials: 2 * pairs.length + RESTARTS + 1,
    failures: failures.map((what) => ({ what, reproduce: 'node test/faults/run.mjs --only locks' })),
    notes: [restarts.note],
  };
}

/**
 * A service whose first answer, to the question for the model, is held back: who asks it has the lock.
 * @returns {Promise<import('../service.mjs').Scene & { arrivals: number[], release: () => void }>}
 */
async function openHeldScene(program) {
  const arrivals = [];
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const scene = await openScene(program, {
    batches: 1,
    choose: ({ endpoint }) =>
      endpoint === 'models.get'
        ? {
            before: async () => {
              arrivals.push(performance.now());
              await released;
            },
          }
        : undefined,
  });
  return Object.assign(scene, { arrivals, release });
}

function startSubmit(program, { folder, proxy }) {
  return startChild(program.bin, ['submit'], { folder, env: environmentFor(folder, proxy.url) });
}

/** The holder is killed, and the next run starts at once. */
async function restartAfterKill(program) {
  const ordinary = [];
  const times = [];
  for (let round = 0; round < RESTARTS; round += 1) {
    const scene = await openHeldScene(program);
    const openedMs = performance.now();
    const first = startSubmit(program, scene);
    await until(() => scene.arrivals.length === 1);
    ordinary.push(scene.arrivals[0] - openedMs);
    first.signal('SIGKILL');
    await first.ended;
    const startedMs = performance.now();
    const second = startSubmit(program, scene);
    const isWorking = await until(() => scene.arrivals.length === 2 || second.isOver());
    times.push(isWorking && !second.isOver() ? scene.arrivals[1] - startedMs : Number.POSITIVE_INFINITY);
    scene.release();
    await second.ended;
    await scene.close();
  }
  const [after, usual] = [median(times), median(ordinary)];
  // On a machine that needs so long for any start, only what the dead holder adds can be judged.
  const isFast = after < MOST_RESTART_MS || (usual > MOST_RESTART_MS / 2 && after < usual * 1.5);
  return {
    note: `after kill -9 the next run sends its first request after ${after} ms, an ordinary run after ${usual} ms (medians of ${RESTARTS})`,
    failures: isFast
      ? []
      : [`after kill -9 the next run needs ${after} ms to its first request, not ${usual} ms`],
  };
}

function median(values) {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]);
}

/** One round that ends with the death of the holder, and one over what it left behind. */
export async function twoRounds(program) {
  const scene = await openHeldScene(program);
  try {
    const failures = [];
    for (const isLast of [false, true]) {
      const already = scene.arrivals.length;
      const children = Array.from({ length: CONTENDERS }, () => startSubmit(program, scene));
      const isDecided = () => {
        const over = children.filter((child) => child.isOver()).length;
        const began = scene.arrivals.length - already;
        return began > 1 || over === CONTENDERS || (over === CONTENDERS - 1 && began === 1);
      };
      await until(isDecided);
      const holders = children.filter((child) => !child.isOver());
      const live = scene.arrivals.length - already;
      if (holders.length !== 1 || live !== 1) {
        failures.push(
          `${holders.length} of ${CONTENDERS} processes went on and ${live} of them began to work`,
        );
      }
      if (isLast) scene.release();
      else for (const holder of holders) holder.signal('SIGKILL');
      const ends = await Promise.all(children.map(({ ended }) => ended));
      const expected = isLast ? 0 : 'SIGKILL';
      const others = ends.filter(({ code }) => code !== LOCKED);
      if (others.length !== 1 || others[0].code !== expected) {
        failures.push(
          `exit codes ${ends.map(({ code }) => code).join(', ')}: not one ${expected} and the rest ${LOCKED}`,
        );
      }
      failures.push(...ends.flatMap(judgeOutput).map(({ code, what }) => `${code} ${what}`));
    }
    const accepted = scene.emulator.accepted();
    if (accepted.jobs.length !== 1 || duplicatesIn(accepted) > 0) {
      failures.push(`${accepted.jobs.length} jobs were accepted for one batch`);
    }
    return failures;
  } finally {
    scene.release();
    await scene.close();
  }
}

/** SIGSTOP is what a closed lid looks like: the lock stays, and after SIGCONT the run ends well. */
async function stopTheHolder(program) {
  const scene = await openHeldScene(program);
  try {
    const failures = [];
    const holder = startSubmit(program, scene);
    await until(() => scene.arrivals.length === 1);
    holder.signal('SIGSTOP');
    const stoppedMs = performance.now();
    for (const at of [0, STOPPED_MS / 2, STOPPED_MS - 1000]) {
      await delay(Math.max(0, stoppedMs + at - performance.now()));
      const { code } = await startSubmit(program, scene).ended;
      if (code !== LOCKED)
        failures.push(`beside a stopped holder (${at} ms) a second run ended with ${code}`);
    }
    await delay(Math.max(0, stoppedMs + STOPPED_MS - performance.now()));
    holder.signal('SIGCONT');
    scene.release();
    const { code } = await holder.ended;
    const { jobs } = scene.emulator.accepted();
    if (code !== 0 || jobs.length !== 1)
      failures.push(`after SIGCONT: exit code ${code}, ${jobs.length} jobs`);
    return failures;
  } finally {
    scene.release();
    await scene.close();
  }
}

async function until(isTrue) {
  const lastMs = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > lastMs) return false;
    await delay(2);
  }
  return true;
}
