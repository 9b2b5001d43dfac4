import { cancelAnswers, runCancelTrial } from '../corpora/hostile-cancels.mjs';
import { hostilePoints } from '../corpora/hostile-points.mjs';
import { judgeScreen } from '../corpora/screen.mjs';
import { inParallel } from '../pool.mjs';
import { runTrial } from '../trial.mjs';
import { createWarm } from '../warm.mjs';
import { isAtCreate, spread } from '../spread.mjs';

/** A good part of a trial is waiting for a settle time, so more of them fit beside each other than elsewhere. */
const WIDTH = 8;
/** One trial in so many is made by fresh processes only. */
const FRESH_EVERY = 40;

/**
 * Every call of a life cycle meets answers that no honest service gives.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function hostileAnswers({ program, nightly, share, seed, filter, progress }) {
  const all = [...hostilePoints({ nightly, seed, filter }), ...cancelAnswers()];
  const chosen = (filter === undefined ? spread(all, Math.max(share, 0.25), isAtCreate) : all).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const outcomes = await inParallel(
    chosen,
    async (point, lane, index) => {
      const isFresh = index % FRESH_EVERY === 0;
      const outcome = await runHostileTrial(program, point, { warm: warm[lane], isFresh });
      progress(outcome);
      return outcome;
    },
    WIDTH,
  );
  await Promise.all(warm.map((one) => one.close()));
  return {
    name: 'hostile-answers',
    trials: outcomes.length,
    failures: outcomes.flatMap(({ id, struck, failures }) =>
      [...failures, ...(struck ? [] : [{ code: 'AIM', what: 'the request did not come' }])].map(
        ({ code, what }) => ({ what: `${code} ${what} — ${id}`, reproduce: reproduce(id, seed) }),
      ),
    ),
    notes: [],
  };
}

/** For planted bugs: the points by name. @returns {Promise<readonly string[]>} codes */
export async function hostileCodes(program, ids) {
  const codes = [];
  for (const id of ids) {
    const point = hostilePoints({ nightly: false, seed: 1, filter: id }).find((one) => one.id === id);
    if (point === undefined) throw new Error(`no hostile answer is called "${id}"`);
    const { failures } = await runHostileTrial(program, point, { isFresh: true });
    codes.push(...failures.map(({ code }) => code));
  }
  return codes;
}

/**
 * @param {import('../packed.mjs').Program} program
 * @param {import('../corpora/hostile-points.mjs').HostilePoint | import('../corpora/hostile-cancels.mjs').CancelPoint} point
 * @param {{ warm?: import('../warm.mjs').Warm, isFresh?: boolean }} [options]
 * @returns {Promise<import('../trial.mjs').Outcome>}
 */
export async function runHostileTrial(program, point, { warm, isFresh } = {}) {
  if ('cancel' in point) return await runCancelTrial(program, point, isFresh ? undefined : warm);
  const isLasting = point.rules.some((rule) => rule.isLasting);
  const outcome = await runTrial(program, point, {
    warm,
    isFresh,
    faults: point.faults,
    isCalm: true,
    hasRest: false,
    batches: point.batches,
    env: {
      // Nothing here comes late, so a lost create needs no more than a look.
      BATCH_SUBMIT_SETTLE: '150ms',
      BATCH_SUBMIT_POLL: '30ms',
      BATCH_SUBMIT_RETRY_DELAY: '5ms',
      ...(isLasting && { BATCH_SUBMIT_TIMEOUT: '300ms' }),
    },
    judgeFirst: (first) => [...judgeScreen(first), ...judgeEnd(first, point)],
    async judgeMore(_scene, ends, start) {
      const last = await start('status --list');
      return [...ends.slice(1), last].flatMap((end) => judgeScreen(end));
    },
  });
  const failures = outcome.failures.filter(({ code }) => code !== 'I6' || !point.hasCopies);
  return { ...outcome, failures };
}

function judgeEnd({ code, output }, { ends }) {
  if (ends === undefined || ends.includes(code)) return [];
  return [{ code: 'FIRST', what: `exit code ${code}, not ${ends.join(' or ')}: ${output.slice(-300)}` }];
}

function reproduce(id, seed) {
  return `node test/faults/run.mjs --only hostile-answers --seed ${seed} --point "${id}"`;
}
