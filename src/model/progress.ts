import type { QuotaInUse } from './run-event.ts';
import type { StatusCounts } from './summary.ts';

/** Where the batches of a run stand, and the requests in their results. */
export interface BatchProgress {
  readonly total: number;
  /** With a job, however that ended. */
  readonly submitted: number;
  readonly counts: StatusCounts;
  readonly requests: RequestProgress;
}

export interface RequestProgress {
  /** In all files of the batches; absent while some of them were never read. */
  readonly planned?: number | undefined;
  readonly answered: number;
  /** In results that are on disk, without a good answer. */
  readonly unanswered: number;
}

/** What creates wait for. */
export interface Wait {
  /** Until when, in ms since the epoch, the service asked to wait. */
  readonly heldUntil: number;
  /** The end of a job ends that wait too. */
  readonly orWhenAJobEnds: boolean;
  /** All that fits is under way. */
  readonly forJobs: boolean;
}

export const NO_WAIT: Wait = { heldUntil: 0, orWhenAJobEnds: false, forJobs: false };

/** Bytes, bytes per second, milliseconds. */
export interface TransferProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Absent while it is too early to tell. */
  readonly bytesPerSecond?: number | undefined;
  /** Absent while nothing moves, and when nothing is left. */
  readonly leftMs?: number | undefined;
}

/** The files of this run that had to be sent when it began, and those of them that are under way. */
export interface UploadProgress extends TransferProgress {
  /** By batch, oldest first, without those that have only just begun. */
  readonly files: ReadonlyMap<number, TransferProgress>;
}

/** What the creates of a run take up. */
export interface CreateProgress {
  /** Sent and not answered yet. */
  readonly underWay: number;
  readonly inUse: QuotaInUse;
}

/** How far a run is, at one moment. What is absent is not known, or is not going on. */
export interface Progress {
  readonly batches?: BatchProgress | undefined;
  readonly creates?: CreateProgress | undefined;
  readonly wait: Wait;
  readonly uploads?: UploadProgress | undefined;
}

/**
 * Where it goes how far a run is, beside the events: told far too often for a log, kept by nobody, and only
 * for a person who looks on. Called in the middle of uploads, so it must return at once and never throw.
 */
export interface ProgressSink {
  /** Tells where the batches stand whenever somebody looks, so it must be quick. */
  batchesFrom(read: () => BatchProgress): void;
  /** Tells what creates take up whenever somebody looks; `undefined` when none will be sent any more. */
  createsFrom(read: (() => CreateProgress) | undefined): void;
  /** The file of `batch`, of `totalBytes`, will be sent in this run. */
  planned(batch: number, totalBytes: number): void;
  /** Its upload begins, of a copy that may have another size. */
  started(batch: number, totalBytes: number): void;
  /**
   * So many of its bytes are with the service. The first report, and one that is lower than the last, says
   * from where on bytes are sent.
   */
  sent(batch: number, sentBytes: number): void;
  /** The service has all of it. */
  uploaded(batch: number): void;
  /** Nothing more will be sent of it, whether or not anything was. */
  ended(batch: number): void;
  /** Whether creates wait for jobs to end, because all that fits is under way. */
  waitsForJobs(isWaiting: boolean): void;
}
