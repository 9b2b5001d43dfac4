import type { PlannedBatch } from '../../model/plan.ts';
import type { RunAllOptions, RunAllOutcome } from '../../run/run-all.ts';
import type { Desk } from '../desk.ts';
import type { Session } from '../session.ts';
import { tryCanary } from './canary.ts';
import { downloadOptions } from './download.ts';
import { submitOptions } from './submit-plan.ts';

/** A plan in two parts; without a canary nothing goes ahead. */
export interface SplitPlan {
  readonly ahead: readonly PlannedBatch[];
  /** How many more batches there is something to do for. */
  readonly rest: number;
}

/** The first batches of the range are the canary, also when an earlier run has sent them already. */
export function splitCanary(planned: readonly PlannedBatch[], canary: number | undefined): SplitPlan {
  const rest = planned.slice(canary ?? 0).filter(({ action }) => action.kind !== 'skip').length;
  return { ahead: planned.slice(0, canary ?? 0), rest };
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

/** Sends the canary, if there is one. What it throws is kept, so that the run still ends with its totals. */
export async function sendAhead(
  desk: Desk,
  session: Session,
  ahead: readonly PlannedBatch[],
  rest: number,
): Promise<SentAhead> {
  if (ahead.length === 0) return { submitted: 0, downloaded: 0, goesOn: true, stoppedBy: undefined };
  const sent = new Set(ahead.filter(({ action }) => action.kind !== 'skip').map(({ file }) => file.batch));
  const nowSubmitted = (): number =>
    [...sent].filter((batch) => 'job' in (session.store.current().batches.get(batch) ?? {})).length;
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
