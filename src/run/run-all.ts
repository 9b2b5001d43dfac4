import { downloadResults, type DownloadOptions, type DownloadOutcome } from '../collect/download.ts';
import { refreshJobs } from '../collect/refresh.ts';
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
  readonly submit: SubmitOutcome;
  readonly downloaded: readonly number[];
  readonly downloadFailed: DownloadOutcome['failed'];
  /** Batches whose jobs were still under way when the time was up. */
  readonly active: readonly number[];
}

/**
 * The whole job: submits, and at the same time collects every result as soon as its job ends, so that
 * nothing ages out while later batches wait for quota.
 */
export async function runAll(
  context: RunContext,
  planned: readonly PlannedBatch[],
  options: RunAllOptions,
): Promise<RunAllOutcome> {
  const batches = planned.map(({ file }) => file.batch);
  const submitting = new AbortController();
  const submitted = submit(context, planned, options.submit).finally(() => submitting.abort());
  const collected = collectUntilDone(context, batches, options, submitting.signal);
  const [submitOutcome, collectOutcome] = await Promise.allSettled([submitted, collected]);
  if (submitOutcome.status === 'rejected') throw submitOutcome.reason;
  if (collectOutcome.status === 'rejected') throw collectOutcome.reason;
  return { submit: submitOutcome.value, ...collectOutcome.value };
}

/** Polls and downloads until `submitted` is aborted and no job is under way any more. */
async function collectUntilDone(
  context: RunContext,
  batches: readonly number[],
  options: Pick<RunAllOptions, 'download' | 'pollMs' | 'timeoutMs'>,
  submitted: AbortSignal,
): Promise<Omit<RunAllOutcome, 'submit'>> {
  const { clock, signal } = context;
  const downloaded = new Set<number>();
  let deadlineMs: number | undefined;
  for (;;) {
    const isLastRound = submitted.aborted;
    if (isLastRound && options.timeoutMs !== undefined)
      deadlineMs ??= clock.now().getTime() + options.timeoutMs;
    const { active } = await refreshJobs(context, batches);
    const outcome = await downloadResults(context, batches, options.download);
    for (const { batch } of outcome.saved) downloaded.add(batch);
    const isOver = deadlineMs !== undefined && clock.now().getTime() >= deadlineMs;
    if (isLastRound && (active.length === 0 || isOver)) {
      return { downloaded: [...downloaded], downloadFailed: outcome.failed, active };
    }
    await pause(context, options.pollMs, isLastRound ? undefined : submitted);
    signal.throwIfAborted();
  }
}

/** Sleeps, but not past the moment when the last batch was submitted: then the end may be near. */
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
