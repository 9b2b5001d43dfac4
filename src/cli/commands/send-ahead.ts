import type { PlannedBatch } from '../../model/plan.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../../model/submission-state.ts';
import type { RunAllOptions, RunAllOutcome } from '../../run/run-all.ts';
import type { Desk } from '../desk.ts';
import type { Session } from '../session.ts';
import { tryCanary } from './canary.ts';
import { downloadOptions } from './download.ts';
import { submitOptions } from './submit-plan.ts';

/** A plan in two parts. */
interface SplitPlan {
  readonly ahead: readonly PlannedBatch[];
  /** How many more batches there is something to do for. */
  readonly rest: number;
}

/**
 * The first batches of the range are the canary, also when an earlier run has sent them already. What sends
 * rows of them again belongs to it: only there it shows whether they have an answer.
 */
function splitCanary(state: SubmissionState, planned: readonly PlannedBatch[], canary: number): SplitPlan {
  const isRetry = ({ file }: PlannedBatch): boolean => recordOf(state, file.batch).rowsOf !== undefined;
  const first = planned.filter((one) => !isRetry(one)).slice(0, canary);
  const numbers = new Set(first.map(({ file }) => file.batch));
  const sendsAgain = (batch: number): boolean =>
    recordOf(state, batch).rowsOf?.some((source) => numbers.has(source.batch)) === true;
  const retries = planned.filter(({ file }) => sendsAgain(file.batch));
  const ahead = [...first, ...retries];
  const rest = planned.filter((one) => one.action.kind !== 'skip' && !ahead.includes(one)).length;
  return { ahead, rest };
}

/** What the canary came to; without one it is as if it had passed. */
export interface SentAhead {
  readonly submitted: number;
  readonly downloaded: number;
  readonly goesOn: boolean;
  readonly stoppedBy: unknown;
}

export const NOTHING_RUN: RunAllOutcome = {
  submitted: [],
  downloaded: [],
  downloadFailed: [],
  active: [],
  stoppedBy: undefined,
};

/**
 * Sends the canary, where one is asked for and something is left to submit after it. What it throws is kept, so
 * that the run still ends with its totals.
 * @param canary how many batches; `undefined` for none
 */
export async function sendAhead(
  desk: Desk,
  session: Session,
  planned: readonly PlannedBatch[],
  canary: number | undefined,
): Promise<SentAhead> {
  const nothing = { submitted: 0, downloaded: 0, goesOn: true, stoppedBy: undefined };
  if (canary === undefined) return nothing;
  const { ahead, rest } = splitCanary(session.store.current(), planned, canary);
  if (rest === 0 || ahead.length === 0) {
    desk.printer.note('No canary: nothing would be left to submit after it');
    return nothing;
  }
  const sent = new Set(ahead.filter(({ action }) => action.kind !== 'skip').map(({ file }) => file.batch));
  const nowSubmitted = (): number =>
    [...sent].filter((batch) => isSubmitted(recordOf(session.store.current(), batch))).length;
  try {
    const { run, goesOn } = await tryCanary(desk, session, ahead, rest, runAllOptions(desk));
    return {
      submitted: run.submitted.length,
      downloaded: run.downloaded.length,
      goesOn,
      stoppedBy: undefined,
    };
  } catch (stoppedBy) {
    return { submitted: nowSubmitted(), downloaded: 0, goesOn: false, stoppedBy };
  }
}

export function runAllOptions(desk: Desk): RunAllOptions {
  const { pollMs, timeoutMs } = desk.settings.settings;
  return { submit: submitOptions(desk), download: downloadOptions(desk), pollMs, timeoutMs };
}
