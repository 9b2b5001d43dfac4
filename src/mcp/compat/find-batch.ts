import { fileOf, jobOf, type BatchRecord, type EarlierAttempt } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { readFileMark } from '../../model/names.ts';
import type { SubmissionState } from '../../model/submission-state.ts';

/** A job, and the batch that it is or was the job of. */
export interface FoundJob {
  readonly batch: number;
  readonly record: BatchRecord;
  /** Set when a later attempt has another job. */
  readonly past?: EarlierAttempt | undefined;
}

/**
 * The batch whose uploaded file this is. Our files tell their batch by their names, so a URI from before a new
 * attempt is still good.
 * @param uri `https://…/files/…`, or the name alone
 * @throws {BatchSubmitError} `E_USAGE`
 */
export function findByFile(state: SubmissionState, uri: string): number {
  const name = /files\/[^/?#]+$/.exec(uri)?.[0] ?? uri;
  const mark = readFileMark(name);
  if (mark?.stateId === state.stateId && state.batches.has(mark.batch)) return mark.batch;
  for (const [batch, record] of state.batches) {
    const file = fileOf(record);
    if (file !== undefined && (file.uri === uri || file.name === name)) return batch;
  }
  throw new BatchSubmitError('E_USAGE', `Cannot use "${uri}": it was not uploaded from this folder`, {
    hint: 'call upload_file with the file; the same content gives the same URI',
  });
}

/** @throws {BatchSubmitError} `E_USAGE` for a job that the state does not name */
export function findByJob(state: SubmissionState, given: string): FoundJob {
  const name = given.startsWith('batches/') ? given : `batches/${given}`;
  for (const [batch, record] of state.batches) {
    if (jobOf(record)?.name === name) return { batch, record };
    const past = record.earlier?.find(({ jobName }) => jobName === name);
    if (past !== undefined) return { batch, record, past };
  }
  throw new BatchSubmitError('E_USAGE', `Cannot find "${name}": the state of this folder names no such job`, {
    hint: `take it over with \`batch-submit adopt --job <batch>=${name}\``,
  });
}
