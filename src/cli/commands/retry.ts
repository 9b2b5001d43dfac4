import { reconcile } from '../../collect/reconcile.ts';
import { hasAnswers } from '../../model/batch-record.ts';
import { foldBatches, isSelected } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { planSubmit, type InputFile } from '../../model/plan.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { isBegun, isWanted, prepareRetry } from '../../run/retry.ts';
import { readUnusableRows } from '../../refine/parse/unusable-rows.ts';
import { recordFilesIn } from '../../refine/record-files.ts';
import { chooseRows, NOTHING_LEFT, type RowsLeft } from '../../submit/choose-rows.ts';
import { createRowPacker } from '../../submit/pack-rows.ts';
import { isUnknown } from '../../submit/forget-creates.ts';
import { retryStatusOf } from '../../submit/requeue.ts';
import { findRowFiles, restoreRowFiles } from '../../submit/row-files.ts';
import { stagingDirectoryFor } from '../../submit/stage.ts';
import { submit, type SubmitOutcome } from '../../submit/submit.ts';
import { findInput, knownBatches, refuseOtherInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession, type Session } from '../session.ts';
import { downloadOptions } from './download.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { announceIdle } from './nothing-to-do.ts';
import { retryScope, type RetryScope } from './retry-wish.ts';
import { plural, printPlan, printTitle, standingOf, type Standing } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';
import { checkSent, refuseLostState, submitOptions } from './submit-plan.ts';

/** `batch-submit retry`: another attempt for batches that failed, and for rows of batches that did not. */
export const retryCommand: CommandHandler = (invocation) => withDesk(invocation, retryFailed);

/** What the files and the state on disk say before the service is asked. */
interface Candidates {
  readonly state: SubmissionState;
  readonly scope: RetryScope;
  /** Every chosen batch. */
  readonly batches: readonly number[];
  readonly files: readonly InputFile[];
  /** Files of batches that failed in one of the ways that were asked for. */
  readonly failed: readonly InputFile[];
  /** Batches whose lost create is to be forgotten. */
  readonly forget: readonly InputFile[];
  /** These may turn out to have failed, or to be no longer missing, once the service is asked. */
  readonly open: readonly InputFile[];
}

async function retryFailed(desk: Desk): Promise<number> {
  const { invocation } = desk;
  const candidates = await findCandidates(desk);
  const { state, scope, batches, files, failed, forget, open } = candidates;
  if (hasFlag(invocation, 'dry-run')) return await describeRetry(desk, candidates);
  const standing = standingOf(state, batches);
  const hasUnusable = (scope.rows?.unusable?.size ?? 0) > 0;
  const hasRows =
    hasUnusable || (scope.rows !== undefined && (standing.unanswered > 0 || standing.counts.succeeded > 0));
  const hasBegun = files.some(({ batch }) => isBegun(recordOf(state, batch)));
  if (failed.length + forget.length + open.length === 0 && !hasRows && !hasBegun) {
    return announceIdle(desk, standing, 'Nothing to retry: no batch failed, expired or was cancelled');
  }
  const unusable = await checkSent(desk, [...failed, ...forget]);
  await printTitle(desk);
  return await inSession(desk, async (session) => {
    const startedMs = await startRun(desk, session, batches, failed.length + forget.length);
    const chosen = { ...candidates, files: files.filter(({ batch }) => !unusable.has(batch)) };
    const nothing: readonly number[] = [];
    const outcome = await retryIn(desk, session, chosen).catch((stoppedBy: unknown) => ({
      submitted: nothing,
      stoppedBy,
      next: undefined,
      isShort: false,
    }));
    const otherwise = outcome.isShort ? EXIT.someFailed : EXIT.ok;
    const result = {
      submitted: outcome.submitted.length,
      downloaded: 0,
      otherwise,
      stoppedBy: outcome.stoppedBy,
    };
    const touched = [...new Set([...batches, ...outcome.submitted])];
    // Only the files can say whether what the state counts as unanswered still is.
    const isInDoubt =
      result.stoppedBy === undefined && standingOf(session.store.current(), touched).unanswered > 0;
    const reconciliation = isInDoubt
      ? await reconcile(session.store.current(), touched, undefined, desk.signal)
      : undefined;
    return finishRun(desk, session, touched, startedMs, { ...result, reconciliation, next: outcome.next });
  });
}

