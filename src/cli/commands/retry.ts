import { BatchSubmitError } from '../../model/errors.ts';
import { recordOf } from '../../model/submission-state.ts';
import { prepareRetry } from '../../run/retry.ts';
import { loadState } from '../../state/load-state.ts';
import { RETRY_STATUSES, retryStatusOf, type RetryStatus } from '../../submit/requeue.ts';
import { submit } from '../../submit/submit.ts';
import { findInput, refuseOtherInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, selectionOf, textFlag, type Invocation } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { downloadOptions } from './download.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { plural, printHeader } from './run-summary.ts';
import { checkSent, NO_STATE, planFrom, submitOptions } from './submit-plan.ts';

/** `batch-submit retry`: another attempt for what failed, expired or was cancelled. */
export const retryCommand: CommandHandler = (invocation) => withDesk(invocation, retryFailed);

async function retryFailed(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const paths = settings.settings;
  const statuses = statusesOf(invocation);
  const files = await findInput(paths, selectionOf(invocation));
  const state = (await loadState(paths.state))?.state ?? NO_STATE;
  refuseOtherInput(paths, state, files);
  const isChosen = (batch: number): boolean => {
    const status = retryStatusOf(recordOf(state, batch));
    return status !== undefined && statuses.includes(status);
  };
  const failed = files.filter(({ batch }) => isChosen(batch));
  const active = files.filter(({ batch }) => recordOf(state, batch).status === 'submitted');
  if (hasFlag(invocation, 'dry-run')) {
    const planned = failed.map((file) => ({ file, action: { kind: 'upload_and_create' } as const }));
    printer.result(describePlan(planned, paths.model, invocation.io.clock.now()));
    return EXIT.ok;
  }
  if (failed.length + active.length === 0) {
    printer.note('Nothing to retry: no batch failed, expired or was cancelled');
    return EXIT.ok;
  }
  const unusable = await checkSent(desk, failed);
  await printHeader(
    desk,
    failed.map((file) => ({ file, action: { kind: 'upload_and_create' } })),
  );
  const batches = files.map(({ batch }) => batch);
  const usable = failed.filter(({ batch }) => !unusable.has(batch));
  const candidates = [...usable, ...active].map(({ batch }) => batch).sort((a, b) => a - b);
  return await inSession(desk, async (session) => {
    const startedMs = await startRun(desk, session, batches, failed.length);
    const ready = await prepareRetry(
      session,
      limitTo(candidates, invocation),
      statuses,
      downloadOptions(desk),
    );
    if (ready.length === 0)
      printer.note(`Nothing to retry: ${plural(active.length, 'job is', 'jobs are')} still under way`);
    const chosen = files.filter(({ batch }) => ready.includes(batch));
    const { planned } = planFrom(desk, chosen, session.store.current());
    const outcome = await submit(session, planned, submitOptions(desk));
    const result = { submitted: outcome.submitted.length, downloaded: 0, stoppedBy: outcome.stoppedBy };
    return finishRun(desk, session, batches, startedMs, result);
  });
}

function limitTo(batches: readonly number[], invocation: Invocation): readonly number[] {
  return batches.slice(0, countFlag(invocation, 'limit') ?? batches.length);
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
