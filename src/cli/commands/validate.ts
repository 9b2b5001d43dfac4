import { basename } from 'node:path';
import { inspectFile } from '../../input/inspect-file.ts';
import { createKeyTable } from '../../input/key-table.ts';
import { formatBytes } from '../../model/units.ts';
import { findInput } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, selectionOf } from '../invocation.ts';
import { plural } from './run-summary.ts';
import { describeValidation, isRefused, summaryOf, type ValidatedFile } from './validate-view.ts';

/**
 * `batch-submit validate`: the check that stands before each upload, for all files at once. It needs no
 * key, takes no lock, and neither sends nor writes anything.
 */
export const validateCommand: CommandHandler = (invocation) => withDesk(invocation, validate);

async function validate({ invocation, settings, printer, signal }: Desk): Promise<number> {
  const { model } = settings.settings;
  const isStrict = hasFlag(invocation, 'strict');
  const keys = createKeyTable();
  const files: ValidatedFile[] = [];
  const found = await findInput(settings.settings, selectionOf(invocation));
  const bytes = found.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  printer.note(`Checking ${plural(found.length, 'file', 'files')} (${formatBytes(bytes)})`);
  for (const { batch, path } of found) {
    const report = await inspectFile(path, signal, { model, keys, file: files.length });
    files.push({ batch, name: basename(path), report });
  }
  printer.result(describeValidation(files, isStrict));
  printer.note(summaryOf(files, isStrict));
  return files.some(({ report }) => isRefused(report, isStrict)) ? EXIT.usage : EXIT.ok;
}
