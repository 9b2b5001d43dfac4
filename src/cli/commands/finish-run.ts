import type { Merged } from '../../collect/merge.ts';
import type { Reconciliation } from '../../collect/reconcile.ts';
import { createBatchProgress } from '../../model/batch-progress.ts';
import type { RequestCounts } from '../../model/request-counts.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { formatDuration } from '../../model/units.ts';
import type { Collected } from '../../run/collect-until-done.ts';
import type { Desk } from '../desk.ts';
import type { Session } from '../session.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { stateName } from '../state-name.ts';
import { describeRequests, reconciledStanding, requestsOf } from './conclude.ts';
import { exitCodeFor, failedOf, plural, printNext, standingOf, type Standing } from './run-summary.ts';

export interface RunResult {
  readonly submitted: number;
  readonly downloaded: number;
  /** Exit code when every batch is fine, default 0. */
  readonly otherwise?: number;
  /** Where the report is, when one was written. */
  readonly report?: string;
  /** What is on disk, reconciled and merged, when that was done. */
  readonly merged?: Merged | undefined;
  /** What is on disk, when it was reconciled alone. */
  readonly reconciliation?: Reconciliation | undefined;
  /** The next command, where the one that the state suggests would not help. */
  readonly next?: string | undefined;
  /** Why the run ended early, if it did. */
  readonly stoppedBy: unknown;
}

/** Starts the clock of a run and says so in the log. */
export async function startRun(
  desk: Desk,
  session: Session,
  batches: readonly number[],
  planned: number,
): Promise<number> {
  const { io } = desk.invocation;
  desk.progress.sink.batchesFrom(createBatchProgress(() => session.store.current(), batches));
  desk.emit(startedEvent(desk, standingOf(session.store.current(), batches), planned));
  await session.store.touch(io.clock.now().toISOString());
  return io.clock.now().getTime();
}

/** The first event of every run. A log that names the state in this way still knows it after a move of the folder. */
export function startedEvent(
  { invocation, settings }: Desk,
  { total, submitted, counts }: Standing,
  planned: number,
): RunEvent {
  const { command, version } = invocation;
  const state = stateName(invocation, settings.settings);
  return {
    event: 'run_started',
    command,
    version,
    state,
    planned,
    total,
    submittedBefore: submitted,
    downloadedBefore: counts.downloaded,
  };
}

/**
 * Says how a run ended and returns its exit code.
 * @throws what stopped the run, after the totals were printed
 */
export function finishRun(
  desk: Desk,
  session: Session,
  batches: readonly number[],
  startedMs: number,
  result: RunResult,
): number {
  const state = session.store.current();
  const onDisk = result.merged ?? result.reconciliation;
  const standing =
    onDisk === undefined ? standingOf(state, batches) : reconciledStanding(state, batches, onDisk);
  const exitCode =
    result.stoppedBy === undefined
      ? exitCodeFor(standing) || (result.otherwise ?? EXIT.ok)
      : exitCodeOf(result.stoppedBy);
  const ms = desk.invocation.io.clock.now().getTime() - startedMs;
  const requests = result.merged === undefined ? undefined : requestsOf(result.merged, batches);
  desk.emit(finishedEvent(standing, { ...result, requests }, exitCode, ms));
  desk.printer.close();
  // An error before anything was done needs no totals around it.
  const isIdle = result.stoppedBy !== undefined && result.submitted + result.downloaded === 0;
  if (!isIdle) printTotals(desk, standing, result, batches, ms);
  if (result.stoppedBy !== undefined) {
    if (!isIdle) desk.printer.note('');
    throw result.stoppedBy;
  }
  const isStuck = standing.unanswered + failedOf(standing) > 0;
  if (result.next === undefined || !isStuck) printNext(desk, standing);
  else desk.printer.note(`\nNext: ${result.next}`);
  return exitCode;
}

function printTotals(
  desk: Desk,
  standing: Standing,
  result: RunResult,
  batches: readonly number[],
  ms: number,
): void {
  const { counts } = standing;
  const note = (text: string): void => desk.printer.note(text);
  note(`\nSubmitted ${plural(result.submitted, 'batch', 'batches')} in ${formatDuration(ms)}`);
  note(`  Total      ${standing.submitted} of ${standing.total} submitted, ${failedOf(standing)} failed`);
  if (standing.unanswered > 0 && result.merged === undefined) {
    note(
      `  Requests   ${plural(standing.unanswered, 'has', 'have')} no answer; \`batch-submit report\` tells which batches`,
    );
  }
  if (counts.uncertain > 0)
    note(`  Unknown    ${counts.uncertain}: a create was sent and its answer was lost`);
  if (standing.duplicates > 0)
    note(
      `  Twice      ${plural(standing.duplicates, 'job was', 'jobs were')} made for batches that have one`,
    );
  if (result.downloaded > 0) note(`  Results    ${counts.downloaded} in ${desk.settings.settings.output}`);
  if (result.merged !== undefined) {
    note(`  Requests   ${describeRequests(result.merged, batches)}`);
    if (result.merged.path !== undefined) note(`  Merged     ${result.merged.path}`);
  }
  if (result.report !== undefined) note(`  Report     ${result.report}`);
  note(`  State      ${desk.settings.settings.state}`);
  note(`  Log        ${desk.settings.settings.log}`);
}

/** The exit code for what is neither failed nor finished. */
export function leftOver({ downloadFailed, active }: Pick<Collected, 'downloadFailed' | 'active'>): number {
  if (downloadFailed.length > 0) return EXIT.someFailed;
  return active.length > 0 ? EXIT.running : EXIT.ok;
}

/** What a run did, in batches, and where the requests of its range stand, if results were read. */
interface Finished {
  readonly submitted: number;
  readonly downloaded: number;
  readonly requests?: RequestCounts | undefined;
}

/** The last event of every run. */
export function finishedEvent(
  standing: Standing,
  { submitted, downloaded, requests }: Finished,
  exitCode: number,
  ms: number,
): RunEvent {
  const { uncertain, notSubmitted: remaining } = standing.counts;
  return {
    event: 'run_finished',
    submitted,
    failed: failedOf(standing),
    uncertain,
    downloaded,
    remaining,
    ...(requests === undefined ? {} : { requests }),
    exitCode,
    ms,
  };
}
