import type { Backend } from './backend.ts';
import type { Job } from './job.ts';
import type { DownloadRecord, TimedName } from './ledger.ts';

export interface AcceptedFile {
  /** `files/…` */
  readonly name: string;
  readonly displayName: string | undefined;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly at: string;
  readonly deletedAt: string | undefined;
}

export interface AcceptedJob {
  /** `batches/…` */
  readonly name: string;
  readonly displayName: string | undefined;
  readonly kind: 'generate' | 'embed';
  readonly model: string;
  /** `files/…`, absent for inline jobs. */
  readonly inputFile: string | undefined;
  readonly inputSha256: string | undefined;
  readonly requestCount: number;
  /** BATCH_STATE_…, or NOT_COMMITTED_YET while a delayed create has not landed. */
  readonly state: string;
  readonly createdAt: string;
  readonly deletedAt: string | undefined;
}

/** The truth about what the emulator took on, whatever it answered. Oldest first. */
export interface AcceptedRecord {
  readonly files: readonly AcceptedFile[];
  readonly jobs: readonly AcceptedJob[];
  readonly downloads: readonly DownloadRecord[];
  readonly deletes: readonly TimedName[];
  readonly cancels: readonly TimedName[];
}

export function readAccepted(backend: Backend, now: number): AcceptedRecord {
  const { downloads, deletes, cancels } = backend.ledger;
  return {
    files: backend.files.history().map(({ file, deletedAt }) => ({
      name: `files/${file.id}`,
      displayName: file.displayName,
      mimeType: file.mimeType,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      at: isoTime(file.createdAt),
      deletedAt: deletedAt === undefined ? undefined : isoTime(deletedAt),
    })),
    jobs: backend.jobs.history().map((job) => acceptedJob(backend, job, now)),
    downloads: [...downloads],
    deletes: [...deletes],
    cancels: [...cancels],
  };
}

function acceptedJob(backend: Backend, job: Job, now: number): AcceptedJob {
  const state = `BATCH_STATE_${backend.jobs.phase(job, now).state.toUpperCase()}`;
  return {
    name: `batches/${job.id}`,
    displayName: job.updatedDisplayName ?? job.displayName,
    kind: job.kind,
    model: job.model,
    inputFile: job.inputFile,
    inputSha256: job.input.from === 'file' ? job.input.file.sha256 : undefined,
    requestCount: job.requestCount,
    state: job.createdAt > now ? 'NOT_COMMITTED_YET' : state,
    createdAt: isoTime(job.createdAt),
    deletedAt: job.deletedAt === undefined ? undefined : isoTime(job.deletedAt),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
