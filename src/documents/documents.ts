import type { z } from 'zod';
import type { DocumentName } from './document-name.ts';
import { duplicatesDocument } from './duplicates.ts';
import { embeddingDocument } from './embedding.ts';
import { errorLine, eventLine, logLine } from './event.ts';
import { importDocument } from './import.ts';
import { settingsDocument, statusDocument } from './inspect.ts';
import { planDocument } from './plan.ts';
import { preparedDocument } from './prepared.ts';
import { recordsDocument } from './records.ts';
import { reportDocument } from './report.ts';
import { cancelDocument, cancelPlanDocument, downloadDocument, downloadPlanDocument } from './results.ts';
import { adoptDocument, emulatorDocument, rehearsalDocument, unlockDocument } from './set-up.ts';
import { searchDocument } from './search.ts';
import { cleanupDocument, diagnosisDocument } from './upkeep.ts';
import { validationDocument } from './validation.ts';

/** Everything that is printed as JSON for others to read, and what it is called. */
export interface PublishedDocument {
  readonly name: DocumentName;
  readonly title: string;
  readonly schema: z.ZodType;
}

/**
 * All of them have `schemaVersion` 1, but for the error and the line of the log. It is raised when a field is
 * removed or changes its meaning; additions leave it as it is.
 */
export const DOCUMENTS: readonly PublishedDocument[] = [
  { name: 'event', title: 'A line of submit, retry, run and watch with --json', schema: eventLine },
  { name: 'error', title: 'What ends a command, with --json: one line on stderr', schema: errorLine },
  { name: 'log', title: 'A line of batch_submission_log.jsonl', schema: logLine },
  { name: 'plan', title: 'submit, run or retry --dry-run --json', schema: planDocument },
  { name: 'status', title: 'status --json', schema: statusDocument },
  { name: 'validation', title: 'validate --json', schema: validationDocument },
  { name: 'download', title: 'download --json', schema: downloadDocument },
  { name: 'download-plan', title: 'download --dry-run --json', schema: downloadPlanDocument },
  {
    name: 'report',
    title: 'report --json, and batch_submission_final_report.json',
    schema: reportDocument,
  },
  { name: 'cancel', title: 'cancel --json', schema: cancelDocument },
  {
    name: 'cancel-plan',
    title: 'cancel --dry-run --json, and cancel with nothing to do',
    schema: cancelPlanDocument,
  },
  { name: 'adopt', title: 'adopt --json', schema: adoptDocument },
  { name: 'prepared', title: 'split --json and merge --json', schema: preparedDocument },
  { name: 'records', title: 'parse --json', schema: recordsDocument },
  { name: 'duplicates', title: 'dedupe --json', schema: duplicatesDocument },
  { name: 'embedding', title: 'embed --json: after the events', schema: embeddingDocument },
  { name: 'search', title: 'search --json', schema: searchDocument },
  { name: 'import', title: 'import --json', schema: importDocument },
  { name: 'settings', title: 'config --json', schema: settingsDocument },
  { name: 'cleanup', title: 'cleanup --json', schema: cleanupDocument },
  { name: 'diagnosis', title: 'doctor --json', schema: diagnosisDocument },
  { name: 'unlock', title: 'unlock --json', schema: unlockDocument },
  { name: 'emulator', title: 'emulator --json', schema: emulatorDocument },
  { name: 'rehearsal', title: 'rehearse --json', schema: rehearsalDocument },
];
