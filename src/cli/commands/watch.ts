import { refreshJobs } from '../../collect/refresh.ts';
import { recordOf } from '../../model/submission-state.ts';
import { loadState } from '../../state/load-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession, type Session } from '../session.ts';
import { exitCodeFor, printNext, standingOf } from './run-summary.ts';
import { NO_STATE } from './submit-plan.ts';

/** `batch-submit watch`: follows the jobs until they have ended. */
export const watchCommand: CommandHandler = (invocation) => withDesk(invocation, watchJobs);

async function watchJobs(desk: Desk): Promise<number> {
  const { settings, invocation } = desk;
  const state = (await loadState(settings.settings.state))?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const active = batches.filter((batch) => recordOf(state, batch).status === 'submitted');
  if (active.length === 0) {
    desk.printer.note('No job is under way');
    const standing = standingOf(state, batches);
    printNext(desk, standing);
    return exitCodeFor(standing);
  }
  return await inSession(desk, (session) => follow(desk, session, batches));
}

async function follow(desk: Desk, session: Session, batches: readonly number[]): Promise<number> {
  const { clock } = desk.invocation.io;
  const { pollMs, timeoutMs } = desk.settings.settings;
  const deadlineMs = timeoutMs === undefined ? undefined : clock.now().getTime() + timeoutMs;
  let shown = '';
  for (;;) {
    const { active, failure } = await refreshJobs(session, batches);
    const standing = standingOf(session.store.current(), batches);
    const { pending, running, succeeded } = standing.counts;
    const failed = standing.counts.failed + standing.counts.expired + standing.counts.cancelled;
    const line = `${pending} pending, ${running} running, ${succeeded} succeeded, ${failed} failed`;
    if (line !== shown) desk.printer.note(`${clock.now().toTimeString().slice(0, 8)}   ${line}`);
    shown = line;
    if (failure !== undefined)
      desk.emit({ event: 'warning', message: `${failure.reason}: ${failure.message}` });
    if (active.length === 0) {
      printNext(desk, standing);
      return exitCodeFor(standing);
    }
    if (deadlineMs !== undefined && clock.now().getTime() >= deadlineMs) return EXIT.running;
    await clock.sleep(pollMs, desk.signal);
  }
}
