import { SETTINGS } from '../config/settings-table.ts';
import { COMMANDS } from '../cli/table/command-table.ts';
import { textFlag, type Invocation } from '../cli/invocation.ts';
import { readOptions } from '../library/read-options.ts';
import { runCommand, type Client } from '../library/run-command.ts';
import type { RunCommand } from './tool.ts';

/** The commands of the command line, with the settings that the server was started with. */
export function createEngine(invocation: Invocation): RunCommand {
  const { io, flags } = invocation;
  const client: Client = {
    workFolder: io.workFolder,
    apiKey: io.apiKey,
    env: io.env,
    settings: Object.fromEntries(SETTINGS.map(({ name }) => [name, textFlag(invocation, name)])),
    flags: { 'env-file': flags['env-file'], config: flags['config'] },
  };
  return async (name, options, call = {}) => {
    const spec = COMMANDS.find((command) => command.name === name);
    if (spec === undefined) throw new Error(`there is no command "${name}"`);
    const given = readOptions(spec, options, client.workFolder);
    return await runCommand(spec, { ...given, flags: { ...given.flags, ...call.flags } }, call, {
      ...client,
      settings: { ...client.settings, ...call.settings },
    });
  };
}
