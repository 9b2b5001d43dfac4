import { BatchSubmitError } from '../../model/errors.ts';
import { nearest } from '../../model/nearest.ts';
import type { CommandHandler } from '../command-spec.ts';
import { SCRIPTS, SHELLS } from '../completion/scripts.ts';
import { EXIT } from '../exit-codes.ts';

/** `batch-submit completion <shell>`: a script for the shell, which asks `__complete` at each Tab. */
export const completionCommand: CommandHandler = ({ io, operands }) => {
  const [word = ''] = operands;
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined) throw unknownShell(word);
  io.stdout.write(SCRIPTS[shell]);
  return Promise.resolve(EXIT.ok);
};

function unknownShell(word: string): BatchSubmitError {
  const meant = nearest(word, SHELLS);
  return new BatchSubmitError(
    'E_USAGE',
    `Cannot complete for the shell "${word}": it is not one of ${SHELLS.join(', ')}`,
    {
      hint: `run \`batch-submit completion ${meant ?? 'bash'}\``,
    },
  );
}
