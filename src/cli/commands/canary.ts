import { cleanForeignText } from '../../config/clean-foreign-text.ts';
import { nameBatches } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { PlannedBatch } from '../../model/plan.ts';
import { runCanary, type CanaryOutcome } from '../../run/canary.ts';
import type { RunAllOptions, RunAllOutcome } from '../../run/run-all.ts';
import { confirm } from '../confirm.ts';
import type { Desk } from '../desk.ts';
import { countFlag, hasFlag, type Invocation } from '../invocation.ts';
import type { Session } from '../session.ts';
import { reportOn } from './conclude.ts';
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
  const sum = (field: 'planned' | 'answered'): number =>
    reconciliation.batches.reduce((total, batch) => total + batch[field], 0);
  const [requests, answered] = [sum('planned'), sum('answered')];
  const spent = await describeSpent(desk, session, outcome);
  desk.emit({ event: 'canary', batches, requests, answered, passed: hasPassed, spent });
  if (!hasPassed) throw failedCanary(outcome, requests, answered, spent, rest);
  showAnswers(desk, outcome);
  desk.printer.note(
    `Canary passed: ${answered} of ${plural(requests, 'request', 'requests')} answered; ${spent}`,
  );
  if (rest === 0) return { run, goesOn: false };
  const question = `Submit the other ${plural(rest, 'batch', 'batches')}?`;
  if (!hasFlag(desk.invocation, 'yes')) desk.printer.close();
  const goesOn = hasFlag(desk.invocation, 'yes') || (await confirm(desk.invocation, question));
  if (!goesOn) desk.printer.note('The rest was not submitted.');
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

async function describeSpent(
  desk: Desk,
  session: Session,
  { batches, reconciliation }: CanaryOutcome,
): Promise<string> {
  const { tokens, cost } = await reportOn(desk, session.store.current(), batches, reconciliation, null);
  const used = `${tokens.prompt} tokens in, ${tokens.answer + tokens.thoughts} out`;
  return cost.amount === null
    ? `${used}, cost unknown`
    : `${used}, about ${cost.amount} ${cost.currency} at prices of ${cost.prices_as_of}`;
}

function failedCanary(
  { batches, reconciliation }: CanaryOutcome,
  requests: number,
  answered: number,
  spent: string,
  rest: number,
): BatchSubmitError {
  const kinds = new Map<string, number>();
  for (const { kind } of reconciliation.defects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const fact =
    answered < requests
      ? `${requests - answered} of ${plural(requests, 'request has', 'requests have')} no good answer`
      : requests === 0
        ? 'it has no results'
        : 'answers came that belong to no request, or twice';
  return new BatchSubmitError(
    'E_CANARY',
    `Cannot go on after the canary (${nameBatches(batches)}): ${fact}`,
    {
      details: [
        ...[...kinds].map(([kind, count]) => `${kind}: ${count}`),
        `It cost ${spent}.`,
        `${plural(rest, 'batch was', 'batches were')} not submitted.`,
      ],
      hint: 'see what is wrong with `batch-submit report --output - | jq .defects`',
    },
  );
}