async function findCandidates(desk: Desk): Promise<Candidates> {
  const { invocation, settings } = desk;
  const paths = settings.settings;
  const scope = await withUnusable(desk, retryScope(invocation));
  const selection = selectionOf(invocation);
  const loaded = await desk.loadState();
  if (loaded === undefined) await refuseLostState(desk);
  const state = loaded?.state ?? NO_STATE;
  const inputFiles = await findInput(paths, selection);
  refuseOtherInput(paths, state, inputFiles);
  const batches = await knownBatches(paths, state, selection);
  if (!hasFlag(invocation, 'dry-run')) await restoreRowFiles(state, stagingDirectoryFor(paths.state));
  const rowFiles = await findRowFiles(state, batches, stagingDirectoryFor(paths.state));
  const files = [...inputFiles, ...rowFiles];
  const statusOf = ({ batch }: InputFile): string | undefined => retryStatusOf(recordOf(state, batch));
  return {
    state,
    scope,
    batches,
    files,
    forget: filesToForget(state, scope, files),
    failed: files.filter(({ batch }) => isWanted(recordOf(state, batch), scope)),
    open: files.filter(
      (file) => recordOf(state, file.batch).status === 'submitted' || statusOf(file) === 'missing',
    ),
  };
}

/** Adds the rows whose answers `parse` could make nothing of, where they are asked for. */
async function withUnusable({ settings, signal }: Desk, scope: RetryScope): Promise<RetryScope> {
  if (scope.rows === undefined || scope.unusable.length === 0) return scope;
  const { unparsed } = recordFilesIn(settings.settings.records);
  const unusable = await readUnusableRows(unparsed, scope.unusable, signal);
  return { ...scope, rows: { ...scope.rows, unusable } };
}

