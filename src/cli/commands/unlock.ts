import type { Body } from '../../documents/body.ts';
import type { UnlockDocument } from '../../documents/set-up.ts';
import { removeLock } from '../../state/lock.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';

/** `batch-submit unlock`: for the person who knows that the owner of the lock is gone. */
export const unlockCommand: CommandHandler = (invocation) => withDesk(invocation, unlock);

async function unlock({ invocation, settings, printer }: Desk): Promise<number> {
  const path = settings.settings.state;
  const isDry = hasFlag(invocation, 'dry-run');
  const isThere = await removeLock(path, { force: hasFlag(invocation, 'force'), isDry });
  const removed = isThere && !isDry;
  const line = isThere
    ? `${isDry ? 'Would remove' : 'Removed'} the lock of "${path}"`
    : `"${path}" is not locked`;
  printer.result({
    lines: [line],
    records: [[line]],
    json: { removed, ...(isDry ? { dryRun: true, locked: isThere } : {}) } satisfies Body<UnlockDocument>,
  });
  return EXIT.ok;
}
