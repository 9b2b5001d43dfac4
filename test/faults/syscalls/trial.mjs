import { statSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, startChild } from '../child.mjs';
import { judge } from '../invariants.mjs';
import { openScene } from '../service.mjs';
import { judgeRest, tearLog } from '../trial.mjs';
import { readCalls, TRACE_ALL } from './calls.mjs';
import { judgeFirstRun } from './first-run.mjs';
import { STATE } from '../witness.mjs';
import { hasStruck, optionsFor, PID, startTraced, temporaryNameOf } from './strace.mjs';

/** Runs that a trial may need to end well; more means that something is wrong. */
const MOST_RUNS = 5;
/** Stands for the process number of the run before. */
const EARLIER = '<earlier pid>';
/** In the middle of the submissions, and with a temporary file, a lock and a torn log left behind. */
const KILLED_AT = {
  syscall: 'rename',
  path: temporaryNameOf(STATE),
  nth: 12,
  kind: 'kill',
};

/** `fresh` is the first run in a folder, `resumed` the one after a kill. */
export const LIVES = ['fresh', 'resumed'];

/**
 * @param {import('../packed.mjs').Program} program
 * @param {string} life
 * @returns {Promise<readonly import('./calls.mjs').Call[]>} what a run without a fault asks of the folder
 */
export async function discover(program, life) {
  const stage = await openStage(program, life);
  try {
    const { pid, ended } = stage.startTraced(TRACE_ALL);
    const { code, output } = await ended;
    if (code !== 0) throw new Error(`a run without a fault ended with exit code ${code}:\n${output}`);
    return readCalls(stage.trace, stage.folder, { [PID]: pid, [EARLIER]: stage.earlierPid });
  } finally {
    await stage.scene.close();
  }
}

/**
 * One run that meets the fault, runs until all is well, the judgement, and a run at rest.
 * @param {import('../packed.mjs').Program} program
 * @param {import('./points.mjs').Point} point
 * @param {object} [options]
 * @param {import('../warm.mjs').Warm} [options.warm] may stand in for fresh processes
 * @returns {Promise<import('../trial.mjs').Outcome>}
 */
export async function runSyscallTrial(program, point, { warm } = {}) {
  const { id, kind } = point;
  const stage = await openStage(program, point.life);
  const { scene, folder, env, ends, see } = stage;
  const start = (command) =>
    warm === undefined
      ? startChild(program.bin, [command], { folder, env }).ended
      : warm.run([command], { folder, env });
  try {
    const aim = { ...point, path: point.path.replace(EARLIER, String(stage.earlierPid)) };
    const madeBefore = new Set(scene.emulator.accepted().jobs.map(({ name }) => name));
    const first = await stage.startTraced(optionsFor(aim, folder)).ended;
    see(first);
    if (!hasStruck(stage.trace, aim, first)) return { id, struck: false, duplicates: 0, failures: [] };
    const failures = kind === 'kill' ? [] : judgeFirstRun(point, first, { ...scene, madeBefore });
    for (let runs = 0; runs === 0 || (ends.at(-1).code !== 0 && runs < MOST_RUNS); runs += 1) {
      if (ends.at(-1).code === 3) see(await start('retry'));
      see(await start('run'));
    }
    const { code, output } = ends.at(-1);
    if (code === 0) {
      const judged = await judge({ ...scene, ends, elsewhere: [] });
      failures.push(...judged.filter((one) => !isUnsignedLock(folder, one)));
      failures.push(...(await judgeRest(folder, scene.emulator, start)));
    } else {
      const what = `exit code ${code} after ${ends.length} runs: ${output.slice(-300)}`;
      failures.push({ code: 'STUCK', what });
    }
    return { id, struck: true, duplicates: 0, failures };
  } catch (error) {
    // One trial that breaks must not take the others with it.
    return { id, struck: true, duplicates: 0, failures: [{ code: 'BROKEN', what: error.stack }] };
  } finally {
    await scene.close();
  }
}

/**
 * A lock file under its temporary name that was never written to says of nobody that he is gone. It
 * may be another host's, about to be written, so it is left alone for an hour.
 */
function isUnsignedLock(folder, { code, what }) {
  const name = /^left behind: (\..*\.lock\.\d+\.[0-9a-f]{16}\.tmp)$/.exec(what)?.[1];
  return code === 'I13' && name !== undefined && statSync(join(folder, name)).size === 0;
}

/** A folder in which the life can begin. */
async function openStage(program, life) {
  const scene = await openScene(program, {});
  const { folder, witness } = scene;
  const trace = join(folder, '..', 'trace');
  const env = environmentFor(folder, scene.proxy.url, { BATCH_SUBMIT_CONCURRENCY: '1' });
  /** @type {import('../child.mjs').Ended[]} */
  const ends = [];
  const see = (end) => {
    ends.push(end);
    witness.look();
    witness.lookAtResults();
  };
  const startHere = (options) => startTraced(program, ['run'], { folder, env, trace, options });
  let earlierPid;
  if (life === 'resumed') {
    const { pid, ended } = startHere(optionsFor(KILLED_AT, folder));
    see(await ended);
    tearLog(folder);
    earlierPid = pid;
  }
  return { scene, folder, env, trace, ends, see, earlierPid, startTraced: startHere };
}
