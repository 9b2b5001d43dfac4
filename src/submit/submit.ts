import { BatchSubmitError } from '../model/errors.ts';
import type { InputFile, PlannedBatch } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { isSubmitted, recordOf } from '../model/submission-state.ts';
import { refuseDeletedJobs } from './deleted-jobs.ts';
import { openContext } from './open-context.ts';
import { reconcile } from './reconcile.ts';
import { stopFor } from '../model/stop.ts';
import { submitBatch, type BatchOutcome } from './submit-batch.ts';
import type { SubmitContext, SubmitOptions } from './submit-context.ts';
import { refuseForeignJobs, survey } from './survey.ts';

export interface SubmitOutcome {
  readonly submitted: readonly number[];
  readonly failed: readonly number[];
  readonly uncertain: readonly number[];
  /** Why the run ended early; everything before it is saved. */
  readonly stoppedBy: unknown;
}

/**
 * Submits every planned batch that is not skipped, several at a time, and keeps going when one fails.
 * Creates whose outcome is unknown are looked up beside the others, so that nobody waits for them.
 */
export async function submit(
  run: RunContext,
  planned: readonly PlannedBatch[],
  options: SubmitOptions,
): Promise<SubmitOutcome> {
  const lost = planned.filter(({ action }) => action.kind === 'look_up').map(({ file }) => file);
  const ready = planned.filter(
    ({ action }) => action.kind === 'upload_and_create' || action.kind === 'create',
  );
  const outcomes = new Map<number, BatchOutcome>();
  if (lost.length + ready.length === 0) return tally(outcomes, undefined);

  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const all = [...lost, ...ready.map(({ file }) => file)];
  const { context: draft, watch } = openContext({ ...run, signal }, options, all, (error) =>
    stop.abort(error),
  );
  let context: SubmitContext;
  try {
    await checkModel(draft);
    const unknownJobs = ready.length > 0 ? await survey(draft) : draft.unknownJobs;
    await refuseForeignJobs(
      draft,
      unknownJobs,
      ready.map(({ file }) => file),
    );
    await refuseDeletedJobs(draft, all);
    context = { ...draft, unknownJobs };
  } catch (error) {
    run.progress?.createsFrom(undefined);
    return tally(outcomes, error);
  }

  for (const { file, action } of ready) {
    if (action.kind === 'upload_and_create') run.progress?.planned(file.batch, file.sizeBytes);
  }
  const submitOne = async ({ batch, path, sizeBytes }: InputFile): Promise<void> => {
    await context.ahead.enter(sizeBytes, signal);
    const outcome = await submitBatch(context, { batch, path, sizeBytes }).finally(() => {
      context.ahead.leave(sizeBytes);
      // Also when the run ends here: what was submitted counts as submitted.
      if (isSubmitted(recordOf(context.store.current(), batch))) outcomes.set(batch, 'submitted');
    });
    outcomes.set(batch, outcome);
    if (outcome === 'failed' && options.failFast) throw failedFast(batch);
  };
  const guarded = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      // The first reason counts; what the abort makes the others say is an echo of it.
      if (!signal.aborted) stop.abort(error);
    });

  const pool = async (files: readonly InputFile[]): Promise<void> => {
    const submitAndEnd = async (file: InputFile): Promise<void> => {
      await submitOne(file).finally(() => run.progress?.ended(file.batch));
    };
    await Promise.all(files.map((file) => guarded(submitAndEnd(file))));
  };
  const findThenSubmit = async (files: readonly InputFile[]): Promise<void> => {
    if (files.length > 0 && !signal.aborted) await pool(await resolveLost(context, files, outcomes));
  };
  await Promise.all([pool(ready.map(({ file }) => file)), guarded(findThenSubmit(lost))]);
  // Creates that became uncertain during this run get the same treatment as those found at its start.
  const uncertain = ready.map(({ file }) => file).filter(({ batch }) => outcomes.get(batch) === 'uncertain');
  await guarded(findThenSubmit(uncertain));
  await guarded(context.lag.stop());
  await watch.stop();
  run.progress?.waitsForJobs(false);
  run.progress?.createsFrom(undefined);
  return tally(outcomes, signal.aborted ? signal.reason : undefined);
}

async function resolveLost(
  context: SubmitContext,
  files: readonly InputFile[],
  outcomes: Map<number, BatchOutcome>,
): Promise<readonly InputFile[]> {
  for (const { batch } of files) outcomes.set(batch, 'uncertain');
  const batches = files.map(({ batch }) => batch);
  try {
    const free = new Set(await reconcile(context, batches));
    return files.filter(({ batch }) => free.has(batch));
  } finally {
    // Its job may have ended since it was adopted, and the run may be stopping: adopted is submitted.
    for (const batch of batches) {
      if (isSubmitted(recordOf(context.store.current(), batch))) outcomes.set(batch, 'submitted');
    }
  }
}

/** A wrong key or model is found before a single byte is uploaded. */
async function checkModel({ service, options, signal }: SubmitContext): Promise<void> {
  const checked = await service.checkModel(options.model, signal);
  if (!checked.ok) throw stopFor(checked.failure, `submit to model "${options.model}"`);
}

function failedFast(batch: number): BatchSubmitError {
  return new BatchSubmitError('E_REFUSED', `Cannot go on: batch ${batch} failed and --fail-fast was given`, {
    hint: 'see `batch-submit status --failed`',
  });
}

function tally(outcomes: ReadonlyMap<number, BatchOutcome>, stoppedBy: unknown): SubmitOutcome {
  const having = (wanted: BatchOutcome): number[] =>
    [...outcomes]
      .filter(([, outcome]) => outcome === wanted)
      .map(([batch]) => batch)
      .sort((a, b) => a - b);
  return {
    submitted: having('submitted'),
    failed: having('failed'),
    uncertain: having('uncertain'),
    stoppedBy,
  };
}
