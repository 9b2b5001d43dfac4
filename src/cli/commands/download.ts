import { downloadResults, type DownloadOptions, type DownloadOutcome } from '../../collect/download.ts';
import { refreshJobs } from '../../collect/refresh.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { loadState } from '../../state/load-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { plural, printNext, standingOf } from './run-summary.ts';
import { NO_STATE } from './submit-plan.ts';

/** `batch-submit download`: saves the results of every job that ended, and leaves what is on disk alone. */
export const downloadCommand: CommandHandler = (invocation) => withDesk(invocation, downloadReady);

export function downloadOptions(desk: Desk): DownloadOptions {
  const { output, concurrency } = desk.settings.settings;
  return { outputDirectory: output, concurrency, force: hasFlag(desk.invocation, 'force') };
}

async function downloadReady(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const loaded = await loadState(settings.settings.state);
  const state = loaded?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const withJob = batches.filter((batch) => 'job' in recordOf(state, batch));
  if (hasFlag(invocation, 'dry-run')) return describeDryRun(desk, state, withJob);
  if (withJob.length === 0) {
    printer.result({
      lines: ['Nothing to download: no batch is submitted yet'],
      records: [],
      json: emptyDocument(),
    });
    return EXIT.ok;
  }
  return await inSession(desk, async (session) => {
    const refreshed = await refreshJobs(session, withJob);
    if (refreshed.failure !== undefined) {
      const { reason, message } = refreshed.failure;
      desk.emit({ event: 'warning', message: `the jobs could not all be asked for (${reason}: ${message})` });
    }
    const outcome = await downloadResults(session, withJob, downloadOptions(desk));
    const standing = standingOf(session.store.current(), batches);
    const running = standing.counts.pending + standing.counts.running;
    const exitCode = exitCodeFor(
      outcome,
      standing.counts.failed + standing.counts.expired + standing.counts.cancelled,
      running,
    );
    printer.close();
    printer.result({ lines: [], records: [], json: documentOf(outcome, running, exitCode) });
    const parts = [
      `Saved ${plural(outcome.saved.length, 'result', 'results')} in ${settings.settings.output}`,
      ...(outcome.kept.length > 0 ? [`${outcome.kept.length} on disk already`] : []),
      ...(outcome.failed.length > 0 ? [`${outcome.failed.length} could not be saved`] : []),
      ...(running > 0 ? [`${plural(running, 'job', 'jobs')} still under way`] : []),
    ];
    printer.note(parts.join(', '));
    printNext(desk, standing);
    return exitCode;
  });
}

function exitCodeFor(outcome: DownloadOutcome, failedBatches: number, running: number): number {
  if (outcome.failed.length + failedBatches > 0) return EXIT.someFailed;
  return running > 0 ? EXIT.running : EXIT.ok;
}

function documentOf(outcome: DownloadOutcome, running: number, exitCode: number): object {
  return {
    downloaded: outcome.saved.map(({ batch, result, missing }) => ({ batch, ...result, missing })),
    kept: outcome.kept,
    failed: outcome.failed,
    running,
    defects: outcome.defects,
    exitCode,
  };
}

function emptyDocument(): object {
  return documentOf({ saved: [], kept: [], failed: [], defects: [] }, 0, EXIT.ok);
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
    json: { dryRun: true, ready },
  });
  return EXIT.ok;
}
