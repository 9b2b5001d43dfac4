import pLimit from 'p-limit';
import type { PlannedBatch } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { submit, type SubmitOutcome } from '../submit/submit.ts';
import type { SubmitOptions } from '../submit/submit-context.ts';
import { collectUntilDone, type Collected, type CollectOptions } from './collect-until-done.ts';

export interface RunAllOptions extends CollectOptions {
  readonly submit: SubmitOptions;
}

/** `stoppedBy` is why the run ended early, on whichever side. */
export interface RunAllOutcome extends Collected {
  readonly submitted: readonly number[];
}

/**
 * The whole job: submits, and at the same time collects every result as soon as its job ends, so that
 * nothing ages out while later batches wait for quota. When submitting gives up, what is ready is
 * still collected; when collecting gives up, nothing more is submitted, for nobody would save its results.
 */
export async function runAll(
  context: RunContext,
  planned: readonly PlannedBatch[],
  options: RunAllOptions,
): Promise<RunAllOutcome> {
  // A job that two saw end would be told twice.
  const oneAtATime = pLimit(1);
  const { refreshJobs } = options.submit;
  const refreshInTurn: typeof refreshJobs = (...asked) => oneAtATime(() => refreshJobs(...asked));
  const batches = planned.map(({ file }) => file.batch);
  const over = new AbortController();
  const uncollectable = new AbortController();
  const signal = AbortSignal.any([context.signal, uncollectable.signal]);
  let outcome: SubmitOutcome = { submitted: [], failed: [], uncertain: [], stoppedBy: undefined };
  const submitting = async (): Promise<void> => {
    try {
      outcome = await submit({ ...context, signal }, planned, {
        ...options.submit,
        refreshJobs: refreshInTurn,
      });
    } catch (error) {
      outcome = { ...outcome, stoppedBy: error };
    }
    over.abort();
  };
  const collecting = async (): Promise<Collected> => {
    const stoppedBy = (): unknown => outcome.stoppedBy;
    const collected = await collectUntilDone(
      context,
      batches,
      { ...options, refreshJobs: refreshInTurn },
      { over: over.signal, stoppedBy },
    );
    if (collected.stoppedBy !== undefined) uncollectable.abort(collected.stoppedBy);
    return collected;
  };
  const [, collected] = await Promise.all([submitting(), collecting()]);
  return { ...collected, submitted: outcome.submitted, stoppedBy: outcome.stoppedBy ?? collected.stoppedBy };
}
