import { mergeResults, type Merged } from '../../collect/merge.ts';
import { reconcile, type Reconciliation } from '../../collect/reconcile.ts';
import { buildReport } from '../../report/build-report.ts';
import type { FinalReport } from '../../report/final-report.ts';
import { BUILT_IN_PRICES, type PriceTable } from '../../model/prices.ts';
import { sumRequests, type RequestCounts } from '../../model/request-counts.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { knownBatches } from '../batches.ts';
import type { Desk } from '../desk.ts';
import { madeRecords } from './made-records.ts';
import { plural, standingOf, type Standing } from './run-summary.ts';

export interface Conclusion {
  readonly report: FinalReport;
  /** `undefined` when the user stopped the run. */
  readonly merged: Merged | undefined;
}

/**
 * Reconciles and merges what is on disk. Whatever range a command was given, the merged file is of all
 * batches: one that speaks of a few would stand where the whole one was.
 */
export async function mergeAll(desk: Desk, state: SubmissionState): Promise<Merged> {
  const { settings, signal } = desk;
  const batches = await knownBatches(settings.settings, state, { kind: 'all' });
  const merged = await mergeResults(state, batches, settings.settings.output, signal);
  if (merged.previous !== undefined) {
    const message = `the merged file that was there holds answers that the new one does not; it is kept as "${merged.previous}"`;
    desk.emit({ event: 'warning', message });
  }
  return merged;
}

/**
 * Merges, and makes the report of it. Who pressed Ctrl-C does not wait for files to be read: the report then
 * says what the state says, and the next run merges.
 */
export async function concludeRun(desk: Desk, state: SubmissionState): Promise<Conclusion> {
  const batches = await knownBatches(desk.settings.settings, state, { kind: 'all' });
  if (desk.signal.aborted)
    return { report: await reportOn(desk, state, batches, undefined, null), merged: undefined };
  const merged = await mergeAll(desk, state);
  return { report: await reportOn(desk, state, batches, merged, mergedFacts(merged)), merged };
}

/** What reports say of the merged file. */
export function mergedFacts({ path, lines, sha256 }: Merged): FinalReport['merged'] {
  return path === undefined ? null : { path, lines, sha256 };
}

/** The report alone, from what is on disk; writes nothing. */
export async function makeReport(
  desk: Desk,
  state: SubmissionState,
  batches: readonly number[],
): Promise<FinalReport> {
  return await reportOn(desk, state, batches, await reconcile(state, batches, undefined, desk.signal), null);
}

/** The report of what was reconciled. */
export async function reportOn(
  desk: Desk,
  state: SubmissionState,
  batches: readonly number[],
  reconciliation: Reconciliation | undefined,
  merged: FinalReport['merged'],
): Promise<FinalReport> {
  const now = desk.invocation.io.clock.now();
  const prices = await pricesFor(desk);
  return buildReport(state, batches, {
    now,
    prices,
    reconciliation,
    merged,
    made: await madeRecords(desk),
  });
}

/**
 * The user's prices before the built-in ones. Asked for before anything is spent as well, because a fault in
 * that file is better known then than at the end.
 * @throws {BatchSubmitError} `E_CONFIG`
 */
export async function pricesFor({ settings }: Desk): Promise<PriceTable> {
  const path = settings.settings.prices;
  if (path === undefined) return BUILT_IN_PRICES;
  const { readPriceFile } = await import('../../config/price-file.ts');
  return await readPriceFile(path);
}

/** The requests of the chosen batches. */
export function requestsOf(
  { batches }: Pick<Reconciliation, 'batches'>,
  chosen: readonly number[],
): RequestCounts {
  const wanted = new Set(chosen);
  return sumRequests(batches.filter(({ batch }) => wanted.has(batch)));
}

/** `20,400 of 20,400 answered and verified`, or what is not; of the chosen batches. */
export function describeRequests(reconciliation: Reconciliation, chosen: readonly number[]): string {
  const { planned, answered, failed, missing, pending } = requestsOf(reconciliation, chosen);
  return [
    `${answered} of ${plural(planned, 'request', 'requests')} answered and verified`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(pending > 0 ? [`${pending} pending`] : []),
  ].join(', ');
}

/**
 * Where the batches stand by what is on disk. The state alone knows how results came out when they were
 * saved; what was altered since, and what an earlier attempt had answered, only the files say.
 */
export function reconciledStanding(
  state: SubmissionState,
  batches: readonly number[],
  { batches: outcomes }: Reconciliation,
): Standing {
  const wanted = new Set(batches);
  const collected = outcomes.filter(
    ({ batch }) => wanted.has(batch) && recordOf(state, batch).status === 'collected',
  );
  const unanswered = collected.reduce((total, { failed, missing }) => total + failed + missing, 0);
  const leftAlone = collected.reduce((total, { permanent, exhausted }) => total + permanent + exhausted, 0);
  return { ...standingOf(state, batches), unanswered, leftAlone };
}