/** @throws {BatchSubmitError} `E_USAGE` when there is nothing to forget */
function filesToForget(
  state: SubmissionState,
  { forget }: RetryScope,
  files: readonly InputFile[],
): readonly InputFile[] {
  if (forget === undefined) return [];
  const found = files.filter(
    ({ batch }) => isSelected(forget.selection, batch) && isUnknown(recordOf(state, batch)),
  );
  if (found.length > 0) return found;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot forget ${forget.text}: no batch there has a create whose outcome is unknown, and an input file`,
    { hint: 'see which are unknown with `batch-submit status --failed`' },
  );
}

/** What `retry` submitted, and the command that helps where another retry would not. */
interface Retried extends SubmitOutcome {
  readonly next: string | undefined;
  /** Something was wanted that could not be sent. */
  readonly isShort: boolean;
}

async function retryIn(desk: Desk, session: Session, candidates: Candidates): Promise<Retried> {
  const { invocation } = desk;
  const { scope, batches, files, forget } = candidates;
  const prepared = await prepareRetry(session, batches, files, {
    statuses: scope.statuses,
    rows: scope.rows,
    forget: forget.map(({ batch }) => batch),
    limit: countFlag(invocation, 'limit'),
    download: downloadOptions(desk),
    stagingDirectory: submitOptions(desk).stagingDirectory,
  });
  const planned = planSubmit(prepared.files, session.store.current(), invocation.io.clock.now(), undefined);
  if (planned.length > 0) printPlan(desk, planned);
  else explainNothing(desk, standingOf(session.store.current(), batches));
  explainLeft(desk, prepared.left, hasPartial(session.store.current(), batches));
  const outcome = await submit(session, planned, submitOptions(desk));
  const isShort = isAnyLeft(prepared.left) || prepared.unsaved > 0;
  const hasWhole = hasPartial(session.store.current(), batches);
  return { ...outcome, isShort, next: planned.length > 0 ? undefined : nextFor(prepared.left, hasWhole) };
}

/** Counts what would be sent again, from what is on disk: nothing is asked for, and nothing written. */
async function describeRetry(
  desk: Desk,
  { state, scope, batches, failed, forget }: Candidates,
): Promise<number> {
  const { settings, invocation, printer, signal } = desk;
  const directory = stagingDirectoryFor(settings.settings.state);
  const packer = createRowPacker(state, directory, { isDry: true });
  const { retries: rows, left } =
    scope.rows === undefined
      ? { retries: [], left: NOTHING_LEFT }
      : await chooseRows(state, batches, packer, scope.rows, signal);
  const action = { kind: 'upload_and_create' } as const;
  // Of a batch that left answers behind only the other rows are sent.
  const whole = failed.filter(({ batch }) => scope.rows === undefined || !hasAnswers(recordOf(state, batch)));
  const planned = [...whole, ...forget, ...rows].map((file) => ({ file, action }));
  const plan = describePlan(planned, settings.settings.model, invocation.io.clock.now());
  const told = rows.map(
    (retry) =>
      `  ${retry.batch}   ${plural(retry.rows, 'row', 'rows')} of ${foldBatches(retry.sources.map(({ batch }) => batch))}`,
  );
  const rowRetries = rows.map((retry) => ({ batch: retry.batch, rows: retry.rows, sources: retry.sources }));
  printer.result({ ...plan, lines: [...told, ...plan.lines], json: { ...plan.json, rowRetries, left } });
  explainLeft(desk, left, hasPartial(state, batches));
  return EXIT.ok;
}

function isAnyLeft({ permanent, exhausted, withoutInput, unknown }: RowsLeft): boolean {
  return permanent + exhausted + withoutInput + unknown > 0;
}

/** True when a batch ended early with some answers: it can be sent again whole as well. */
function hasPartial(state: SubmissionState, batches: readonly number[]): boolean {
  return batches.some((batch) => hasAnswers(recordOf(state, batch)));
}

/** Nothing could be sent: the same command again would send nothing either. */
function nextFor(left: RowsLeft, hasWhole: boolean): string | undefined {
  if (left.unknown > 0)
    return 'batch-submit download --force    bring back the results that were changed on disk';
  if (left.withoutInput > 0 && hasWhole)
    return 'batch-submit retry --batches-only    send batches whole, from the files as they are now';
  return isAnyLeft(left) ? 'batch-submit report      see which requests have no good answer' : undefined;
}

function explainNothing({ printer }: Desk, { counts, missing }: Standing): void {
  const running = counts.pending + counts.running;
  if (running > 0) printer.note(`Nothing to retry: ${plural(running, 'job is', 'jobs are')} still under way`);
  if (missing > 0) {
    const jobs = plural(missing, 'job is', 'jobs are');
    printer.note(
      `${jobs} unknown to the service; \`batch-submit retry --status missing\` submits them again`,
    );
  }
}

/** Rows that stay as they are, and what would move them. */
function explainLeft({ printer }: Desk, left: RowsLeft, hasWhole: boolean): void {
  const { permanent, exhausted, withoutInput, unknown } = left;
  if (unknown > 0)
    printer.note(
      `! ${plural(unknown, 'row', 'rows')} may be answered: the results were altered or removed since they were saved; \`batch-submit download --force\` brings them back`,
    );
  if (permanent > 0)
    printer.note(
      `! ${plural(permanent, 'row is', 'rows are')} refused for good; \`batch-submit retry --reason blocked,error\` sends them all the same`,
    );
  if (exhausted > 0)
    printer.note(
      `! ${plural(exhausted, 'row was', 'rows were')} sent as often as allowed; \`batch-submit retry --max-attempts <n>\` allows more`,
    );
  if (withoutInput > 0)
    printer.note(
      `! ${plural(withoutInput, 'row', 'rows')} cannot be sent again: the input file is gone, or was edited since; put it back as it was${
        hasWhole ? ', or send its batch whole with `batch-submit retry --batches-only`' : ''
      }`,
    );
}
