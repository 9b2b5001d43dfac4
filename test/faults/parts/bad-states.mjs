import { HARMLESS_STATES } from '../corpora/harmless-states.mjs';
import { LOG_FILES } from '../corpora/log-files.mjs';
import { mutateBytes } from '../corpora/mutated-bytes.mjs';
import { STATE_FIELDS } from '../corpora/state-fields.mjs';
import { STATE_MEANINGS } from '../corpora/state-meanings.mjs';
import { STATE_PLACES } from '../corpora/state-places.mjs';
import { STATE_TEXTS } from '../corpora/state-texts.mjs';
import { createStateBench, judgeHarmless, judgeMutated, judgeRefused } from '../corpora/state-trials.mjs';
import { refused } from '../corpora/state-tools.mjs';
import { inParallel, WIDTH } from '../pool.mjs';
import { createWarm } from '../warm.mjs';
import { spread } from '../spread.mjs';

const MUTATIONS = 3000;
/** One trial in so many that must go well is made by fresh processes only. */
const FRESH_EVERY = 20;

/** @type {readonly import('../corpora/state-tools.mjs').StateCase[]} */
const CASES = [
  ...STATE_TEXTS,
  ...STATE_FIELDS,
  ...STATE_MEANINGS,
  ...STATE_PLACES,
  ...HARMLESS_STATES,
  ...LOG_FILES,
];

/**
 * States and logs that a crash, an editor, a merge or another program spoilt. None may cost a byte of
 * what is there, and none may lead to a second payment.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function badStates({ program, nightly, share, seed, filter, progress }) {
  const isFuzz = nightly || filter?.includes('mutation') === true;
  const isRoot = process.getuid?.() === 0;
  const known = [...CASES, ...(isFuzz ? mutations(seed) : [])];
  const all = (filter === undefined ? spread(known, Math.max(share, 0.25)) : known).filter(
    ({ id }) => filter === undefined || id.includes(filter),
  );
  const chosen = all.filter(({ isRootExempt }) => !isRoot || isRootExempt !== true);
  const warm = Array.from({ length: WIDTH }, () => createWarm(program));
  const benches = warm.map((one) => createStateBench(program, one));
  const failures = (
    await inParallel(chosen, async (one, lane, index) => {
      const found = await judgeState(one, {
        program,
        bench: benches[lane],
        warm: index % FRESH_EVERY === 0 ? undefined : warm[lane],
        turn: index,
      });
      progress({ failures: found });
      return found.map(({ code, what }) => ({
        what: `${code} ${what} — ${one.id}`,
        reproduce: reproduce(one.id, seed),
      }));
    })
  ).flat();
  await Promise.all(benches.map((bench) => bench.discard()));
  await Promise.all(warm.map((one) => one.close()));
  const skipped = all.length - chosen.length;
  return {
    name: 'bad-states',
    trials: chosen.length,
    failures,
    notes: skipped === 0 ? [] : [`${skipped} cases about rights were left out: root may do everything`],
  };
}

/** For planted bugs: the cases by name, in a bench of their own. @returns {Promise<readonly string[]>} codes */
export async function badStateCodes(program, ids) {
  const warm = createWarm(program);
  const bench = createStateBench(program, warm);
  try {
    const codes = [];
    for (const id of ids) {
      const one = CASES.find((candidate) => candidate.id === id);
      if (one === undefined) throw new Error(`no bad state is called "${id}"`);
      codes.push(...(await judgeState(one, { program, bench, warm, turn: 0 })).map(({ code }) => code));
    }
    return codes;
  } finally {
    await bench.discard();
    await warm.close();
  }
}

async function judgeState(one, { program, bench, warm, turn }) {
  try {
    if (one.isMutated) return await judgeMutated(bench, one);
    if (one.refused === undefined) return await judgeHarmless(program, warm, one);
    return await judgeRefused(bench, one, turn);
  } catch (error) {
    await bench.discard();
    return [{ code: 'BROKEN', what: error.stack }];
  }
}

function mutations(seed) {
  return Array.from({ length: MUTATIONS }, (_, index) => ({
    ...refused(`mutation ${index + 1}`, ({ state }) => mutateBytes(state, seed * 7919 + index)),
    isMutated: true,
  }));
}

function reproduce(id, seed) {
  return `node test/faults/run.mjs --only bad-states --seed ${seed} --point "${id}"`;
}
