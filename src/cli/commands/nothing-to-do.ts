import type { RequestCounts } from '../../model/request-counts.ts';
import type { Desk } from '../desk.ts';
import { finishedEvent, startedEvent } from './finish-run.ts';
import { exitCodeFor, failedOf, printNext, standingOf, type Standing } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';
import type { SubmitPlan } from './submit-plan.ts';

/** Says that everything is submitted, without a request and without touching a file. */
export async function reportNothingToDo(desk: Desk, plan: SubmitPlan): Promise<number> {
  const loaded = await desk.loadState();
  const standing = standingOf(loaded?.state ?? NO_STATE, plan.batches);
  const failed = failedOf(standing);
  const rest = failed > 0 ? `, ${failed} failed` : '';
  return announceIdle(
    desk,
    standing,
    `Nothing to submit: ${standing.submitted} of ${standing.total} batches are submitted${rest}`,
  );
}

/**
 * A run that has nothing to do still begins and ends, for whoever reads its events.
 * @param requests of the chosen batches, where results were read
 */
export function announceIdle(
  desk: Desk,
  standing: Standing,
  sentence: string,
  requests?: RequestCounts,
): number {
  const { printer } = desk;
  const exitCode = exitCodeFor(standing);
  printer.event(startedEvent(desk, standing, 0));
  printer.event(finishedEvent(standing, { submitted: 0, downloaded: 0, requests }, exitCode, 0));
  printer.note(sentence);
  printNext(desk, standing);
  return exitCode;
}
