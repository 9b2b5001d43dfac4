import { resolve } from 'node:path';
import type { Settings } from './settings.ts';

/** Lets relative paths start from a folder that is not the process's own. */
export function placePaths(settings: Settings, folder: string): Settings {
  const from = (path: string): string => resolve(folder, path);
  const { prices, apiKeyFile } = settings;
  return {
    ...settings,
    input: from(settings.input),
    output: from(settings.output),
    state: from(settings.state),
    log: from(settings.log),
    report: from(settings.report),
    records: from(settings.records),
    database: from(settings.database),
    prices: prices === undefined ? undefined : from(prices),
    apiKeyFile: apiKeyFile === undefined || apiKeyFile === '-' ? apiKeyFile : from(apiKeyFile),
  };
}
