import { countFlag, hasFlag, selectionOf } from '../invocation.ts';
import { checkInputFiles, findUnusable } from '../../input/check-files.ts';
import { findInput, refuseOtherInput } from '../batches.ts';
import type { Desk } from '../desk.ts';
import type { InputFile, PlannedBatch } from '../../model/plan.ts';
import { planSubmit } from '../../model/plan.ts';
import type { SubmissionState } from '../../model/submission-state.ts';
import type { SubmitOptions } from '../../submit/submit-context.ts';
import { loadState } from '../../state/load-state.ts';

/** An empty state, for a plan made before any file exists. */
export const NO_STATE: SubmissionState = {
  stateId: '',
  createdAt: '',
  lastRun: undefined,
  batches: new Map(),
};

export interface SubmitPlan {
  readonly files: readonly InputFile[];
  readonly planned: readonly PlannedBatch[];
  /** How many of them a run would work on. */
  readonly todo: number;
}

/** Finds and checks the input and decides, from the state on disk, what is left to do. */
export async function makePlan(desk: Desk): Promise<SubmitPlan> {
  const settings = desk.settings.settings;
  const found = await findInput(settings, selectionOf(desk.invocation));
  const state = (await loadState(settings.state))?.state ?? NO_STATE;
  refuseOtherInput(settings, state, found);
  const { planned } = planFrom(desk, found, state);
  // Only what would be sent is checked: a file that has served its purpose may be gone or changed.
  const sent = planned.filter(
    ({ action }) => action.kind === 'upload_and_create' || action.kind === 'create',
  );
  const unusable = await checkSent(
    desk,
    sent.map(({ file }) => file),
  );
  return planFrom(
    desk,
    found.filter(({ batch }) => !unusable.has(batch)),
    state,
  );
}

/**
 * The cheap checks, over everything that would be sent, before anything is.
 * @returns with --skip-missing the batches to leave out; without it, unusable files are an error
 */
export async function checkSent(desk: Desk, files: readonly InputFile[]): Promise<ReadonlySet<number>> {
  if (!hasFlag(desk.invocation, 'skip-missing')) {
    await checkInputFiles(files);
    return new Set();
  }
  const unusable = await findUnusable(files);
  for (const { batch, fault } of unusable)
    desk.emit({ event: 'warning', batch, message: `left out: the input file ${fault}` });
  return new Set(unusable.map(({ batch }) => batch));
}

/** The same plan again, from a state that is held under the lock. */
export function planFrom(desk: Desk, files: readonly InputFile[], state: SubmissionState): SubmitPlan {
  const planned = planSubmit(
    files,
    state,
    desk.invocation.io.clock.now(),
    countFlag(desk.invocation, 'limit'),
  );
  return { files, planned, todo: planned.filter(({ action }) => action.kind !== 'skip').length };
}

export function submitOptions(desk: Desk): SubmitOptions {
  const { settings } = desk.settings;
  return {
    model: settings.model,
    displayName: settings.displayName,
    policy: desk.policy,
    concurrency: settings.concurrency,
    pauseMs: settings.pauseMs,
    maxWaitMs: settings.maxWaitMs,
    failFast: hasFlag(desk.invocation, 'fail-fast'),
    settleMs: settings.settleMs,
    onAmbiguous: settings.onAmbiguous,
    random: desk.invocation.io.random,
  };
}
