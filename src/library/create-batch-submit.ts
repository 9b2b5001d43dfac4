import { resolve } from 'node:path';
import { COMMANDS } from '../cli/table/command-table.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { LIBRARY_COMMANDS, type BatchSubmit } from './batch-submit.ts';
import type { CallOptions, LibraryOptions } from './library-options.ts';
import { readLibrarySettings } from './library-settings.ts';
import { IS_CALL_OPTION, isPlain, readOptions, refuseUnknown } from './read-options.ts';
import { runCommand, type Client, type Outcome } from './run-command.ts';

/**
 * The commands as functions of a program. They work on the same files, under the same lock and with the same
 * guarantees as the command line, print nothing, ask nothing and leave the process alone.
 *
 * @example
 * const batchSubmit = createBatchSubmit({ settings: { input: 'batches' } });
 * const { exitCode, finished } = await batchSubmit.run({ from: 1, to: 20 });
 *
 * @throws {BatchSubmitError} `E_USAGE` for an option or a setting that is not known
 */
export function createBatchSubmit(options: LibraryOptions = {}): BatchSubmit {
  const client = readClient(options);
  const methods = LIBRARY_COMMANDS.map((name) => {
    const spec = COMMANDS.find((command) => command.name === name);
    if (spec === undefined) throw new Error(`there is no command "${name}"`);
    const call = async (given: CallOptions = {}): Promise<Outcome> =>
      await runCommand(spec, readOptions(spec, given, client.workFolder), given, client);
    return [name, call] as const;
  });
  // Each method's options and result are those of its command; the table's names and the type's agree by type.
  return Object.fromEntries(methods) as unknown as BatchSubmit;
}

/** What each option may be, beside `undefined`. */
const IS_OPTION: Readonly<Record<keyof LibraryOptions, (value: unknown) => boolean>> = {
  directory: isText,
  apiKey: isText,
  settings: isPlain,
  env: (value) => typeof value === 'object' && value !== null,
  envFile: (value) => isText(value) || value === false,
  configFile: (value) => isText(value) || value === false,
  ...IS_CALL_OPTION,
};

function readClient(options: LibraryOptions): Client {
  if (!isPlain(options)) {
    throw new BatchSubmitError(
      'E_USAGE',
      'Cannot use the options of createBatchSubmit: they are no plain object',
      {
        hint: 'write them as `createBatchSubmit({ … })`',
      },
    );
  }
  for (const [name, value] of Object.entries(options)) {
    refuseUnknown(name, Object.keys(IS_OPTION), 'createBatchSubmit');
    if (value === undefined || IS_OPTION[name as keyof LibraryOptions](value)) continue;
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use the option "${name}" of createBatchSubmit: it is of another type`,
      { hint: 'see docs/library.md for what it may be' },
    );
  }
  const { directory, apiKey, settings = {}, env = process.env, envFile, configFile } = options;
  const workFolder = directory === undefined ? undefined : resolve(directory);
  const placed = (file: string | false | undefined): string | false | undefined =>
    typeof file === 'string' && workFolder !== undefined ? resolve(workFolder, file) : file;
  return {
    workFolder,
    apiKey,
    env,
    settings: readLibrarySettings(settings),
    flags: { 'env-file': placed(envFile), config: placed(configFile) },
    signal: options.signal,
    onEvent: options.onEvent,
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
