import { cleanForeignText } from '../../config/clean-foreign-text.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { PlannedBatch } from '../../model/plan.ts';
import { sumRequests } from '../../model/request-counts.ts';
import { runCanary, type CanaryOutcome } from '../../run/canary.ts';
import type { RunAllOptions, RunAllOutcome } from '../../run/run-all.ts';
import { confirm } from '../confirm.ts';
import type { Desk } from '../desk.ts';
import { countFlag, hasFlag, type Invocation } from '../invocation.ts';
import type { Session } from '../session.ts';
import { reportOn } from './conclude.ts';
import { failedCanary } from './failed-canary.ts';
import { plural } from './run-summary.ts';

/** What became of the canary, for the command that goes on with the rest or does not. */
export interface CanaryVerdict {
  readonly run: RunAllOutcome;
  readonly goesOn: boolean;
}

/**
 * How many batches `--canary [n]` sends first; `undefined` without the flag.
 * @throws {BatchSubmitError} `E_USAGE` for a number that may have been meant as a range, and where nobody
 *   can be asked whether to go on
 */
export function canarySize(invocation: Invocation): number | undefined {
  const { flags, io, operands } = invocation;
  if (flags['canary'] === undefined) return undefined;
  const [first] = operands;
  const at = io.argv.indexOf('--canary');
  if (flags['canary'] !== true && at >= 0 && first !== undefined && io.argv.indexOf(first, at) > at) {
    const range = operands.join(' ');
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot tell whether the ${String(flags['canary'])} after --canary is a number of batches or a part of the range`,
      { hint: `write \`--canary=${String(flags['canary'])} ${range}\`, or put --canary last` },
    );
  }
  const isAsked = io.stdin.isTTY === true && io.stderr.isTTY === true && !hasFlag(invocation, 'no-input');
  if (!isAsked && !hasFlag(invocation, 'yes')) {
    throw new BatchSubmitError(
      'E_USAGE',
      'Cannot run a canary: nobody can be asked whether to go on after it',
      {
        hint: 'pass `--yes` to go on by itself when the canary passes',
      },
    );
  }
  return flags['canary'] === true ? 1 : countFlag(invocation, 'canary');
}

/**
 * Sends the canary and shows what came of it.
 * @param planned the canary, and what sends rows of it again
 * @param rest how many batches there are left to submit after it
 * @throws {BatchSubmitError} `E_CANARY` when it did not pass, and what stopped it, if something did
 */
export async function tryCanary(
  desk: Desk,
  session: Session,
  planned: readonly PlannedBatch[],
  rest: number,
  options: RunAllOptions,
): Promise<CanaryVerdict> {
  const outcome = await runCanary(session, planned, options);
  const { run, batches, reconciliation, hasPassed } = outcome;
  if (run.stoppedBy !== undefined) throw run.stoppedBy;
  const { planned: requests, answered } = sumRequests(reconciliation.batches);
  const spent = await describeSpent(desk, session, planned);
  desk.emit({ event: 'canary', batches, requests, answered, passed: hasPassed, spent });
  if (!hasPassed) throw failedCanary(session.store.current(), planned, outcome, spent, rest);
  showAnswers(desk, outcome);
  desk.printer.note(
    `Canary passed: ${answered} of ${plural(requests, 'request', 'requests')} answered; ${spent}`,
  );
  const question = `Submit the other ${plural(rest, 'batch', 'batches')}?`;
  if (!hasFlag(desk.invocation, 'yes')) desk.printer.close();
  const goesOn = hasFlag(desk.invocation, 'yes') || (await confirm(desk.invocation, question));
  if (goesOn) desk.printer.showProgress();
  else desk.printer.note('The rest was not submitted.');
  return { run, goesOn };
}

/** Answers are shown, never logged: they are the user's. */
function showAnswers({ printer }: Desk, { answers }: CanaryOutcome): void {
  const LONGEST = 600;
  for (const { batch, line, key, text } of answers) {
    const where = [
      `batch ${batch}`,
      line === null ? undefined : `line ${line}`,
      key === undefined ? undefined : `key ${cleanForeignText(key)}`,
    ];
    const clean = cleanForeignText(text);
    const cut = clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
    printer.note(
      `\nAnswer to ${where.filter((part) => part !== undefined).join(', ')}:\n${cut.replaceAll(/^/gm, '  ')}`,
    );
  }
  printer.note('');
}

/** Of these batches alone: the report of a state that holds no other. */
async function describeSpent(
  desk: Desk,
  session: Session,
  planned: readonly PlannedBatch[],
): Promise<string> {
  const batches = planned.map(({ file }) => file.batch);
  const state = session.store.current();
  const chosen = new Set(batches);
  const own = new Map([...state.batches].filter(([batch]) => chosen.has(batch)));
  const { tokens, cost } = await reportOn(desk, { ...state, batches: own }, batches, undefined, null);
  const used = `${tokens.prompt} tokens in, ${tokens.answer + tokens.thoughts} out`;
  return cost.amount === null
    ? `${used}, cost unknown`
    : `${used}, about ${cost.amount} ${cost.currency} at prices of ${cost.prices_as_of}`;
}
