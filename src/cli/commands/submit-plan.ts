import { refreshJobs } from '../../collect/refresh.ts';
import { ceilingOf, findOversized, refuseOversized, splitAdvice } from '../quota-settings.ts';
import { countFlag, hasFlag, selectionOf } from '../invocation.ts';
import { checkInputFiles, findUnusable } from '../../input/check-files.ts';
import { readDeletedJobs } from '../../events/deleted-jobs.ts';
import { countLoggedJobs } from '../../events/logged-jobs.ts';
import { findInput, refuseOtherInput } from '../batches.ts';
import { stateName } from '../state-name.ts';
import type { Desk } from '../desk.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { InputFile, PlannedBatch } from '../../model/plan.ts';
import { planSubmit } from '../../model/plan.ts';
import { foldBatches, isChosen, type BatchSelection } from '../../model/batch-set.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { restoreRowFiles } from '../../submit/row-files.ts';
import { stagedPathFor, stagingDirectoryFor } from '../../submit/stage.ts';
import type { SubmitOptions } from '../../submit/submit-context.ts';
import { NO_STATE } from './no-state.ts';
import { plural } from './run-summary.ts';

export interface SubmitPlan {
  readonly files: readonly InputFile[];
  /** Every chosen batch: those with a file here, and those that only the state knows. */
  readonly batches: readonly number[];
  readonly planned: readonly PlannedBatch[];
  /** How many of them a run would work on. */
  readonly todo: number;
}

/** Finds and checks the input and decides, from the state on disk, what is left to do. */
export async function makePlan(desk: Desk): Promise<SubmitPlan> {
  const settings = desk.settings.settings;
  const selection = selectionOf(desk.invocation);
  const found = await findInput(settings, selection);
  const loaded = await desk.loadState();
  if (loaded === undefined) await refuseLostState(desk);
  const state = loaded?.state ?? NO_STATE;
  if (!hasFlag(desk.invocation, 'dry-run')) await restoreRowFiles(state, stagingDirectoryFor(settings.state));
  refuseUnknownNumbers(desk, selection, found, state);
  refuseOtherInput(settings, state, found);
  const { planned } = planFrom(desk, found, state);
  // Only what would be sent is checked: a file that has served its purpose may be gone or changed.
  const sent = planned.filter(
    ({ file, action }) =>
      (action.kind === 'upload_and_create' || action.kind === 'create') &&
      // One of ours that cannot be made again is no reason to stop: its rows are chosen anew.
      recordOf(state, file.batch).rowsOf === undefined,
  );
  const sentFiles = sent.map(({ file }) => file);
  const faulty = await checkSent(desk, sentFiles);
  const fine = sentFiles.filter(({ batch }) => !faulty.has(batch));
  const unusable = new Set([...faulty, ...(await checkQuota(desk, fine, state))]);
  return planFrom(
    desk,
    found.filter(({ batch }) => !unusable.has(batch)),
    state,
  );
}

/** No state, but a log of jobs that were made: the state was lost, and a new one would pay for them again. */
export async function refuseLostState(desk: Desk, action = 'submit'): Promise<void> {
  const { state, log } = desk.settings.settings;
  if (hasFlag(desk.invocation, 'fresh')) return;
  const jobs = await countLoggedJobs(log, stateName(desk.invocation, desk.settings.settings));
  if (jobs === 0) return;
  throw new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot ${action}: the state file "${state}" is gone, and the log "${log}" names ${plural(jobs, 'job', 'jobs')} that it knew`,
    { hint: 'find your jobs again with `batch-submit adopt`, or pay again with `--fresh`' },
  );
}

/** A number that the user names and nobody knows is a mistake, unless they say that gaps are fine. */
function refuseUnknownNumbers(
  desk: Desk,
  selection: BatchSelection,
  files: readonly InputFile[],
  state: SubmissionState,
): void {
  if (selection.kind !== 'only' || hasFlag(desk.invocation, 'skip-missing')) return;
  const known = [...files.map(({ batch }) => batch), ...state.batches.keys()];
  const unknown = selection.ranges.find(
    ([first, last]) => !known.some((batch) => batch >= first && batch <= last),
  );
  if (unknown === undefined) return;
  const [first, last] = unknown;
  const name = first === last ? `batch ${first}` : `batches ${first} to ${last}`;
  const { input } = desk.settings.settings;
  const present =
    files.length === 0 ? 'none of the others either' : foldBatches(files.map(({ batch }) => batch));
  throw new BatchSubmitError(
    'E_NO_BATCHES',
    `Cannot find ${name} in "${input}": of the batches that were named it holds ${present}`,
    { hint: 'correct --only, or pass `--skip-missing` to go on without it' },
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
    desk.emit({ event: 'warning', batch, message: `left out of this run: ${fault}` });
  return new Set(unusable.map(({ batch }) => batch));
}

/** Files that no wait could ever make room for are told before anything is sent; with --skip-missing they are left out. */
async function checkQuota(
  desk: Desk,
  files: readonly InputFile[],
  state: SubmissionState,
): Promise<readonly number[]> {
  const ceiling = ceilingOf(desk.settings.settings);
  const oversized = await findOversized(files, ceiling, state, desk.signal);
  if (!hasFlag(desk.invocation, 'skip-missing')) refuseOversized(oversized, ceiling);
  for (const one of oversized)
    desk.emit({
      event: 'warning',
      batch: one.file.batch,
      message: `left out of this run: it holds more tokens than all jobs together may; split it with \`${splitAdvice(one, ceiling)}\``,
    });
  return oversized.map(({ file }) => file.batch);
}

