import type { ServiceFailure } from './failure.ts';
import type { InputFacts, UploadedFile } from './batch-record.ts';
import type { JobSnapshot, ResultLocation } from './job.ts';

/** A call that may fail in ways the retry policy decides on. Bugs and aborts are thrown instead. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ServiceFailure };

export interface UploadRequest {
  readonly input: InputFacts;
  /** `files/…`, chosen by us, so that an upload can be found again and is never doubled. */
  readonly fileName: string;
  readonly displayName: string;
  /** An upload session of an earlier process, to be continued if it is still alive. */
  readonly sessionUrl: string | undefined;
  /** Called before the first byte with the session to remember, and with `undefined` when it is dead. */
  readonly onSession: (sessionUrl: string | undefined) => Promise<void>;
  /**
   * Told how many bytes have been sent: first, and after each break, from where on they are sent (what the
   * service has already), then once for each MiB or less.
   */
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

/** A file as the service describes it. `sha256` is lower-case hex, when the service gives one. */
export interface RemoteFile extends UploadedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string | undefined;
  readonly active: boolean;
}

export interface CreateRequest {
  /** Says what kind of job it is, too: see `jobKindOf`. */
  readonly model: string;
  readonly displayName: string;
  readonly fileName: string;
}

/** Texts to be turned into vectors at once, without a job. */
export interface EmbedRequest {
  readonly model: string;
  /** At most `MOST_EMBEDDED_AT_ONCE`. */
  readonly texts: readonly string[];
  /** Such as `SEMANTIC_SIMILARITY`; `undefined` where the model takes none. */
  readonly taskType: string | undefined;
  readonly dimensions: number;
}

/** What one call of `embedTexts` takes, as documented. */
export const MOST_EMBEDDED_AT_ONCE = 100;

export interface JobPage {
  readonly jobs: readonly JobSnapshot[];
  readonly nextPageToken: string | undefined;
}

export interface FilePage {
  readonly files: readonly RemoteFile[];
  readonly nextPageToken: string | undefined;
}

export interface DownloadedResult {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Port to a batch service. Every method makes one attempt, sends the key to one origin only, follows
 * no redirect, and has explicit deadlines; loops and waits belong to the caller.
 */
export interface BatchService {
  /** False where jobs cannot be listed, so that a create whose answer was lost cannot be looked up. */
  readonly listsJobs?: boolean | undefined;
  /**
   * The service's own time, from its last answers; `undefined` before the first. What it sets a date on
   * (expiry of files, ages of jobs) is measured by it, because the clock here may be wrong or be set.
   */
  now(): Date | undefined;
  /** Asks whether the key and the model are known, at no cost and without changing anything. */
  checkModel(model: string, signal: AbortSignal): Promise<Result<void>>;
  /** Streams the file, resuming within the session; verifies size and hash. Memory does not grow with the file. */
  uploadFile(request: UploadRequest, signal: AbortSignal): Promise<Result<RemoteFile>>;
  /** `undefined` when there is no such file (the service does not tell absent, expired and foreign apart). */
  getFile(name: string, signal: AbortSignal): Promise<Result<RemoteFile | undefined>>;
  /**
   * Uploaded files of the whole project, of every tool. One that cannot be read is left out, so that a page
   * proves what is there and never what is not. Result files are not listed.
   */
  listFiles(pageToken: string | undefined, signal: AbortSignal): Promise<Result<FilePage>>;
  /** Deleting an absent file succeeds. */
  deleteFile(name: string, signal: AbortSignal): Promise<Result<void>>;
  /**
   * One POST, sent once. The failure kind `unknown_outcome` means that a job may exist.
   * Takes no signal: a create in flight is finished, up to its own deadline, even on Ctrl-C.
   */
  createJob(request: CreateRequest): Promise<Result<JobSnapshot>>;
  getJob(name: string, signal: AbortSignal): Promise<Result<JobSnapshot>>;
  /** Newest first. Good for names and states, never for counts or results. */
  listJobs(pageToken: string | undefined, signal: AbortSignal): Promise<Result<JobPage>>;
  cancelJob(name: string, signal: AbortSignal): Promise<Result<void>>;
  /** Deleting an absent job succeeds. It does not cancel: delete what has ended. */
  deleteJob(name: string, signal: AbortSignal): Promise<Result<void>>;
  /**
   * Writes the answers, byte for byte, to `toPath`, which must not exist, and flushes it. A body that
   * ends early, or an error body under a 200, is a failure. Inline answers become one line each.
   */
  downloadResult(
    jobName: string,
    results: ResultLocation,
    toPath: string,
    signal: AbortSignal,
  ): Promise<Result<DownloadedResult>>;
  /**
   * One vector for each text, in order, with as many finite numbers as were asked for. It is paid for each time, at
   * twice the price of a batch, and changes nothing, so that it may be repeated. Absent where there is no such call.
   */
  readonly embedTexts?: (
    request: EmbedRequest,
    signal: AbortSignal,
  ) => Promise<Result<readonly Float32Array[]>>;
  /** Ends what the service started on this machine. Absent where it starts nothing. */
  close?(): Promise<void>;
}
