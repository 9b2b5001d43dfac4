import type { JobState, JobStats, ResultLocation } from './job.ts';

/** What was read from a batch's input file in one pass; `sha256` is lower-case hex over the exact bytes. */
export interface InputFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly lines: number;
}

/** The uploaded copy. Only `uri` is known of a file that the older script uploaded. */
export interface UploadedFile {
  readonly name?: string | undefined;
  readonly uri: string;
  readonly sizeBytes?: number | undefined;
  readonly uploadedAt?: string | undefined;
  /** When the service drops the file (48 h after the upload began). */
  readonly expiresAt?: string | undefined;
}

/** What a create request will say, saved before it is sent. */
export interface CreateIntent {
  readonly displayName: string;
  readonly model: string;
  readonly sentAt: string;
  /** Which API key it is sent with; see `JobKey`. */
  readonly key?: JobKey | undefined;
}

/**
 * 12 hex digits that tell keys apart without telling anything about them: the keyed hash of the API key
 * under the state's id. Jobs made with one key may be invisible to another.
 */
export type JobKey = string;

export interface SubmittedJob {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly model?: string | undefined;
  readonly submittedAt?: string | undefined;
  /** True when the job was found by looking it up, not by the answer to a create. */
  readonly adopted?: boolean | undefined;
  readonly key?: JobKey | undefined;
}

/** A results file on disk. Bytes are what the service sent, unchanged. */
export interface SavedResult {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly lines: number;
  readonly answered: number;
  readonly failed: number;
  /** Requests for which no line came; absent means none. */
  readonly missing?: number | undefined;
  readonly savedAt: string;
}

/** A job of an earlier attempt at the same batch; kept so that nothing paid for is forgotten. */
export interface EarlierAttempt {
  readonly attempt: number;
  readonly jobName?: string | undefined;
  readonly ended: string;
  readonly saved?: SavedResult | undefined;
  /** Where its answers are, when they could not be saved. */
  readonly results?: ResultLocation | undefined;
}

interface Common {
  /** 1 for the first try; it is part of the names the service sees, so no two attempts share one. */
  readonly attempt: number;
  readonly earlier?: readonly EarlierAttempt[] | undefined;
  /** Other jobs that were found for the same attempt. They are paid for too, until somebody decides. */
  readonly duplicates?: readonly string[] | undefined;
}

interface WithFile extends Common {
  readonly input: InputFacts;
  readonly file: UploadedFile;
}

interface WithJob extends Common {
  /** Absent for a job taken over from the older script's state. */
  readonly input?: InputFacts | undefined;
  readonly file?: UploadedFile | undefined;
  readonly job: SubmittedJob;
}

interface Ended extends WithJob {
  readonly endedAt: string;
  readonly results?: ResultLocation | undefined;
  readonly stats?: JobStats | undefined;
  readonly saved?: SavedResult | undefined;
}

/**
 * One batch's place on its way. Each state carries exactly what the next step needs, so an illegal
 * state ("created without a job name") cannot be written down. `transition` is the only way on.
 *
 *  pending ─▶ uploading ─▶ uploaded ─▶ creating ─▶ submitted ─▶ succeeded ─▶ collected
 *     ▲           │            │ ▲         │ ╲         ▲    └──▶ failed │ expired │ cancelled
 *     │           │            │ └refused──┘  ╲        │          (partial results are still saved)
 *     │           ▼            ▼               ▼       │
 *     │         failed ◀───────┘           uncertain ──┘ adopted
 *     │           │                            │
 *     └─ requeue ─┴──────── fenced ◀───────────┘
 *
 * `creating` is on disk before the create request leaves. Found at start-up it means that the
 * outcome is unknown: the job is looked up, never created again. `uncertain` is the same after an
 * answer that proves nothing. `fenced` means that the input of the lost attempt was deleted, so a
 * create still on its way can no longer become a second job.
 */
export type BatchRecord =
  | (Common & { readonly status: 'pending' })
  | (Common & {
      readonly status: 'uploading';
      readonly input: InputFacts;
      readonly fileName: string;
      /** The upload session, so that another process can continue it. A capability: never logged. */
      readonly sessionUrl?: string | undefined;
      readonly startedAt: string;
    })
  | (WithFile & { readonly status: 'uploaded' })
  | (WithFile & { readonly status: 'creating'; readonly intent: CreateIntent })
  | (WithFile & {
      readonly status: 'uncertain';
      readonly intent: CreateIntent;
      readonly reason: string;
      readonly since: string;
      /** The same moment by the service's clock, when it is known. */
      readonly serviceSince?: string | undefined;
    })
  | (WithJob & {
      readonly status: 'submitted';
      readonly jobState: JobState;
      readonly asOf?: string | undefined;
    })
  | (Ended & { readonly status: 'succeeded' })
  | (Ended & { readonly status: 'collected'; readonly saved: SavedResult })
  | (Ended & { readonly status: 'expired' })
  | (Ended & { readonly status: 'cancelled' })
  | (Common & {
      readonly status: 'failed';
      /** Which step gave up: the input check, the upload, the create, or the remote job itself. */
      readonly step: FailedStep;
      /** A short stable word, such as `invalid_json` or `INVALID_ARGUMENT`. */
      readonly reason: string;
      readonly detail: string;
      readonly failedAt: string;
      readonly input?: InputFacts | undefined;
      readonly file?: UploadedFile | undefined;
      readonly job?: SubmittedJob | undefined;
      readonly results?: ResultLocation | undefined;
      readonly stats?: JobStats | undefined;
      readonly saved?: SavedResult | undefined;
    });

export type FailedStep = 'input' | 'upload' | 'create' | 'job';
export type BatchStatus = BatchRecord['status'];
export type RecordOf<S extends BatchStatus> = Extract<BatchRecord, { readonly status: S }>;

/** What everything starts as. */
export const FRESH_RECORD: RecordOf<'pending'> = { status: 'pending', attempt: 1 };

/** The remote job a record points at, whatever its status. */
export function jobOf(record: BatchRecord): SubmittedJob | undefined {
  return 'job' in record ? record.job : undefined;
}

/** The uploaded copy a record points at, whatever its status. */
export function fileOf(record: BatchRecord): UploadedFile | undefined {
  return 'file' in record ? record.file : undefined;
}

/** Every job the record speaks of: its own, those of earlier attempts, and duplicates. */
export function jobNamesOf(record: BatchRecord): readonly string[] {
  const earlier = (record.earlier ?? []).map(({ jobName }) => jobName);
  return [jobOf(record)?.name, ...earlier, ...(record.duplicates ?? [])].filter((name) => name !== undefined);
}
