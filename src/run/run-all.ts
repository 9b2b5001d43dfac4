import { downloadResults, type DownloadOptions, type DownloadOutcome } from '../collect/download.ts';
import { refreshJobs, stopAfter } from '../collect/refresh.ts';
import type { PlannedBatch } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { submit, type SubmitOutcome } from '../submit/submit.ts';
import type { SubmitOptions } from '../submit/submit-context.ts';

export interface RunAllOptions {
  readonly submit: SubmitOptions;
  readonly download: DownloadOptions;
  readonly pollMs: number;
  /** Longest time to wait for jobs after the last batch was submitted; `undefined` waits for all. */
  readonly timeoutMs: number | undefined;
}

export interface RunAllOutcome {
  readonly submitted: readonly number[];
  readonly downloaded: readonly number[];
  readonly downloadFailed: DownloadOutcome['failed'];
  /** Batches whose jobs were still under way at the end. */
  readonly active: readonly number[];
  /** Why the run ended early; everything before it is saved. */
  readonly stoppedBy: unknown;
}

/** How submitting stands, as the collecting side sees it. */
interface Submitting {
  /** Aborted when the last batch was submitted, or when submitting gave up. */
  readonly over: AbortSignal;
  readonly stoppedBy: () => unknown;
}

/**
 * The whole job: submits, and at the same time collects every result as soon as its job ends, so that
 * nothing ages out while later batches wait for quota. When submitting gives up, what is ready is
 * still collected.
 */
export async function runAll(
  context: RunContext,
  planned: readonly PlannedBatch[],
  options: RunAllOptions,
): Promise<RunAllOutcome> {
  const batches = planned.map(({ file }) => file.batch);
  const over = new AbortController();
  let outcome: SubmitOutcome = { submitted: [], failed: [], uncertain: [], stoppedBy: undefined };
  const submitting = async (): Promise<void> => {
    try {
      outcome = await submit(context, planned, options.submit);
    } catch (error) {
      outcome = { ...outcome, stoppedBy: error };
    }
    over.abort();
  };
  const [, collected] = await Promise.all([
    submitting(),
    collectUntilDone(context, batches, options, { over: over.signal, stoppedBy: () => outcome.stoppedBy }),
  ]);
  return { ...collected, submitted: outcome.submitted, stoppedBy: outcome.stoppedBy ?? collected.stoppedBy };
}

/** Rounds in which the service refuses to speak of every job that is left, after which waiting is useless. */
const MOST_REFUSED_ROUNDS = 3;

/** Polls and downloads until nothing is submitted any more and no job is under way. */
async function collectUntilDone(
  context: RunContext,
  batches: readonly number[],
  options: Pick<RunAllOptions, 'download' | 'pollMs' | 'timeoutMs'>,
  submitting: Submitting,
): Promise<Omit<RunAllOutcome, 'submitted'>> {
  const { clock } = context;
  const downloaded = new Set<number>();
  const download = { ...options.download, told: new Set<string>() };
  let downloadFailed: DownloadOutcome['failed'] = [];
  let active: readonly number[] = [];
  let deadlineMs = Number.POSITIVE_INFINITY;
  let refusedRounds = 0;
  try {
    for (;;) {
      const isLastRound = submitting.over.aborted;
      if (isLastRound && options.timeoutMs !== undefined) {
        deadlineMs = Math.min(deadlineMs, clock.now().getTime() + options.timeoutMs);
      }
      const refreshed = await refreshJobs(context, batches);
      const stop = stopAfter(refreshed, true);
      if (stop !== undefined) throw stop;
      active = refreshed.active;
      const isRefused = active.length > 0 && active.every((batch) => refreshed.refused.includes(batch));
      refusedRounds = isRefused ? refusedRounds + 1 : 0;
      const outcome = await downloadResults(context, batches, download);
      downloadFailed = outcome.failed;
      for (const { batch } of outcome.saved) downloaded.add(batch);
      const isGivingUp =
        submitting.stoppedBy() !== undefined ||
        clock.now().getTime() >= deadlineMs ||
        refusedRounds >= MOST_REFUSED_ROUNDS;
      if (isLastRound && (active.length === 0 || isGivingUp)) {
        return { downloaded: [...downloaded], downloadFailed, active, stoppedBy: undefined };
      }
      await pause(context, options.pollMs, isLastRound ? undefined : submitting.over);
    }
  } catch (error) {
    return { downloaded: [...downloaded], downloadFailed, active, stoppedBy: error };
  }
}

/** Sleeps, but not past the moment when submitting is over: then the end may be near. */
async function pause(
  { clock, signal }: RunContext,
  ms: number,
  until: AbortSignal | undefined,
): Promise<void> {
  const either = until === undefined ? signal : AbortSignal.any([signal, until]);
  try {
    await clock.sleep(ms, either);
  } catch (error) {
    if (until?.aborted !== true || signal.aborted) throw error;
  }
}
