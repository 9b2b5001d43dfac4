import { BatchSubmitError } from '../../model/errors.ts';
import { mergeInput } from '../../prepare/merge.ts';
import { refuseSubmitted } from '../../prepare/refuse-submitted.ts';
import { findInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, selectionOf, textFlag } from '../invocation.ts';
import { limitsOf } from './prepare-limits.ts';
import { nextAfterPreparing } from './prepare-next.ts';
import { describePreparation, preparationSummary } from './prepare-view.ts';
import { NO_STATE } from './no-state.ts';
import { refuseLostState } from './submit-plan.ts';

/** `batch-submit merge`: packs small numbered files into fewer ones. It needs no key and sends nothing. */
export const mergeCommand: CommandHandler = (invocation) => withDesk(invocation, merge);

async function merge(desk: Desk): Promise<number> {
  const { invocation, settings, printer, signal } = desk;
  const { input, pattern } = settings.settings;
  const isDry = hasFlag(invocation, 'dry-run');
  const folder = textFlag(invocation, 'into');
  if (folder === undefined) throw noFolder();
  const limits = limitsOf(invocation);
  const jobs = countFlag(invocation, 'jobs');
  const from = countFlag(invocation, 'from') ?? 1;
  const files = await findInput(settings.settings, selectionOf(invocation));
  const loaded = await desk.loadState();
  if (loaded === undefined) await refuseLostState(desk, 'merge');
  const state = loaded?.state ?? NO_STATE;
  if (!hasFlag(invocation, 'fresh')) {
    refuseSubmitted(
      state,
      files.map(({ batch }) => batch),
    );
  }
  const prefixKeys = hasFlag(invocation, 'prefix-keys');
  const options = {
    files,
    inputFolder: input,
    folder,
    pattern,
    from,
    limits,
    jobs,
    prefixKeys,
    isDry,
    state,
    workFolder: invocation.io.workFolder,
  };
  const prepared = await mergeInput(options, signal);
  printer.result(describePreparation(prepared, isDry));
  printer.note(preparationSummary(prepared, isDry));
  if (!isDry) printer.note(nextAfterPreparing(invocation, folder));
  return EXIT.ok;
}

function noFolder(): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', 'Cannot merge: no folder was named for the packed files', {
    hint: 'name one with `--into <dir>`',
  });
}
