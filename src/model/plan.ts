import type { BatchRecord } from './batch-record.ts';
import { recordOf, type SubmissionState } from './submission-state.ts';

/** A numbered input file found on disk. */
export interface InputFile {
  readonly batch: number;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What a run intends to do with one batch. */
export type PlannedAction =
  | { readonly kind: 'upload_and_create' }
  /** The uploaded copy is still there: only the job is missing. */
  | { readonly kind: 'create'; readonly uploadedAt?: string | undefined }
  /** A create was sent and its outcome is unknown. */
  | { readonly kind: 'look_up' }
  | { readonly kind: 'skip'; readonly why: 'submitted'; readonly job: string }
  | { readonly kind: 'skip'; readonly why: 'failed'; readonly step: string; readonly detail: string };

export interface PlannedBatch {
  readonly file: InputFile;
  readonly action: PlannedAction;
}

/** An upload this close to its end is made again rather than handed to a job. */
export const FILE_MARGIN_MS: number = 30 * 60_000;

/** Decides, for each input file, what a submit run does. `limit` caps the batches that are not skipped. */
export function planSubmit(
  files: readonly InputFile[],
  state: SubmissionState,
  now: Date,
  limit: number | undefined,
): readonly PlannedBatch[] {
  const planned = files.map((file) => ({ file, action: actionFor(recordOf(state, file.batch), now) }));
  let left = limit ?? Number.POSITIVE_INFINITY;
  return planned.filter(({ action }) => action.kind === 'skip' || (left -= 1) >= 0);
}

function actionFor(record: BatchRecord, now: Date): PlannedAction {
  switch (record.status) {
    case 'pending':
    case 'uploading':
      return { kind: 'upload_and_create' };
    case 'uploaded':
      return isFileUsable(record.file.expiresAt, now)
        ? { kind: 'create', uploadedAt: record.file.uploadedAt }
        : { kind: 'upload_and_create' };
    case 'creating':
    case 'uncertain':
      return { kind: 'look_up' };
    case 'failed':
      // Its rows are chosen anew by a retry, and must not be sent by both.
      if (record.rowsOf !== undefined)
        return { kind: 'skip', why: 'failed', step: record.step, detail: record.detail };
      // No job can have come of it, so a corrected file, or a service that is back, is simply taken.
      if (record.step === 'input' || record.step === 'upload') return { kind: 'upload_and_create' };
      return { kind: 'skip', why: 'failed', step: record.step, detail: record.detail };
    case 'submitted':
    case 'succeeded':
    case 'collected':
    case 'expired':
    case 'cancelled':
      return { kind: 'skip', why: 'submitted', job: record.job.name };
  }
}

/** False once the service has dropped the file, or is about to. */
export function isFileUsable(expiresAt: string | undefined, now: Date): boolean {
  return expiresAt === undefined || Date.parse(expiresAt) - now.getTime() > FILE_MARGIN_MS;
}
