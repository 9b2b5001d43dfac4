import type { DefectKind, Usage } from './answer.ts';
import type { JobState, JobStats, ResultLocation } from './job.ts';

/** What was read from a batch's input file in one pass; `sha256` is lower-case hex over the exact bytes. */
export interface InputFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly lines: number;
  /** A quarter of the length of the prompts' text. */
  readonly estimatedTokens?: number | undefined;
  /** What was sent in its place, when some lines had no key: the same lines, each with one. */
  readonly staged?: { readonly sizeBytes: number; readonly sha256: string } | undefined;
}

/** Rows of one batch: `lines` of its input file, folded, such as `3, 12-14`. */
export interface RowSource {
  readonly batch: number;
  readonly lines: string;
  /** Of the input file that they are lines of, lower-case hex. */
  readonly inputSha256?: string | undefined;
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
  /** Which run made it. */
  readonly run?: string | undefined;
  readonly key?: JobKey | undefined;
  /** From here on it may be gone from the service, because `cleanup` asked for that. */
  readonly deletionAskedAt?: string | undefined;
}

/** A results file on disk. Bytes are what the service sent, unchanged. */
export interface SavedResult {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly lines: number;
  /** Requests with an answer that can be used. */
  readonly answered: number;
  /** Requests whose answer is an error, or cannot be used. */
  readonly failed: number;
  /** Requests for which no line came; absent means none. */
  readonly missing?: number | undefined;
  readonly savedAt: string;
  /** Nothing came, or the last line is no JSON: more may have been meant to follow. */
  readonly isTorn?: boolean | undefined;
  /** What the audit found; absent for results that were saved before there was one. */
  readonly audit?: AuditFacts | undefined;
}

/** What an audit of one results file found, in numbers. */
export interface AuditFacts {
  /** What the answers were compared with: the requests themselves, or only their number. */
  readonly against: 'input' | 'count';
  /** How many of each kind; kinds that were not found are absent. */
  readonly defects: Readonly<Partial<Record<DefectKind, number>>>;
  readonly usage: Usage;
  /** The service's own counts, asked for anew, where they disagree with the results. */
  readonly stats?: JobStats | undefined;
  /** Of the requests without a good answer: those that would come to the same again. */
  readonly permanent?: number | undefined;
  /** Answers that were matched by their order, because neither they nor their requests have a key. */
  readonly byOrder?: number | undefined;
  /** Of a batch that sends rows of others again: how many of each batch's rows it answered. */
  readonly rows?: readonly { readonly batch: number; readonly answered: number }[] | undefined;
}

/** A job of an earlier attempt at the same batch; kept so that nothing paid for is forgotten. */
export interface EarlierAttempt {
  readonly attempt: number;
  readonly jobName?: string | undefined;
  readonly ended: string;
  /** What was sent, where answers to it are on disk. */
  readonly input?: InputFacts | undefined;
  readonly saved?: SavedResult | undefined;
  /** Where its answers are, when they could not be saved. */
  readonly results?: ResultLocation | undefined;
  readonly lost?: SavedResult | undefined;
  readonly deletionAskedAt?: string | undefined;
}

interface Common {
  /** 1 for the first try; it is part of the names the service sees, so no two attempts share one. */
  readonly attempt: number;
  readonly earlier?: readonly EarlierAttempt[] | undefined;
  /** Other jobs that were found for the same attempt. They are paid for too, until somebody decides. */
  readonly duplicates?: readonly string[] | undefined;
  /** Present in a batch that sends rows of other batches again: which ones, in the order of its lines. */
  readonly rowsOf?: readonly RowSource[] | undefined;
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
  /** Since when the service, which knows the job, does not have its results any more. */
  readonly lostSince?: string | undefined;
  /** What was saved of them before its file was lost too: it was paid for, and somebody may put it back. */
  readonly lost?: SavedResult | undefined;
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

/** What was sent last: by this attempt, or by the last one that left answers. */
export function inputOf(record: BatchRecord): InputFacts | undefined {
  const own = 'input' in record ? record.input : undefined;
  return own ?? record.earlier?.findLast(({ input }) => input !== undefined)?.input;
}

/** Results on disk, of this attempt and of earlier ones, the newest first. */
export function savedIn(record: BatchRecord): readonly {
  readonly saved: SavedResult;
  readonly attempt: number;
  /** What they answer, where that was noted. */
  readonly input: InputFacts | undefined;
}[] {
  const { attempt, earlier = [] } = record;
  const input = 'input' in record ? record.input : undefined;
  const now =
    'saved' in record && record.saved !== undefined ? [{ saved: record.saved, attempt, input }] : [];
  const before = earlier.flatMap((past) =>
    past.saved === undefined ? [] : [{ saved: past.saved, attempt: past.attempt, input: past.input }],
  );
  return [...now, ...before.toReversed()];
}

/** Every job the record speaks of: its own, those of earlier attempts, and duplicates. */
export function jobNamesOf(record: BatchRecord): readonly string[] {
  const earlier = (record.earlier ?? []).map(({ jobName }) => jobName);
  return [jobOf(record)?.name, ...earlier, ...(record.duplicates ?? [])].filter((name) => name !== undefined);
}

/** False once no answer comes any more by itself: all are here, or the job is over without. */
export function mayStillAnswer(record: BatchRecord): boolean {
  switch (record.status) {
    case 'collected':
    case 'failed':
    case 'expired':
    case 'cancelled':
      return false;
    case 'succeeded':
      return record.lostSince === undefined;
    case 'pending':
    case 'uploading':
    case 'uploaded':
    case 'creating':
    case 'uncertain':
    case 'submitted':
      return true;
  }
}

/**
 * True as long as a batch of rows may still answer them, so that no other one may send them. Once it has
 * ended, well or badly, what it left unanswered is anybody's. A job that the service does not know may be
 * running under another key, and answers that are lost are paid for again only when that is asked for.
 */
export function holdsRows(record: BatchRecord): boolean {
  if (record.status === 'failed') return record.reason === 'missing';
  return record.status !== 'collected' && record.status !== 'expired' && record.status !== 'cancelled';
}

/**
 * True for a batch that is over and left good answers behind: only the rows it did not answer need to be paid
 * for again.
 */
export function hasAnswers(record: BatchRecord): boolean {
  return (
    isUnsuccessful(record) &&
    record.rowsOf === undefined &&
    record.input !== undefined &&
    (record.saved?.answered ?? 0) > 0
  );
}

/** Over, and not as it should be; it may have left answers all the same. */
export function isUnsuccessful(record: BatchRecord): record is RecordOf<'failed' | 'expired' | 'cancelled'> {
  return record.status === 'failed' || record.status === 'expired' || record.status === 'cancelled';
}
