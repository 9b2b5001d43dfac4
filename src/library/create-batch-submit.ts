import { resolve } from 'node:path';
import { COMMANDS } from '../cli/table/command-table.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { LIBRARY_COMMANDS, type BatchSubmit } from './batch-submit.ts';
import type { CallOptions, LibraryOptions } from './library-options.ts';
import { readLibrarySettings } from './library-settings.ts';
import { readOptions, refuseUnknown } from './read-options.ts';
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
      await runCommand(spec, readOptions(spec, given, client.folder), given, client);
    return [name, call] as const;
  });
  // Each method's options and result are those of its command; the table's names and the type's agree by type.
  return Object.fromEntries(methods) as unknown as BatchSubmit;
}

const OPTIONS: Readonly<Record<keyof LibraryOptions, readonly string[]>> = {
  directory: ['string'],
  apiKey: ['string'],
  settings: ['object'],
  env: ['object'],
  envFile: ['string', 'boolean'],
  configFile: ['string', 'boolean'],
  signal: ['object'],
  onEvent: ['function'],
};

function readClient(options: LibraryOptions): Client {
  for (const [name, value] of Object.entries(options)) {
    refuseUnknown(name, Object.keys(OPTIONS), 'createBatchSubmit');
    const isFine = OPTIONS[name as keyof LibraryOptions].includes(typeof value) && value !== null;
    if (value === undefined || (isFine && value !== true)) continue;
    throw new BatchSubmitError('E_USAGE', `Cannot use the option "${name}" of createBatchSubmit`, {
      hint: 'see docs/library.md for what it may be',
    });
  }
  const { directory, apiKey, settings = {}, env = process.env, envFile, configFile } = options;
  const folder = directory === undefined ? undefined : resolve(directory);
  const placed = (file: string | false | undefined): string | false | undefined =>
    typeof file === 'string' && folder !== undefined ? resolve(folder, file) : file;
  return {
    folder,
    apiKey,
    env,
    settings: readLibrarySettings(settings),
    flags: { 'env-file': placed(envFile), config: placed(configFile) },
    signal: options.signal,
    onEvent: options.onEvent,
  };
}
