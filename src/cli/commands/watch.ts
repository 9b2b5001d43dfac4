import { refreshJobs, stopAfter } from '../../collect/refresh.ts';
import { recordOf } from '../../model/submission-state.ts';
import { loadState } from '../../state/load-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession, type Session } from '../session.ts';
import { announceIdle } from './nothing-to-do.ts';
import { finishedEvent, startRun } from './finish-run.ts';
import { exitCodeFor, failedOf, printNext, standingOf } from './run-summary.ts';
import { NO_STATE } from './submit-plan.ts';

/** `batch-submit watch`: follows the jobs until they have ended. */
export const watchCommand: CommandHandler = (invocation) => withDesk(invocation, watchJobs);

async function watchJobs(desk: Desk): Promise<number> {
  const { settings, invocation } = desk;
  const state = (await loadState(settings.settings.state))?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const active = batches.filter((batch) => recordOf(state, batch).status === 'submitted');
  if (active.length === 0) {
    return announceIdle(desk, standingOf(state, batches), 'No job is under way');
  }
  return await inSession(desk, (session) => follow(desk, session, batches));
}

async function follow(desk: Desk, session: Session, batches: readonly number[]): Promise<number> {
  const startedMs = await startRun(desk, session, batches, 0);
  const finish = (exitCode: number): number => {
    const standing = standingOf(session.store.current(), batches);
    const ms = desk.invocation.io.clock.now().getTime() - startedMs;
    desk.emit(finishedEvent(standing, { submitted: 0, downloaded: 0 }, exitCode, ms));
    if (exitCode !== EXIT.running) printNext(desk, standing);
    return exitCode;
  };
  try {
    return finish(await followToTheEnd(desk, session, batches));
  } catch (error) {
    finish(exitCodeOf(error));
    throw error;
  }
}

async function followToTheEnd(desk: Desk, session: Session, batches: readonly number[]): Promise<number> {
  const { clock } = desk.invocation.io;
  const { pollMs, timeoutMs } = desk.settings.settings;
  const deadlineMs = timeoutMs === undefined ? undefined : clock.now().getTime() + timeoutMs;
  let shown = '';
  for (;;) {
    const refreshed = await refreshJobs(session, batches);
    // An outage passes, and watching is for waiting.
    const stop = stopAfter(refreshed, true);
    if (stop !== undefined) throw stop;
    const standing = standingOf(session.store.current(), batches);
    const { pending, running, succeeded } = standing.counts;
    const line = `${pending} pending, ${running} running, ${succeeded} succeeded, ${failedOf(standing)} failed`;
    if (line !== shown) desk.printer.note(`${clock.now().toTimeString().slice(0, 8)}   ${line}`);
    shown = line;
    if (refreshed.active.length === 0) return exitCodeFor(standing);
    if (deadlineMs !== undefined && clock.now().getTime() >= deadlineMs) return EXIT.running;
    await clock.sleep(pollMs, desk.signal);
  }
}
