import { downloadResults, type DownloadOptions, type DownloadOutcome } from '../../collect/download.ts';
import type { Merged } from '../../collect/merge.ts';
import { refreshJobs, stopAfter } from '../../collect/refresh.ts';
import type { Body } from '../../documents/body.ts';
import type { DownloadDocument, DownloadPlanDocument } from '../../documents/results.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { describeRequests, mergeAll, mergedFacts, reconciledStanding, requestsOf } from './conclude.ts';
import { failedOf, plural, printNext, standingOf, type Standing } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit download`: saves the results of every job that ended, and leaves what is on disk alone. */
export const downloadCommand: CommandHandler = (invocation) => withDesk(invocation, downloadReady);

/** Downloads at once, where the user does not say. */
const DOWNLOADS = 8;

export function downloadOptions(desk: Desk): DownloadOptions {
  const { output, concurrency = DOWNLOADS } = desk.settings.settings;
  return { outputDirectory: output, concurrency, force: hasFlag(desk.invocation, 'force') };
}

async function downloadReady(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const loaded = await desk.loadState();
  const state = loaded?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const withJob = batches.filter((batch) => 'job' in recordOf(state, batch));
  if (hasFlag(invocation, 'dry-run')) return describeDryRun(desk, state, withJob);
  if (withJob.length === 0) {
    const nothing = { saved: [], kept: [], failed: [] };
    printer.result({
      lines: [],
      records: [],
      json: documentOf(nothing, standingOf(state, batches), EXIT.ok, undefined, batches),
    });
    printer.note('Nothing to download: no batch is submitted yet');
    return EXIT.ok;
  }
  return await inSession(desk, async (session) => {
    const refreshed = await refreshJobs(session, withJob);
    const stop = stopAfter(refreshed, true);
    if (stop !== undefined) throw stop;
    const outcome = await downloadResults(session, withJob, downloadOptions(desk));
    const now = session.store.current();
    // Surfaces that save one result at a time would read all results again for each; the command line has no such flag.
    const merged = hasFlag(invocation, 'only-save') ? undefined : await mergeAll(desk, now);
    const standing =
      merged === undefined ? standingOf(now, batches) : reconciledStanding(now, batches, merged);
    const exitCode = exitCodeOf(outcome, standing);
    printer.close();
    printer.result({
      lines: [],
      records: [],
      json: documentOf(outcome, standing, exitCode, merged, batches),
    });
    printer.note(summaryOf(outcome, standing, settings.settings.output));
    if (merged !== undefined) {
      const where = merged.path === undefined ? '' : `; merged in ${merged.path}`;
      printer.note(`${describeRequests(merged, batches)}${where}`);
    }
    // What could be collected is; an outage is still no reason to say that all is well.
    const outage = stopAfter(refreshed, false);
    if (outage !== undefined) throw outage;
    if (outcome.failed.length === 0) printNext(desk, standing);
    return exitCode;
  });
}

function summaryOf(outcome: DownloadOutcome, { counts }: Standing, folder: string): string {
  const running = counts.pending + counts.running;
  return [
    `Saved ${plural(outcome.saved.length, 'result', 'results')} in ${folder}`,
    ...(outcome.kept.length > 0 ? [`${outcome.kept.length} on disk already`] : []),
    ...(outcome.failed.length > 0 ? [`${outcome.failed.length} could not be saved`] : []),
    ...(running > 0 ? [`${plural(running, 'job', 'jobs')} still under way`] : []),
  ].join(', ');
}

function exitCodeOf(outcome: DownloadOutcome, standing: Standing): number {
  if (standing.duplicates > 0) return EXIT.uncertain;
  if (outcome.failed.length + failedOf(standing) + standing.unanswered > 0) return EXIT.someFailed;
  return standing.counts.pending + standing.counts.running > 0 ? EXIT.running : EXIT.ok;
}

const NOTHING_MERGED: Pick<Merged, 'batches' | 'defects'> = { batches: [], defects: [] };

/** Of the chosen batches alone, as the exit code is; only the merged file is of all. */
function documentOf(
  outcome: DownloadOutcome,
  { counts }: Standing,
  exitCode: number,
  merged: Merged | undefined,
  batches: readonly number[],
): Body<DownloadDocument> {
  const chosen = new Set(batches);
  const reconciliation = merged ?? NOTHING_MERGED;
  return {
    downloaded: outcome.saved.map(({ batch, result }) => ({ batch, ...result })),
    kept: outcome.kept,
    failed: outcome.failed,
    running: counts.pending + counts.running,
    requests: requestsOf(reconciliation, batches),
    defects: reconciliation.defects.filter(({ batch }) => chosen.has(batch)),
    merged: merged === undefined ? null : mergedFacts(merged),
    exitCode,
  };
}

function describeDryRun(desk: Desk, state: SubmissionState, batches: readonly number[]): number {
  const ready = batches.filter((batch) => {
    const record = recordOf(state, batch);
    return 'results' in record && record.results !== undefined && record.saved === undefined;
  });
  desk.printer.result({
    lines: [
      `Would ask for ${batches.length} jobs and save at least ${ready.length} results. Nothing was sent.`,
    ],
    records: ready.map((batch) => [batch, 'ready']),
    json: { dryRun: true, ready } satisfies Body<DownloadPlanDocument>,
  });
  return EXIT.ok;
}
