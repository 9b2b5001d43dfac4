import { optionOf } from '../config/setting.ts';
import { SETTINGS } from '../config/settings-table.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { refuseUnknown } from './read-options.ts';

/**
 * Settings by the names that the table has for them.
 * @throws {BatchSubmitError} `E_USAGE` for one that is not known, or is neither text nor a number
 */
export function readLibrarySettings(settings: object): Readonly<Record<string, string | undefined>> {
  const names = new Map(SETTINGS.map(({ name }) => [optionOf(name), name]));
  const read = Object.entries(settings).map(([option, value]): [string, string | undefined] => {
    refuseUnknown(option, [...names.keys()], 'settings');
    const name = names.get(option) ?? option;
    if (value === undefined) return [name, undefined];
    if (typeof value === 'string' || typeof value === 'number') return [name, String(value)];
    throw new BatchSubmitError('E_USAGE', `Cannot use settings.${option}: it is neither text nor a number`, {
      hint: 'write it as in batch-submit.config.json',
    });
  });
  return Object.fromEntries(read);
}