/** The same plan again, from a state that is held under the lock. */
export function planFrom(desk: Desk, files: readonly InputFile[], state: SubmissionState): SubmitPlan {
  const selection = selectionOf(desk.invocation);
  const staged = stagingDirectoryFor(desk.settings.settings.state);
  const all = [...files, ...filesOnlyInState(files, state, selection, staged)].sort(
    (a, b) => a.batch - b.batch,
  );
  const limit = countFlag(desk.invocation, 'limit');
  const planned = planSubmit(all, state, desk.invocation.io.clock.now(), limit);
  const todo = planned.filter(({ action }) => action.kind !== 'skip').length;
  return { files, batches: all.map(({ batch }) => batch), planned, todo };
}

/**
 * Batches whose input file is gone and whose job, or unknown create, is not: they are still looked up,
 * followed and collected. And those that send rows of others again: their files are ours.
 */
function filesOnlyInState(
  files: readonly InputFile[],
  state: SubmissionState,
  selection: BatchSelection,
  stagingDirectory: string,
): readonly InputFile[] {
  const present = new Set(files.map(({ batch }) => batch));
  return [...state.batches].flatMap(([batch, record]) => {
    const needsFile = !isSubmitted(record) && record.status !== 'creating' && record.status !== 'uncertain';
    if (present.has(batch) || !isChosen(selection, batch, record)) return [];
    const input = 'input' in record ? record.input : undefined;
    if (record.rowsOf !== undefined)
      return [{ batch, path: stagedPathFor(stagingDirectory, batch), sizeBytes: input?.sizeBytes ?? 0 }];
    if (needsFile) return [];
    return [{ batch, path: input?.path ?? '', sizeBytes: input?.sizeBytes ?? 0 }];
  });
}

/** While creates wait for jobs to end, a minute lost after each end would cost more than the few questions. */
const WAITING_POLL_MS = 15_000;

export function submitOptions(desk: Desk): SubmitOptions {
  const { settings } = desk.settings;
  return {
    model: settings.model,
    displayName: settings.displayName,
    policy: desk.policy,
    concurrency: settings.concurrency,
    ceiling: ceilingOf(settings),
    pollMs: Math.min(settings.pollMs, WAITING_POLL_MS),
    refreshJobs,
    stagingDirectory: stagingDirectoryFor(settings.state),
    pauseMs: settings.pauseMs,
    maxWaitMs: settings.maxWaitMs,
    failFast: hasFlag(desk.invocation, 'fail-fast'),
    // Given by surfaces that upload and create in two steps; the command line has no such flag.
    uploadOnly: hasFlag(desk.invocation, 'upload-only'),
    settleMs: settings.settleMs,
    onAmbiguous: settings.onAmbiguous,
    acceptNewKey: hasFlag(desk.invocation, 'accept-new-key'),
    fresh: hasFlag(desk.invocation, 'fresh'),
    deletedJobs: () => readDeletedJobs(settings.log),
    random: desk.invocation.io.random,
  };
}
