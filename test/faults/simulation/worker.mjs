import { parentPort } from 'node:worker_threads';
import { loadProtocol } from './protocol.mjs';
import { runTrial } from './trial.mjs';

/**
 * One thread. Gets ranges of seeds of one variant, and answers with what failed in them.
 * @typedef {{ root: string, flags: object, from: number, to: number }} Task
 * @typedef {{ seed: number, violations: import('./world.mjs').Violation[] }} Failure
 */

/** So often a trial is run a second time, and must have the same history. No multiple of twenty: see store.mjs. */
const REPEAT_EVERY = 199;

// A stack costs more than most steps of a trial; the replay of a seed prints it.
Error.stackTraceLimit = 0;

/** @type {Map<string, Promise<import('./protocol.mjs').Protocol>>} */
const protocols = new Map();
/** @type {string[]} */
let unheard = [];
// In the program this would be its end, with a stack for a message and the lock left behind.
process.on('unhandledRejection', (reason) => unheard.push(reason?.message ?? String(reason)));

// Hearing it later comes too late; the warning about that would only hide the report.
process.on('rejectionHandled', () => undefined);

parentPort.on('message', (task) => {
  void runRange(task)
    .catch((error) => ({ error: error.stack }))
    .then((answer) => parentPort.postMessage(answer, []));
});

async function runRange({ root, flags, from, to }) {
  if (!protocols.has(root)) protocols.set(root, loadProtocol(root));
  const protocol = await protocols.get(root);
  /** @type {Failure[]} */
  const failures = [];
  const counts = {};
  for (let seed = from; seed <= to; seed += 1) {
    const result = await judged(seed, protocol, flags);
    if (seed % REPEAT_EVERY === 0) {
      const again = await judged(seed, protocol, flags);
      const text = 'the same seed gave two histories';
      if (again.fingerprint !== result.fingerprint) result.violations.push({ kind: 'not repeatable', text });
    }
    if (result.violations.length > 0) failures.push({ seed, violations: result.violations });
    for (const [what, count] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + count;
  }
  return { failures, counts };
}

async function judged(seed, protocol, flags) {
  const result = await runTrial(seed, protocol, flags);
  // Node reports a rejection that nobody hears when the microtasks of its turn are over.
  for (const text of unheard) result.violations.push({ kind: 'unheard rejection', text });
  unheard = [];
  return result;
}
