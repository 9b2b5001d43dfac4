import { downloadResults, type DownloadOptions, type DownloadOutcome } from '../collect/download.ts';
import { refreshJobs, stopAfter } from '../collect/refresh.ts';
import { deadlinesOf } from '../model/deadlines.ts';
import { serviceTime, type RunContext } from '../model/run-context.ts';
import { tellDeadlines } from './tell-deadlines.ts';

export interface CollectOptions {
  readonly download: DownloadOptions;
  /** Where others ask about the same jobs at the same time: something that lets one ask after the other. */
  readonly refreshJobs?: typeof refreshJobs;
  readonly pollMs: number;
  /** Longest time to wait for jobs after the last batch was submitted; `undefined` waits for all. */
  readonly timeoutMs: number | undefined;
  /** Called in each round, between what the jobs said and the downloads. */
  readonly onRefreshed?: () => void;
}

export interface Collected {
  readonly downloaded: readonly number[];
  /** Of the last round. */
  readonly downloadFailed: DownloadOutcome['failed'];
  /** Batches whose jobs were still under way at the end. */
  readonly active: readonly number[];
  /** Why the collecting ended early; everything before it is saved. */
  readonly stoppedBy: unknown;
}

/** How submitting stands, as the collecting side sees it. */
export interface Submitting {
  /** Aborted when the last batch was submitted, or when submitting gave up. */
  readonly over: AbortSignal;
  readonly stoppedBy: () => unknown;
}

/** For who only waits for jobs that were made before. */
export const NOTHING_TO_SUBMIT: Submitting = { over: AbortSignal.abort(), stoppedBy: () => undefined };

/** Rounds in which the service refuses to speak of every job that is left, after which waiting is useless. */
const MOST_REFUSED_ROUNDS = 3;

/** Polls and downloads until nothing is submitted any more and no job is under way. */
export async function collectUntilDone(
  context: RunContext,
  batches: readonly number[],
  options: CollectOptions,
  submitting: Submitting,
): Promise<Collected> {
  const { clock } = context;
  const downloaded = new Set<number>();
  const download = { ...options.download, told: new Set<string>() };
  const toldDeadlines = new Set<string>();
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
      const refreshed = await (options.refreshJobs ?? refreshJobs)(context, batches);
      const stop = stopAfter(refreshed, true);
      if (stop !== undefined) throw stop;
      active = refreshed.active;
      const refused = new Set(refreshed.refused);
      const isRefused = active.length > 0 && active.every((batch) => refused.has(batch));
      refusedRounds = isRefused ? refusedRounds + 1 : 0;
      options.onRefreshed?.();
      const outcome = await downloadResults(context, batches, download);
      downloadFailed = outcome.failed;
      for (const { batch } of outcome.saved) downloaded.add(batch);
      // After the downloads, so that nothing is said of results that were saved in time.
      tellDeadlines(context, batches, toldDeadlines);
      const isGivingUp =
        submitting.stoppedBy() !== undefined ||
        clock.now().getTime() >= deadlineMs ||
        refusedRounds >= MOST_REFUSED_ROUNDS;
      if (isLastRound && (active.length === 0 || isGivingUp)) {
        return { downloaded: [...downloaded], downloadFailed, active, stoppedBy: undefined };
      }
      await pause(
        context,
        nextPollMs(context, batches, options.pollMs),
        isLastRound ? undefined : submitting.over,
      );
    }
  } catch (error) {
    return { downloaded: [...downloaded], downloadFailed, active, stoppedBy: error };
  }
}

const LEAST_POLL_MS = 1000;

/** Results that could not be saved yet are asked for more often towards their end. */
function nextPollMs(context: RunContext, batches: readonly number[], pollMs: number): number {
  const now = serviceTime(context);
  const chosen = new Set(batches);
  let leastLeftMs = Number.POSITIVE_INFINITY;
  for (const { what, batch, at } of deadlinesOf(context.store.current(), now)) {
    const leftMs = Date.parse(at) - now.getTime();
    // Nothing is won by haste once they may be gone.
    if (what === 'results' && chosen.has(batch) && leftMs > 0) leastLeftMs = Math.min(leastLeftMs, leftMs);
  }
  return Math.min(pollMs, Math.max(LEAST_POLL_MS, leastLeftMs / 4));
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
