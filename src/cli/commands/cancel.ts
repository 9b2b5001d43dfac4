import type { Body } from '../../documents/body.ts';
import type { CancelDocument, CancelPlanDocument } from '../../documents/results.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { foldBatches } from '../../model/batch-set.ts';
import { recordOf } from '../../model/submission-state.ts';
import { refreshJobs } from '../../collect/refresh.ts';
import { cancelDuplicates, cancelJobs } from '../../submit/cancel.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, selectionOf } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { plural } from './run-summary.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit cancel <from> [to]`, or `--only`: only jobs that the state names, and only after asking. */
export const cancelCommand: CommandHandler = (invocation) => withDesk(invocation, cancelRunning);

async function cancelRunning(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const onlyDuplicates = hasFlag(invocation, 'duplicates');
  if (!onlyDuplicates && selectionOf(invocation).kind === 'all') {
    throw new BatchSubmitError('E_USAGE', 'Cannot cancel: no batch was named', {
      hint: 'name the first and the last one, as in `batch-submit cancel 81 90`',
    });
  }
  const state = (await desk.loadState())?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, selectionOf(invocation));
  const chosen = new Set(batches);
  const running = batches.filter((batch) => {
    const { status, duplicates = [], rowsOf = [] } = recordOf(state, batch);
    // Rows of a batch that was not named go on.
    if (!rowsOf.every((source) => chosen.has(source.batch))) return false;
    return onlyDuplicates ? duplicates.length > 0 : status === 'submitted';
  });
  const what = onlyDuplicates
    ? `the jobs that were made twice (${foldBatches(running)})`
    : `${plural(running.length, 'job', 'jobs')} (${foldBatches(running)})`;
  if (running.length === 0 || hasFlag(invocation, 'dry-run')) {
    printer.result({
      lines: [],
      records: running.map((batch) => [batch, 'cancel']),
      json: {
        dryRun: hasFlag(invocation, 'dry-run'),
        batches: running,
      } satisfies Body<CancelPlanDocument>,
    });
    printer.note(
      running.length === 0
        ? `Nothing to cancel: no job ${onlyDuplicates ? 'was made twice' : 'is under way'}`
        : `Would cancel ${what}. Nothing was sent.`,
    );
    return EXIT.ok;
  }
  if (
    !hasFlag(invocation, 'yes') &&
    !(await confirm(invocation, `Cancel ${what}? Answers not made yet are lost.`))
  ) {
    throw new BatchSubmitError('E_USAGE', `Cannot cancel ${what}: it was not confirmed`, {
      hint: 'answer "y", or pass `--yes` in a script',
    });
  }
  return await inSession(desk, async (session) => {
    const cancel = onlyDuplicates ? cancelDuplicates : cancelJobs;
    const outcome = await cancel(session, running);
    await refreshJobs(session, running);
    printer.result({ lines: [], records: [], json: outcome satisfies Body<CancelDocument> });
    printer.note(
      `Asked to cancel ${plural(outcome.requested.length, 'job', 'jobs')}; \`batch-submit status --refresh\` shows how they end`,
    );
    return outcome.refused.length > 0 ? EXIT.someFailed : EXIT.ok;
  });
}
