import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, startChild } from './child.mjs';
import { endsTheProcess, FAULTS } from './faults.mjs';
import { duplicatesIn, judge, judgeOutput } from './invariants.mjs';
import { openScene, startElsewhere } from './service.mjs';
import { LOG, RESULTS, sha256, STATE } from './witness.mjs';

/** Runs that a trial may need to end well; more means that something is wrong. */
const MOST_RUNS = 5;

/**
 * @typedef {object} Outcome
 * @property {string} id
 * @property {boolean} struck whether every fault met its request
 * @property {number} duplicates
 * @property {readonly import('./witness.mjs').Failure[]} failures
 */

/**
 * One life cycle with faults in it: a first run that meets them, runs until all is well, the judgement,
 * and a run at rest.
 * @param {import('./packed.mjs').Program} program
 * @param {import('./points.mjs').Point} point
 * @param {object} [options]
 * @param {import('./warm.mjs').Warm} [options.warm] may stand in for fresh processes
 * @param {boolean} [options.isFresh] default: no `warm` is given; a run that is to be ended always is
 * @param {boolean} [options.hasRest] default true
 * @param {Record<string, (hands: import('./faults.mjs').Hands) => object>} [options.faults] more of them
 * @param {boolean} [options.isCalm] none of those ends the process under test
 * @param {number} [options.batches] default 3
 * @param {Record<string, string>} [options.env] more variables for the process under test
 * @param {(first: import('./child.mjs').Ended, folder: string) => import('./witness.mjs').Failure[]} [options.judgeFirst]
 * @param {(scene: import('./service.mjs').Scene, ends: readonly import('./child.mjs').Ended[], start: (command: string) => Promise<import('./child.mjs').Ended>) => Promise<import('./witness.mjs').Failure[]>} [options.judgeMore]
 *   called when all has ended well
 * @returns {Promise<Outcome>}
 */
export async function runTrial(program, point, options = {}) {
  const { warm, isFresh = warm === undefined, faults = {} } = options;
  const { judgeFirst = judgeFirstRun(point), judgeMore, hasRest = true } = options;
  const rules = point.rules.map((rule) => ({ ...rule, struck: false }));
  const elsewhere = await startElsewhere();
  let child;
  const hands = {
    elsewhere: elsewhere.url,
    signal: (signal) => child.signal(signal),
    gone: () => child.ended,
    async kill() {
      child.signal('SIGKILL');
      await child.ended;
    },
  };
  /** @type {import('./child.mjs').Ended[]} */
  const ends = [];
  const scene = await openScene(program, {
    batches: options.batches,
    pageSize: point.pageSize,
    service: { listLagMs: point.listLagMs ?? 0 },
    choose(exchange) {
      const isFirstRun = ends.length === 0;
      const found = rules.find((rule) =>
        rule.isLasting
          ? isFirstRun && isFrom(rule, exchange, rules)
          : !rule.struck && isAt(rule, exchange, rules),
      );
      if (found === undefined) return undefined;
      found.struck = true;
      return { ...FAULTS, ...faults }[found.fault](hands);
    },
  });
  const { folder, emulator, proxy, witness } = scene;
  const env = environmentFor(folder, proxy.url, {
    BATCH_SUBMIT_CONCURRENCY: `${point.concurrency ?? 1}`,
    ...(point.settle === undefined ? {} : { BATCH_SUBMIT_SETTLE: point.settle }),
    ...options.env,
  });
  const startFresh = (command) =>
    (child = startChild(program.bin, command.split(' '), { folder, env })).ended;
  const stay = (command) => warm.run(command.split(' '), { folder, env });
  // What a fault still to come may end must be a process of its own.
  const isDoomed = () => rules.some(({ struck, fault }) => !struck && mayEnd(fault, options.isCalm));
  const start = (command) => (isFresh || isDoomed() ? startFresh(command) : stay(command));
  const runOnce = async (command) => {
    const end = await start(command);
    ends.push(end);
    witness.look();
    witness.lookAtResults();
    return end;
  };
  try {
    const first = await runOnce('run');
    const failures = judgeFirst(first, folder);
    if (point.tearLog) tearLog(folder);
    for (let runs = 1; ends.at(-1).code !== 0 && runs < MOST_RUNS; runs += 1) {
      if (ends.at(-1).code === 3) await runOnce('retry');
      await runOnce('run');
    }
    await proxy.settled();
    if (ends.at(-1).code === 0) {
      failures.push(...(await judge({ ...scene, ends, elsewhere: elsewhere.requests })));
      if (judgeMore !== undefined) failures.push(...(await judgeMore(scene, ends, start)));
      if (hasRest) failures.push(...(await judgeRest(folder, emulator, start)));
    } else {
      const { code, output } = ends.at(-1);
      failures.push({
        code: 'STUCK',
        what: `exit code ${code} after ${ends.length} runs: ${output.slice(-300)}`,
      });
    }
    const struck = rules.every((rule) => rule.struck);
    return { id: point.id, struck, duplicates: duplicatesIn(emulator.accepted()), failures };
  } catch (error) {
    // One trial that breaks must not take the others with it.
    return { id: point.id, struck: true, duplicates: 0, failures: [{ code: 'BROKEN', what: error.stack }] };
  } finally {
    elsewhere.close();
    await scene.close();
  }
}

