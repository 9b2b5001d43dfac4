import type { BatchRecord } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { planSubmit } from '../../model/plan.ts';
import { recordOf } from '../../model/submission-state.ts';
import { prepareRetry } from '../../run/retry.ts';
import { loadState } from '../../state/load-state.ts';
import { RETRY_STATUSES, retryStatusOf, type RetryStatus } from '../../submit/requeue.ts';
import { submit, type SubmitOutcome } from '../../submit/submit.ts';
import { findInput, knownBatches, refuseOtherInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, selectionOf, textFlag, type Invocation } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { downloadOptions } from './download.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { announceIdle } from './nothing-to-do.ts';
import { plural, printPlan, printTitle, standingOf, type Standing } from './run-summary.ts';
import { checkSent, NO_STATE, submitOptions } from './submit-plan.ts';

/** `batch-submit retry`: another attempt for what failed, expired or was cancelled. */
export const retryCommand: CommandHandler = (invocation) => withDesk(invocation, retryFailed);

async function retryFailed(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const paths = settings.settings;
  const statuses = statusesOf(invocation);
  const selection = selectionOf(invocation);
  const files = await findInput(paths, selection);
  const state = (await loadState(paths.state))?.state ?? NO_STATE;
  refuseOtherInput(paths, state, files);
  const statusOf = (batch: number): RetryStatus | undefined => retryStatusOf(recordOf(state, batch));
  const failed = files.filter(({ batch }) => statuses.some((status) => status === statusOf(batch)));
  // These may turn out to have failed, or to be no longer missing, once the service is asked.
  const open = files.filter(
    ({ batch }) => recordOf(state, batch).status === 'submitted' || statusOf(batch) === 'missing',
  );
  // A retry that was stopped left these behind: ready, and not submitted.
  const begun = files.filter(({ batch }) => isBegun(recordOf(state, batch)));
  if (hasFlag(invocation, 'dry-run')) {
    const planned = failed.map((file) => ({ file, action: { kind: 'upload_and_create' } as const }));
    printer.result(describePlan(planned, paths.model, invocation.io.clock.now()));
    return EXIT.ok;
  }
  const batches = await knownBatches(paths, state, selection);
  if (failed.length + open.length + begun.length === 0) {
    return announceIdle(
      desk,
      standingOf(state, batches),
      'Nothing to retry: no batch failed, expired or was cancelled',
    );
  }
  const unusable = await checkSent(desk, failed);
  const candidates = [...new Set([...failed, ...open].map(({ batch }) => batch))].filter(
    (batch) => !unusable.has(batch),
  );
  await printTitle(desk);
  return await inSession(desk, async (session) => {
    const startedMs = await startRun(desk, session, batches, failed.length);
    const work = async (): Promise<SubmitOutcome> => {
      const ready = await prepareRetry(
        session,
        candidates.sort((a, b) => a - b),
        {
          statuses,
          limit: countFlag(invocation, 'limit'),
          download: downloadOptions(desk),
        },
      );
      const goOn = begun.filter(({ batch }) => isBegun(recordOf(session.store.current(), batch)));
      const wanted = new Set([...ready, ...goOn.map(({ batch }) => batch)]);
      const chosen = files.filter(({ batch }) => wanted.has(batch));
      const planned = planSubmit(chosen, session.store.current(), invocation.io.clock.now(), undefined);
      if (chosen.length > 0) printPlan(desk, planned);
      else explainNothing(desk, standingOf(session.store.current(), batches));
      return await submit(session, planned, submitOptions(desk));
    };
    const outcome = await work().catch((stoppedBy: unknown) => ({ submitted: [], stoppedBy }));
    const result = { submitted: outcome.submitted.length, downloaded: 0, stoppedBy: outcome.stoppedBy };
    return finishRun(desk, session, batches, startedMs, result);
  });
}

/** Made ready for another attempt, and not submitted yet. */
function isBegun({ status, earlier = [] }: BatchRecord): boolean {
  return earlier.length > 0 && (status === 'pending' || status === 'uploading' || status === 'uploaded');
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

function statusesOf(invocation: Invocation): readonly RetryStatus[] {
  const text = textFlag(invocation, 'status');
  if (text === undefined) return RETRY_STATUSES.filter((status) => status !== 'missing');
  return text.split(',').map((word) => {
    const status = RETRY_STATUSES.find((known) => known === word.trim());
    if (status !== undefined) return status;
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot retry the status "${word}": it is not one of ${RETRY_STATUSES.join(', ')}`,
      {
        hint: 'write it as `--status failed,expired`',
      },
    );
  });
}
