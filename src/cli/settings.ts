import { readConfigFile } from '../config/config-file.ts';
import { readEnvFile, type EnvFile } from '../config/env-file.ts';
import { resolveSettings, type ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings-table.ts';
import { textFlag, type Invocation } from './invocation.ts';

export interface CliSettings extends ResolvedSettings {
  readonly envFile: EnvFile;
}

/** Reads every layer of settings for one invocation. */
export async function readSettings(invocation: Omit<Invocation, 'openPrinter'>): Promise<CliSettings> {
  const { io } = invocation;
  const directory = io.workFolder ?? '.';
  const envFile = await readEnvFile({
    directory,
    file: textFlag(invocation, 'env-file'),
    isDisabled: invocation.flags['env-file'] === false,
  });
  const configFile = await readConfigFile({
    directory,
    file: textFlag(invocation, 'config'),
    isDisabled: invocation.flags['config'] === false,
  });
  const typed = Object.fromEntries(SETTINGS.map(({ name }) => [name, textFlag(invocation, name)]));
  const resolved = resolveSettings({
    flags: invocation.settings ?? typed,
    areOptions: invocation.settings !== undefined,
    environment: io.env,
    envFile: envFile.values,
    configFile: configFile.values,
    envFileName: envFile.name,
    configFileName: configFile.name,
    workFolder: io.workFolder,
  });
  return { ...resolved, envFile };
}
