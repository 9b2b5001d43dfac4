import { prepareOutput } from '../../collect/result-file.ts';
import { reconcile, type Reconciliation } from '../../collect/reconcile.ts';
import { DEFAULT_MAX_ATTEMPTS } from '../../model/retry-policy.ts';
import { createVectorTaker } from '../../refine/embed/take-vectors.ts';
import type { Vectors } from '../../refine/vectors.ts';
import { writeReport } from '../../report/build-report.ts';
import { prepareRetry } from '../../run/retry.ts';
import { runAll, type RunAllOutcome } from '../../run/run-all.ts';
import { findRowFiles } from '../../submit/row-files.ts';
import { stagingDirectoryFor } from '../../submit/stage.ts';
import { knownBatches } from '../batches.ts';
import type { Desk } from '../desk.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { inSession, type Session } from '../session.ts';
import { reconciledStanding, reportOn, pricesFor } from './conclude.ts';
import { downloadOptions } from './download.ts';
import { finishedEvent, leftOver, startRun } from './finish-run.ts';
import { exitCodeFor, standingOf, type Standing } from './run-summary.ts';
import { NOTHING_RUN, runAllOptions } from './send-ahead.ts';
import { makePlan, planFrom, submitOptions } from './submit-plan.ts';

/** What became of the batches that ask for vectors. */
export interface EmbeddedBatches {
  readonly standing: Standing;
  /** What is wrong with answers, as far as results were read. */
  readonly defects: Reconciliation['defects'];
  readonly exitCode: number;
  /** Why the run ended early; vectors that were there by then are taken. */
  readonly stoppedBy: unknown;
}

/**
 * Submits and collects all batches of the folder, as `run` does, and takes the vectors. Batches and rows that failed
 * in an earlier run are sent again first.
 * @param desk of the folder, see `deskIn`
 */
export async function runEmbedding(desk: Desk, vectors: Vectors): Promise<EmbeddedBatches> {
  const paths = desk.settings.settings;
  const { files } = await makePlan(desk);
  await pricesFor(desk);
  await prepareOutput(paths.output);
  return await inSession(desk, async (session) => {
    const plan = planFrom(desk, files, session.store.current());
    const startedMs = await startRun(desk, session, plan.batches, plan.todo);
    const outcome = await sendAndCollect(desk, session, plan).catch((stoppedBy: unknown): RunAllOutcome => ({
      ...NOTHING_RUN,
      stoppedBy,
    }));
    const state = session.store.current();
    const batches = await knownBatches(paths, state, { kind: 'all' });
    // Who pressed Ctrl-C does not wait for files to be read: the next run does it.
    const found = desk.signal.aborted ? undefined : await takeVectors(desk, session, batches, vectors);
    const standing =
      found === undefined ? standingOf(state, batches) : reconciledStanding(state, batches, found);
    const exitCode =
      outcome.stoppedBy === undefined
        ? exitCodeFor(standing) || leftOver(outcome)
        : exitCodeOf(outcome.stoppedBy);
    const ms = desk.invocation.io.clock.now().getTime() - startedMs;
    const totals = { submitted: outcome.submitted.length, downloaded: outcome.downloaded.length };
    desk.emit(finishedEvent(standing, totals, exitCode, ms));
    desk.printer.close();
    return { standing, exitCode, stoppedBy: outcome.stoppedBy, defects: found?.defects ?? [] };
  });
}

async function sendAndCollect(
  desk: Desk,
  session: Session,
  { files, batches }: ReturnType<typeof planFrom>,
): Promise<RunAllOutcome> {
  const stagingDirectory = stagingDirectoryFor(desk.settings.settings.state);
  const state = session.store.current();
  if (state.batches.size > 0) {
    const rowFiles = await findRowFiles(state, batches, stagingDirectory);
    await prepareRetry(session, batches, [...files, ...rowFiles], {
      statuses: ['failed', 'expired', 'cancelled'],
      rows: { kinds: undefined, maxAttempts: DEFAULT_MAX_ATTEMPTS },
      forget: [],
      limit: undefined,
      download: downloadOptions(desk),
      stagingDirectory: submitOptions(desk).stagingDirectory,
    });
  }
  const { planned } = planFrom(desk, files, session.store.current());
  return await runAll(session, planned, runAllOptions(desk));
}

async function takeVectors(
  desk: Desk,
  session: Session,
  batches: readonly number[],
  vectors: Vectors,
): Promise<Reconciliation> {
  const state = session.store.current();
  const taker = createVectorTaker(vectors);
  try {
    const found = await reconcile(state, batches, (rows) => taker.take(rows), desk.signal);
    await taker.finish();
    const { report } = desk.settings.settings;
    await writeReport(report, await reportOn(desk, state, batches, found, null));
    desk.emit({ event: 'report_written', path: report });
    return found;
  } finally {
    taker.close();
  }
}
