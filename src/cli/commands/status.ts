import { BatchSubmitError } from '../../model/errors.ts';
import { knownCeiling } from '../../model/known-ceiling.ts';
import { quotaInState } from '../../model/quota-in-use.ts';
import { serviceTime } from '../../model/run-context.ts';
import type { SubmissionState } from '../../model/submission-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { exitCodeFor, nextCommand, standingOf } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';
import { statusDocument } from './status-view.ts';

/** What a terminal that does not tell its width is taken for. */
const USUAL_COLUMNS = 80;

/** `batch-submit status`: where every batch stands; sends nothing unless it is asked to refresh. */
export const statusCommand: CommandHandler = (invocation) => withDesk(invocation, showStatus);

async function showStatus(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const selection = selectionOf(invocation);
  const loaded = await desk.loadState();
  let state = loaded?.state ?? NO_STATE;
  for (const message of loaded?.notes ?? []) printer.event({ event: 'warning', message });
  const batches = await knownBatches(settings.settings, state, selection);
  let now = invocation.io.clock.now();
  let outage: BatchSubmitError | undefined;
  if (hasFlag(invocation, 'refresh') && loaded !== undefined)
    ({ state, now, outage } = await refreshed(desk, batches));
  const standing = standingOf(state, batches);
  printer.result(
    statusDocument(state, batches, {
      now,
      list: hasFlag(invocation, 'list'),
      onlyFailed: hasFlag(invocation, 'failed'),
      next: nextCommand(standing),
      // Some terminals say that they have none.
      columns: invocation.io.stdout.columns || USUAL_COLUMNS,
      quota: quotaInState(state, settings.settings.model, knownCeiling(settings.settings)),
    }),
  );
  if (outage !== undefined) throw outage;
  if (!hasFlag(invocation, 'exit-code')) return EXIT.ok;
  const exitCode = exitCodeFor(standing);
  if (exitCode !== EXIT.ok) return exitCode;
  return standing.counts.pending + standing.counts.running > 0 ? EXIT.running : EXIT.ok;
}

interface Refreshed {
  readonly state: SubmissionState;
  /** By the service's clock where it was asked. */
  readonly now: Date;
  /** Why not everything could be asked for, when nobody could be asked. */
  readonly outage: BatchSubmitError | undefined;
}

/** Asks the API and saves what it says. A run in another terminal does that itself, so its state is read. */
async function refreshed(loud: Desk, batches: readonly number[]): Promise<Refreshed> {
  // Looking needs neither the lock nor the log, so only asking pays for loading them.
  const { refreshJobs, stopAfter } = await import('../../collect/refresh.ts');
  const { inSession } = await import('../session.ts');
  const desk = silent(loud);
  try {
    return await inSession(desk, async (session) => {
      const outcome = await refreshJobs(session, batches);
      return { state: session.store.current(), now: serviceTime(session), outage: stopAfter(outcome, false) };
    });
  } catch (error) {
    if (!(error instanceof BatchSubmitError) || error.code !== 'E_LOCKED') throw error;
    desk.printer.note('! Another run holds the lock and keeps the state fresh; this is what it says');
    const state = (await desk.loadState())?.state ?? NO_STATE;
    return { state, now: desk.invocation.io.clock.now(), outage: undefined };
  }
}

/** What a refresh finds is in the status that follows, so its events go to the log alone. */
function silent(desk: Desk): Desk {
  return {
    ...desk,
    emit: (event) => {
      for (const sink of desk.sinks) sink(event);
    },
  };
}