/** Faults that are not in the table are signals, unless somebody says that they are calm. */
function mayEnd(fault, isCalm = false) {
  return endsTheProcess(fault) || (!isCalm && !Object.hasOwn(FAULTS, fault));
}

/** A lasting rule: every request of the endpoint from its ordinal on. */
function isFrom(rule, exchange, [first]) {
  if (rule.isNext && !first.struck) return false;
  return rule.endpoint === exchange.endpoint && exchange.ordinal >= rule.ordinal;
}

function isAt(rule, exchange, [first]) {
  if (rule.isNext) return first.struck && rule.endpoint === exchange.endpoint;
  return (
    rule.endpoint === exchange.endpoint &&
    rule.ordinal === (rule.sinceDelete ? exchange.sinceDelete : exchange.ordinal)
  );
}

/**
 * One fault that does not end the process must not cost a second run either. The exception is a result
 * that came whole and is no good: asking for it again at once would bring the same.
 */
function judgeFirstRun({ rules }) {
  return ({ code, output }) => {
    if (rules.some(({ fault }) => endsTheProcess(fault))) return [];
    const [{ endpoint, fault }] = rules;
    const isSpoilt = endpoint === 'download' && fault === 'truncated JSON after effect';
    if (rules.length > 1 || isSpoilt || code === 0) return [];
    return [{ code: 'FIRST', what: `exit code ${code} after one fault: ${output.slice(-200)}` }];
  };
}

/** What a write that a power cut interrupts leaves of the last line. */
export function tearLog(folder) {
  const path = join(folder, LOG);
  writeFileSync(path, readFileSync(path).subarray(0, -9));
}

/** I12: when everything is done, nothing is sent but questions, and no byte changes. */
export async function judgeRest(folder, emulator, restOnce) {
  const failures = await judgeStatus(folder, emulator, restOnce);
  const before = filesAtRest(folder);
  const seen = emulator.requests().length;
  for (const command of ['submit', 'download']) {
    const end = await restOnce(command);
    if (end.code !== 0) failures.push({ code: 'I12', what: `\`${command}\` at rest: exit code ${end.code}` });
    failures.push(...judgeOutput(end));
  }
  for (const { method, endpoint, path } of emulator.requests().slice(seen)) {
    if (method === 'GET' && endpoint !== 'download') continue;
    failures.push({ code: 'I12', what: `sent at rest: ${method} ${path}` });
  }
  const after = filesAtRest(folder);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(name) !== after.get(name)) {
      failures.push({ code: 'I12', what: `changed at rest: ${name}` });
    }
  }
  return failures;
}

/** I10: who only looks asks nobody and writes nothing, not even a line of the log. */
async function judgeStatus(folder, emulator, runOnce) {
  const [asked, log] = [emulator.requests().length, readFileSync(join(folder, LOG))];
  const before = filesAtRest(folder);
  const { code } = await runOnce('status');
  const after = filesAtRest(folder);
  const isChanged = [...after].some(([name, hash]) => before.get(name) !== hash);
  const isQuiet = emulator.requests().length === asked && readFileSync(join(folder, LOG)).equals(log);
  if (code === 0 && !isChanged && isQuiet) return [];
  return [{ code: 'I10', what: `\`status\` ended with ${code} and left a trace` }];
}

function filesAtRest(folder) {
  const results = readdirSync(join(folder, RESULTS)).map((name) => join(RESULTS, name));
  return new Map([STATE, ...results].map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}
