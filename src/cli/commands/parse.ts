import type { Reconciliation } from '../../collect/reconcile.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { REFINED_PAIR } from '../../refine/parse/record-kind.ts';
import { readSchemaKind } from '../../refine/parse/schema-kind.ts';
import { recordFilesIn } from '../../refine/record-files.ts';
import { parseResults } from '../../run/parse-results.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { withDesk, type Desk } from '../desk.ts';
import { EXIT } from '../exit-codes.ts';
import { inRecords } from '../in-records.ts';
import { countFlag, hasFlag, textFlag } from '../invocation.ts';
import { fieldsFlag } from './fields-flag.ts';
import { readLanguage } from './language-code.ts';
import { describeRecords, recordNotes } from './parse-view.ts';

/** `batch-submit parse`: makes records of the answers that are on disk. It needs no key and sends nothing. */
export const parseCommand: CommandHandler = (invocation) => withDesk(invocation, parse);

async function parse(desk: Desk): Promise<number> {
  const { invocation, settings, printer, signal } = desk;
  const isDry = hasFlag(invocation, 'dry-run');
  const schema = textFlag(invocation, 'schema');
  const perAnswer = countFlag(invocation, 'per-answer');
  const language = readLanguage(textFlag(invocation, 'language'));
  const kind = schema === undefined ? REFINED_PAIR : await readSchemaKind(schema);
  const fields = fieldsFlag(invocation);
  const loaded = await desk.loadState();
  if (loaded === undefined) {
    throw new BatchSubmitError(
      'E_RECORDS',
      `Cannot make records: there is no state "${settings.settings.state}"`,
      {
        hint: 'submit and download first with `batch-submit run`, or find jobs of yours again with `batch-submit adopt`',
      },
    );
  }
  const { state } = loaded;
  const batches = await knownBatches(settings.settings, state, { kind: 'all' });
  const options = { kind, schema, fields, language, perAnswer, isDry };
  const outcome = isDry
    ? await parseResults(state, batches, recordFilesIn(settings.settings.records), options, signal)
    : await inRecords(desk, async (files) => await parseResults(state, batches, files, options, signal));
  const exitCode = exitCodeFor(outcome.summary.unparsed, outcome.reconciliation);
  printer.result(describeRecords(outcome, recordFilesIn(settings.settings.records), isDry, exitCode));
  for (const note of recordNotes(outcome, isDry)) printer.note(note);
  return exitCode;
}

function exitCodeFor(unparsed: number, { batches }: Reconciliation): number {
  const isShort = batches.some(({ failed, missing }) => failed + missing > 0);
  if (unparsed > 0 || isShort) return EXIT.someFailed;
  return batches.some(({ pending }) => pending > 0) ? EXIT.running : EXIT.ok;
}
