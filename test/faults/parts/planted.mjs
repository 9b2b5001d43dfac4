import { plantBug } from '../packed.mjs';
import { CORPUS_BUGS } from '../planted/corpus-bugs.mjs';
import { CREATE_BUGS } from '../planted/create-bugs.mjs';
import { FILE_BUGS } from '../planted/file-bugs.mjs';
import { SYSCALL_BUGS } from '../planted/syscall-bugs.mjs';
import { inParallel } from '../pool.mjs';
import { problemWithTracing } from '../syscalls/strace.mjs';
import { runSyscallTrial } from '../syscalls/trial.mjs';
import { runTrial } from '../trial.mjs';
import { badInputCodes } from './bad-inputs.mjs';
import { badStateCodes } from './bad-states.mjs';
import { hostileCodes } from './hostile-answers.mjs';
import { twoRounds } from './locks.mjs';
import { runSignalTrial } from './signals.mjs';

/**
 * The battery against programs with one known fault each. A bug that is not noticed means that the
 * battery is blind at this place; one whose text is not found any more must be brought up to date.
 * @param {import('../run.mjs').Battery} battery
 * @returns {Promise<import('../run.mjs').PartResult>}
 */
export async function planted({ program, filter, progress }) {
  const untraced = problemWithTracing();
  const traced = untraced === undefined ? SYSCALL_BUGS : [];
  const bugs = [...CREATE_BUGS, ...FILE_BUGS, ...CORPUS_BUGS, ...traced].filter(
    ({ name }) => filter === undefined || name.includes(filter),
  );
  const failures = (
    await inParallel(bugs, async (bug) => {
      const problem = await problemWith(program, bug);
      progress({ failures: problem === undefined ? [] : [problem] });
      return problem === undefined
        ? []
        : [{ what: problem, reproduce: `node test/faults/run.mjs --only planted --point "${bug.name}"` }];
    })
  ).flat();
  return {
    name: 'planted',
    trials: bugs.length,
    failures,
    notes: [
      `${bugs.length - failures.length} of ${bugs.length} planted bugs were noticed`,
      ...(untraced === undefined ? [] : [`SKIPPED: ${SYSCALL_BUGS.length} more of them: ${untraced}`]),
    ],
  };
}

/**
 * @param {import('../packed.mjs').Program} program
 * @param {import('../planted/helpers.mjs').Bug} bug
 * @returns {Promise<string | undefined>} undefined when the bug was noticed for the right reason
 */
async function problemWith(program, bug) {
  let mutant;
  try {
    mutant = await plantBug(program, bug);
  } catch (error) {
    return `"${bug.name}": ${error.message}`;
  }
  try {
    const seen = new Set();
    for (const attempt of attemptsOf(bug)) {
      for (const code of await attempt(mutant)) seen.add(code);
      if (bug.expects.some((code) => seen.has(code))) return undefined;
    }
    const others = seen.size === 0 ? 'nothing' : `only ${[...seen].join(', ')}`;
    return `not noticed: "${bug.name}" (expected ${bug.expects.join(' or ')}, saw ${others})`;
  } finally {
    await mutant.remove();
  }
}

/** Faults that only planted bugs need. */
const MORE_FAULTS = {
  nothing: () => ({}),
  'commit after 2700 ms': () => ({ before: (exchange) => exchange.commitLater(2700) }),
};

const CORPORA = {
  'bad-states': badStateCodes,
  'bad-inputs': badInputCodes,
  'hostile-answers': hostileCodes,
};

/** @returns {readonly ((mutant: import('../packed.mjs').Program) => Promise<readonly string[]>)[]} */
function attemptsOf({ by, hasRest }) {
  if (by === 'lock rounds') {
    return [1, 2].map(() => async (mutant) => ((await twoRounds(mutant)).length > 0 ? ['LOCK'] : []));
  }
  if (by === 'signals') {
    return ['batches.create', 'batches.get', 'upload.start'].map((endpoint) => async (mutant) => {
      const { failures } = await runSignalTrial(mutant, {
        signal: 'SIGTERM',
        endpoint,
        ordinal: 2,
        times: 1,
      });
      return failures.map(({ code }) => code);
    });
  }
  if ('corpus' in by) return by.cases.map((id) => (mutant) => CORPORA[by.corpus](mutant, [id]));
  if ('calls' in by) {
    return by.calls.map((point) => async (mutant) => {
      const { failures } = await runSyscallTrial(mutant, point);
      return failures.map(({ code }) => code);
    });
  }
  return by.map((point) => async (mutant) => {
    const { failures } = await runTrial(mutant, point, {
      faults: MORE_FAULTS,
      hasRest: hasRest === true,
    });
    return failures.map(({ code }) => code);
  });
}
