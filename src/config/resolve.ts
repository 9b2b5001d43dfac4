import type { Tier } from '../model/quota-tiers.ts';
import { resolve } from 'node:path';
import { BatchSubmitError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { placePaths } from './place-paths.ts';
import { readValue } from './read-value.ts';
import type { AmbiguityPolicy, Settings } from './settings.ts';
import { SETTINGS } from './settings-table.ts';
import { optionOf, variableOf, type Setting, type SettingName, type SettingSource } from './setting.ts';

/** Where a value came from. `text` is for people: `--poll`, `BATCH_SUBMIT_POLL`, `.env`, `default`. */
export interface Origin {
  readonly source: SettingSource | 'default';
  readonly text: string;
}

export interface SettingLayers {
  /** By setting name (`rate-limit-wait`), only those the user typed. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** True where a program gave those, as options of the library: messages then call them `settings.rateLimitWait`. */
  readonly areOptions?: boolean | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly envFile: Readonly<Record<string, string | undefined>>;
  readonly configFile: Readonly<Record<string, unknown>>;
  /** How messages call the two files. */
  readonly envFileName?: string | undefined;
  readonly configFileName?: string | undefined;
  /** Absolute: where relative paths start from; absent: the working directory, and they stay as they are. */
  readonly workFolder?: string | undefined;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
}

/**
 * Takes each setting from the strongest layer that has it: flags > environment > .env > configuration
 * file > default. Empty variables count as unset. Values in weaker layers are not looked at.
 * @throws {BatchSubmitError} `E_USAGE` for a bad flag, `E_CONFIG` for a bad value elsewhere or an unknown key
 */
export function resolveSettings(layers: SettingLayers): ResolvedSettings {
  const names = {
    envFile: layers.envFileName ?? '.env',
    configFile: layers.configFileName ?? 'batch-submit.config.json',
  };
  refuseUnknownKeys(layers.configFile, names.configFile);
  const values = new Map<SettingName, string | number | undefined>();
  const origins = new Map<SettingName, Origin>();
  for (const setting of SETTINGS) {
    const { text, origin, where } = find(setting, layers, names);
    origins.set(setting.name, origin);
    if (text === undefined) continue;
    const verdict = readValue(setting, text);
    if (!verdict.ok) throw badValue(setting, origin, where, verdict.reason);
    values.set(setting.name, verdict.value);
  }
  const written = settingsFrom(values);
  const settings = layers.workFolder === undefined ? written : placePaths(written, layers.workFolder);
  refuseOneFolder(settings);
  return {
    settings,
    origins: Object.fromEntries(origins) as Record<SettingName, Origin>,
  };
}

interface Found {
  readonly text: string | undefined;
  readonly origin: Origin;
  /** How an error names the place: `BATCH_SUBMIT_POLL from .env`. */
  readonly where: string;
}

function find(
  setting: Setting,
  layers: SettingLayers,
  names: { readonly envFile: string; readonly configFile: string },
): Found {
  const { name } = setting;
  const variable = variableOf(name);
  const flag = layers.flags[name];
  const asked = layers.areOptions === true ? `settings.${optionOf(name)}` : `--${name}`;
  if (flag !== undefined) return found(flag, 'flag', asked, asked);
  const environment = layers.environment[variable];
  if (isSet(environment)) {
    return found(environment, 'environment', variable, `${variable} from the environment`);
  }
  const envFile = layers.envFile[variable];
  if (isSet(envFile) && setting.sources.includes('env_file')) {
    return found(envFile, 'env_file', names.envFile, `${variable} from "${names.envFile}"`);
  }
  if (Object.hasOwn(layers.configFile, name)) {
    const where = `"${name}" from "${names.configFile}"`;
    const value = layers.configFile[name];
    const origin: Origin = { source: 'config_file', text: names.configFile };
    if (!setting.sources.includes('config_file')) {
      throw badValue(setting, origin, where, 'only a flag or a real environment variable may set it');
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw badValue(setting, origin, where, 'it is neither text nor a number');
    }
    return { text: String(value), origin, where };
  }
  return found(setting.fallback, 'default', 'default', `the default of "${name}"`);
}

function found(text: string | undefined, source: Origin['source'], label: string, where: string): Found {
  return { text, origin: { source, text: label }, where };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function refuseUnknownKeys(configFile: Readonly<Record<string, unknown>>, name: string): void {
  const known = SETTINGS.map((setting) => setting.name);
  for (const key of Object.keys(configFile)) {
    if (key === '$schema' || (known as readonly string[]).includes(key)) continue;
    const meant = nearest(key, known);
    throw new BatchSubmitError('E_CONFIG', `Cannot use "${name}": "${key}" is not a setting`, {
      hint:
        meant === undefined
          ? 'run `batch-submit config` for the list of settings'
          : `did you mean "${meant}"?`,
    });
  }
}

function badValue(setting: Setting, origin: Origin, where: string, reason: string): BatchSubmitError {
  const example = setting.fallback ?? setting.example ?? setting.placeholder;
  const writtenAs = {
    flag: where.startsWith('--') ? `${where} ${example}` : `${optionOf(setting.name)}: '${example}'`,
    environment: `${variableOf(setting.name)}=${example}`,
    env_file: `${variableOf(setting.name)}=${example}`,
    config_file: `"${setting.name}": "${example}"`,
    default: example,
  }[origin.source];
  const hint = setting.sources.some((source) => source === origin.source)
    ? `write it as \`${writtenAs}\``
    : `remove it there and pass \`--${setting.name} ${example}\``;
  const code = origin.source === 'flag' ? 'E_USAGE' : 'E_CONFIG';
  return new BatchSubmitError(code, `Cannot use ${where}: ${reason}`, { hint });
}

function settingsFrom(values: ReadonlyMap<SettingName, string | number | undefined>): Settings {
  const optionalText = (name: SettingName): string | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : String(value);
  };
  const optionalNumber = (name: SettingName): number | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : Number(value);
  };
  const text = (name: SettingName): string => required(name, optionalText(name));
  const number = (name: SettingName): number => required(name, optionalNumber(name));
  return {
    input: text('input'),
    pattern: optionalText('pattern'),
    output: text('output'),
    state: text('state'),
    log: text('log'),
    report: text('report'),
    records: text('records'),
    database: text('database'),
    model: text('model'),
    embeddingModel: text('embedding-model'),
    taskType: optionalText('task-type'),
    dimensions: number('dimensions'),
    displayName: optionalText('display-name'),
    concurrency: optionalNumber('concurrency'),
    maxActiveJobs: optionalNumber('max-active-jobs'),
    tokenLimit: optionalNumber('token-limit'),
    tier: optionalText('tier') as Tier | undefined, // One of the table's choices: readValue checked.
    rateLimitWaitMs: number('rate-limit-wait'),
    retryDelayMs: number('retry-delay'),
    maxRetries: number('max-retries'),
    maxWaitMs: optionalNumber('max-wait'),
    pauseMs: number('pause'),
    settleMs: number('settle'),
    onAmbiguous: text('on-ambiguous') as AmbiguityPolicy, // One of the table's choices: readValue checked.
    pollMs: number('poll'),
    timeoutMs: optionalNumber('timeout'),
    prices: optionalText('prices'),
    baseUrl: text('base-url'),
    viaMcp: optionalText('via-mcp'),
    apiKeyFile: optionalText('api-key-file'),
  };
}

/** Results beside the input would be taken for input, and could take its place. */
function refuseOneFolder({ input, output }: Settings): void {
  if (resolve(input) !== resolve(output)) return;
  throw new BatchSubmitError('E_CONFIG', `Cannot use "${input}" for the input and for the results`, {
    hint: 'name another folder with `--output <dir>`',
  });
}

function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`the setting "${name}" has neither a value nor a default`);
  return value;
}
