import { BatchSubmitError } from '../../model/errors.ts';
import { DEFAULT_COSINE, DEFAULT_THRESHOLD, dedupeRecords } from '../../refine/dedupe/dedupe.ts';
import { recordFilesIn } from '../../refine/record-files.ts';
import { readParsed } from '../../refine/summary.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { inRecords } from '../in-records.ts';
import { hasFlag, isStep, textFlag, type Invocation } from '../invocation.ts';
import { dedupeSummary, describeDuplicates } from './dedupe-view.ts';
import { fieldsFlag } from './fields-flag.ts';

/** `batch-submit dedupe`: says which records are not needed beside others. It needs no key and sends nothing. */
export const dedupeCommand: CommandHandler = (invocation) => withDesk(invocation, dedupe);

async function dedupe(desk: Desk): Promise<number> {
  const { invocation, settings, printer, signal } = desk;
  const isDry = hasFlag(invocation, 'dry-run');
  const options = {
    fields: fieldsFlag(invocation),
    threshold: shareFlag(invocation, 'threshold', 0.5) ?? DEFAULT_THRESHOLD,
    cosine:
      shareFlag(invocation, 'cosine', 0.8) ?? (hasFlag(invocation, 'cosine') ? DEFAULT_COSINE : undefined),
    isDry,
  };
  const files = recordFilesIn(settings.settings.records);
  // Before a folder is made for the lock: where nothing was parsed, none is wanted.
  await readParsed(files.summary);
  const deduped = isDry
    ? await dedupeRecords({ ...options, files }, signal)
    : await inRecords(desk, (locked) => dedupeRecords({ ...options, files: locked }, signal));
  printer.result(describeDuplicates(deduped, files.duplicates, isDry));
  printer.note(dedupeSummary(deduped, files.duplicates, isDry));
  if (!isDry && !isStep(invocation)) {
    printer.note('');
    printer.note('Next: batch-submit embed       turn their texts into vectors, for search');
    printer.note('      batch-submit import      load them into a database');
  }
  return EXIT.ok;
}

function shareFlag(invocation: Invocation, name: 'threshold' | 'cosine', least: number): number | undefined {
  const text = textFlag(invocation, name);
  if (text === undefined) return undefined;
  const share = /^[01]?(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (share >= least && share <= 1) return share;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot use --${name} "${text}": it is not a number from ${least} to 1`,
    { hint: `write it as \`--${name} 0.9\`` },
  );
}
