import type { CommanderError } from 'commander';
import { BatchSubmitError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { TOPIC_SUMMARIES } from './help/topic-names.ts';
import { COMMANDS } from './table/command-table.ts';

const COMMAND_NAMES = COMMANDS.filter(({ isHidden }) => isHidden !== true).map(({ name }) => name);

/** Operands of the default command: a first one that is not a number was meant as a command. */
export function refuseOperands(operands: readonly string[]): void {
  const [first] = operands;
  if (first === undefined || /^[\d-]/.test(first)) {
    if (operands.length <= 2) return;
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use "${operands.join(' ')}" as a range: it is more than a first and a last batch`,
      { hint: 'name a set of batches with `--only 3,7,81-90`' },
    );
  }
  const names = [...COMMAND_NAMES, 'help'];
  if (names.includes(first)) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot read the command line: "${first}" must come before its flags`,
      { hint: `write \`batch-submit ${first} …\`` },
    );
  }
  throw unknownWord('command', first, names, 'batch-submit');
}

/** For `batch-submit help <word>`. */
export function unknownTopic(word: string): BatchSubmitError {
  const names = [...COMMAND_NAMES, ...TOPIC_SUMMARIES.map(([name]) => name)];
  return unknownWord('help topic', word, names, 'batch-submit help');
}

function unknownWord(what: string, word: string, names: readonly string[], before: string): BatchSubmitError {
  const meant = nearest(word, names);
  return new BatchSubmitError('E_USAGE', `Unknown ${what} "${word}"`, {
    hint:
      meant === undefined ? 'run `batch-submit --help` for the list' : `did you mean \`${before} ${meant}\`?`,
  });
}

/** What commander found wrong, in our words. */
export function usageError(error: CommanderError, argv: readonly string[]): BatchSubmitError {
  const [fact, suggestion] = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .split('\n');
  const meant = /Did you mean (?:one of )?(.+)\?\)/.exec(suggestion ?? '')?.[1];
  const command = argv.find((word) => COMMANDS.some(({ name }) => name === word));
  const help = ['batch-submit', command, '--help'].filter((word) => word !== undefined).join(' ');
  return new BatchSubmitError('E_USAGE', capitalized((fact ?? '').replaceAll("'", '"')), {
    hint: meant === undefined ? `run \`${help}\`` : `did you mean \`${meant}\`?`,
    cause: error,
  });
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
