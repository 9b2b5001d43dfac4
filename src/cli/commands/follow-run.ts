import { cleanForeignText } from '../../config/clean-foreign-text.ts';
import { openLogTail, type LoggedEvent } from '../../events/log-tail.ts';
import { batchProgress } from '../../model/batch-progress.ts';
import { NO_WAIT, type Progress } from '../../model/progress.ts';
import { resolveStatePath } from '../../state/atomic-file.ts';
import { findLockHolder } from '../../state/lock-holder.ts';
import type { LockOwner } from '../../state/lock-owner.ts';
import { progressPathFor, readProgressNote } from '../../state/progress-file.ts';
import { knownBatches } from '../batches.ts';
import type { Desk } from '../desk.ts';
import { Interrupted } from '../exit-codes.ts';
import { selectionOf } from '../invocation.ts';
import { NO_STATE } from './no-state.ts';

/** Often enough for lines to come as they are written; a note of the progress comes once a second. */
const LOOK_MS = 250;
const LOOKS_A_NOTE = 4;

/**
 * Shows what another run does, until it gives up the lock: its events, from now on, out of the log, and how far it
 * is out of the note that it leaves. Touches nothing of it.
 * @returns false when `--timeout` was over first
 * @throws {Interrupted} when the user has seen enough
 */
export async function followRun(desk: Desk, holder: LockOwner): Promise<boolean> {
  const { printer, settings, signal } = desk;
  const { log, state, timeoutMs = Number.POSITIVE_INFINITY } = settings.settings;
  const { clock } = desk.invocation.io;
  const endMs = clock.monotonicMs() + timeoutMs;
  const who = `\`${cleanForeignText(holder.command)}\` (pid ${holder.pid})`;
  try {
    const tail = await openLogTail(log, cleanForeignText);
    const notePath = progressPathFor(await resolveStatePath(state));
    let progress = await progressInState(desk);
    printer.note(`Watching ${who}, which goes on when this watch ends`);
    printer.showProgress({ read: () => progress, ending: 'Ctrl-C ends this watch alone' });
    for (let looks = 0; ; looks += 1) {
      // Asked first: what the run wrote before it ended is then there to be read.
      const isOver = (await findLockHolder(state))?.nonce !== holder.nonce;
      if (looks % LOOKS_A_NOTE === 0) {
        const note = await readProgressNote(notePath);
        if (note !== undefined && note.run === holder.run) ({ progress } = note);
      }
      for (const logged of await tail.read()) if (logged.run === holder.run) tell(desk, logged);
      if (isOver) return true;
      if (clock.monotonicMs() >= endMs) return false;
      await clock.sleep(LOOK_MS, signal);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const message = `Watched no longer: ${who} goes on, and nothing of it was touched`;
    throw new Interrupted(error.signal, error.again, message);
  }
}

/** For as long as the run has left no note. */
async function progressInState({ settings, invocation, loadState }: Desk): Promise<Progress> {
  const state = (await loadState())?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  return { batches: batchProgress(state, batches), wait: NO_WAIT };
}

/** What another version has logged may lack what this one shows. */
function tell({ printer }: Desk, { event, time, run }: LoggedEvent): void {
  try {
    printer.event(event, { time, run });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
