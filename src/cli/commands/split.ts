import { BatchSubmitError } from '../../model/errors.ts';
import { splitInput } from '../../prepare/split.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { countFlag, hasFlag, textFlag } from '../invocation.ts';
import { limitsOf } from './prepare-limits.ts';
import { nextAfterPreparing } from './prepare-next.ts';
import { describePreparation, preparationSummary } from './prepare-view.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit split`: cuts large files into numbered ones. It needs no key and sends nothing. */
export const splitCommand: CommandHandler = (invocation) => withDesk(invocation, split);

async function split(desk: Desk): Promise<number> {
  const { invocation, settings, printer, signal } = desk;
  const { input, pattern } = settings.settings;
  const isDry = hasFlag(invocation, 'dry-run');
  const limits = limitsOf(invocation);
  if (!LIMITS.some((name) => textFlag(invocation, name) !== undefined)) throw noLimit();
  const options = {
    paths: invocation.operands,
    folder: input,
    pattern,
    from: countFlag(invocation, 'from') ?? 1,
    limits,
    isDry,
    state: (await desk.loadState())?.state ?? NO_STATE,
  };
  const prepared = await splitInput(options, signal);
  printer.result(describePreparation(prepared, isDry));
  printer.note(preparationSummary(prepared, isDry));
  if (!isDry) printer.note(nextAfterPreparing(invocation, undefined));
  return EXIT.ok;
}

const LIMITS = ['max-lines', 'max-bytes', 'max-tokens'];

function noLimit(): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', 'Cannot split: it was not said how large a file may become', {
    hint: 'set a limit with `--max-lines <n>`, `--max-bytes <size>` or `--max-tokens <n>`',
  });
}
