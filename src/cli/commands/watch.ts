import { isMergeDue, type Merged } from '../../collect/merge.ts';
import { reconcile } from '../../collect/reconcile.ts';
import { prepareOutput } from '../../collect/result-file.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { isUncollected } from '../../model/deadlines.ts';
import { savedIn } from '../../model/batch-record.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { collectUntilDone, NOTHING_TO_SUBMIT, type Collected } from '../../run/collect-until-done.ts';
import { findLockHolder } from '../../state/lock-holder.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession, type Session } from '../session.ts';
import { describeRequests, mergeAll, reconciledStanding, requestsOf } from './conclude.ts';
import { downloadOptions } from './download.ts';
import { followRun } from './follow-run.ts';
import { announceIdle } from './nothing-to-do.ts';
import { finishedEvent, leftOver, startedEvent, startRun } from './finish-run.ts';
import { exitCodeFor, failedOf, plural, printNext, standingOf } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit watch`: follows the jobs until they have ended, and saves each result as soon as it is there. */
export const watchCommand: CommandHandler = (invocation) => withDesk(invocation, watchJobs);

/** So often another process may be faster at taking a lock that was just given up. */
const MOST_RACES_LOST = 3;

/** While another run holds the lock that run is shown; then what it left open is followed from here. */
async function watchJobs(desk: Desk): Promise<number> {
  for (let lost = 0; ;) {
    const holder = await findLockHolder(desk.settings.settings.state);
    if (holder !== undefined && !(await followRun(desk, holder))) return await announceTimeout(desk);
    let hasBegun = false;
    try {
      return await watchOwn(desk, () => {
        hasBegun = true;
      });
    } catch (error) {
      const isLocked = error instanceof BatchSubmitError && error.code === 'E_LOCKED';
      lost += 1;
      if (!isLocked || hasBegun || lost > MOST_RACES_LOST) throw error;
    }
  }
}

/** This process's own run, which did nothing, still begins and ends, for whoever reads its events. */
async function announceTimeout(desk: Desk): Promise<number> {
  const { settings, invocation, printer } = desk;
  const state = (await desk.loadState())?.state ?? NO_STATE;
  const standing = standingOf(state, await knownBatches(settings.settings, state, selectionOf(invocation)));
  printer.event(startedEvent(desk, standing, 0));
  printer.event(finishedEvent(standing, { submitted: 0, downloaded: 0 }, EXIT.running, 0));
  return EXIT.running;
}

async function watchOwn(desk: Desk, onBegin: () => void): Promise<number> {
  const { settings, invocation } = desk;
  const state = (await desk.loadState())?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const isOpen = batches.some((batch) => {
    const record = recordOf(state, batch);
    return record.status === 'submitted' || isUncollected(record);
  });
  if (!isOpen && !(await isMergeDue(state, settings.settings.output)))
    return await announceOver(desk, state, batches);
  return await inSession(desk, (session) => {
    onBegin();
    return follow(desk, session, batches);
  });
}

/** Where something is wrong, the files are read to say of how many requests, as after the watching. */
async function announceOver(desk: Desk, state: SubmissionState, batches: readonly number[]): Promise<number> {
  const sentence = 'No job is under way';
  const standing = standingOf(state, batches);
  if (exitCodeFor(standing) === EXIT.ok) return announceIdle(desk, standing, sentence);
  const onDisk = await reconcile(state, batches, undefined, desk.signal);
  return announceIdle(
    desk,
    reconciledStanding(state, batches, onDisk),
    sentence,
    requestsOf(onDisk, batches),
  );
}

async function follow(desk: Desk, session: Session, batches: readonly number[]): Promise<number> {
  const startedMs = await startRun(desk, session, batches, 0);
  const { pollMs, timeoutMs, output } = desk.settings.settings;
  let collected: Collected = { downloaded: [], downloadFailed: [], active: [], stoppedBy: undefined };
  let merged: Merged | undefined;
  try {
    // A folder that cannot hold the results is better known now than in a day.
    await prepareOutput(output);
    const options = {
      download: downloadOptions(desk),
      pollMs,
      timeoutMs,
      onRefreshed: countsPrinter(desk, session, batches),
    };
    collected = await collectUntilDone(session, batches, options, NOTHING_TO_SUBMIT);
    merged = await mergeSaved(desk, session);
  } catch (error) {
    collected = { ...collected, stoppedBy: error };
  }
  return finish(desk, session, batches, startedMs, collected, merged);
}

/** Prints how many jobs stand where, whenever that has changed. */
function countsPrinter(desk: Desk, session: Session, batches: readonly number[]): () => void {
  let shown = '';
  return () => {
    const standing = standingOf(session.store.current(), batches);
    const { pending, running, succeeded } = standing.counts;
    const line = `${pending} pending, ${running} running, ${succeeded} succeeded, ${failedOf(standing)} failed`;
    const time = desk.invocation.io.clock.now().toTimeString().slice(0, 8);
    if (line !== shown) desk.printer.note(`${time}   ${line}`);
    shown = line;
  };
}

/** Audits and merges what is on disk; with nothing there is nothing to merge. */
async function mergeSaved(desk: Desk, { store }: Session): Promise<Merged | undefined> {
  const state = store.current();
  // Who pressed Ctrl-C does not wait for files to be read; the next command merges.
  if (desk.signal.aborted) return undefined;
  const isAnySaved = [...state.batches.values()].some((record) => savedIn(record).length > 0);
  return isAnySaved ? await mergeAll(desk, state) : undefined;
}

/** @throws what stopped the watching, after the last event and the next command */
function finish(
  desk: Desk,
  session: Session,
  batches: readonly number[],
  startedMs: number,
  collected: Collected,
  merged: Merged | undefined,
): number {
  const { downloaded, downloadFailed, stoppedBy } = collected;
  const state = session.store.current();
  const standing =
    merged === undefined ? standingOf(state, batches) : reconciledStanding(state, batches, merged);
  const exitCode =
    stoppedBy === undefined ? exitCodeFor(standing) || leftOver(collected) : exitCodeOf(stoppedBy);
  const ms = desk.invocation.io.clock.now().getTime() - startedMs;
  const requests = merged === undefined ? undefined : requestsOf(merged, batches);
  desk.emit(finishedEvent(standing, { submitted: 0, downloaded: downloaded.length, requests }, exitCode, ms));
  desk.printer.close();
  const failed = downloadFailed.length > 0 ? `, ${downloadFailed.length} could not be saved` : '';
  if (downloaded.length + downloadFailed.length > 0) {
    const saved = plural(downloaded.length, 'result', 'results');
    desk.printer.note(`Saved ${saved} in ${desk.settings.settings.output}${failed}`);
  }
  if (merged !== undefined)
    desk.printer.note(`${describeRequests(merged, batches)}; merged in ${merged.path}`);
  if (exitCode !== EXIT.running) printNext(desk, standing);
  if (stoppedBy !== undefined) throw stoppedBy;
  return exitCode;
}
