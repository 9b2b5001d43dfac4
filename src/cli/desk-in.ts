import { resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { stateLoader, type Desk } from './desk.ts';

/**
 * The same desk for a run in another folder. All that the user typed was meant for this one; key, service, printer
 * and signals stay.
 * @param settings paths among them are absolute
 */
export function deskIn(desk: Desk, folder: string, settings: Partial<Settings>): Desk {
  const { invocation } = desk;
  const workFolder = resolve(folder);
  const own = { ...desk.settings, settings: { ...desk.settings.settings, ...settings } };
  return {
    ...desk,
    settings: own,
    invocation: { ...invocation, io: { ...invocation.io, workFolder }, operands: [], flags: {} },
    loadState: stateLoader(own.settings.state, workFolder),
  };
}

/**
 * What ended the work in another folder, with hints at commands that work from here.
 * @param folder as the user would name it
 */
export function hintedAt(folder: string, error: unknown): unknown {
  if (!(error instanceof BatchSubmitError) || error.code === 'E_INTERRUPTED') return error;
  const { hint, details, cause } = error;
  const here = hint
    ?.replaceAll('`batch-submit', `\`${inFolder(folder)}`)
    .replaceAll('`--model', '`--embedding-model');
  return new BatchSubmitError(error.code, error.message, {
    ...(here === undefined ? {} : { hint: here }),
    details,
    cause,
  });
}

/** How a command that works in the folder begins. */
export function inFolder(folder: string): string {
  return `batch-submit -C ${/^[\w./-]+$/.test(folder) ? folder : `"${folder}"`}`;
}
