import type { FailedStep } from './batch-record.ts';
import type { ErrorCode } from './errors.ts';
import type { RequestCounts } from './request-counts.ts';
import type { WaitSource } from './retry-policy.ts';

/**
 * Everything a run tells the world, in one vocabulary: the log, `--json` and the terminal all show
 * these. Times are ISO 8601 in UTC, durations milliseconds, sizes bytes.
 */
export type RunEvent =
  | ({
      readonly event: 'run_started';
      readonly command: string;
      readonly version: string;
      /** The state file, as the user named it. */
      readonly state: string;
      /** Batches this run would work on. */
      readonly planned: number;
    } & RunStart)
  | { readonly event: 'state_migrated'; readonly notes: readonly string[] }
  | {
      readonly event: 'upload_started';
      readonly batch: number;
      readonly bytes: number;
      readonly lines: number;
    }
  | {
      readonly event: 'upload_success';
      readonly batch: number;
      readonly file: string;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly event: 'upload_reused'; readonly batch: number; readonly file: string }
  | { readonly event: 'create_intended'; readonly batch: number; readonly displayName: string }
  | {
      readonly event: 'batch_created';
      readonly batch: number;
      readonly job: string;
      readonly displayName: string;
    }
  | {
      readonly event: 'batch_adopted';
      readonly batch: number;
      readonly job: string;
      readonly displayName: string;
    }
  | { readonly event: 'batch_uncertain'; readonly batch: number; readonly reason: string }
  | {
      readonly event: 'batch_fenced';
      readonly batch: number;
      readonly file: string;
      readonly attempt: number;
    }
  | {
      readonly event: 'duplicate_jobs';
      readonly batch: number;
      readonly kept: string;
      readonly others: readonly string[];
    }
  | {
      readonly event: 'rate_limited';
      readonly batch?: number;
      readonly step: string;
      readonly reason: string;
      readonly message: string;
      readonly wait: number;
      readonly waitMs: number;
      readonly resumesAt: string;
      readonly source: WaitSource;
      /** Where jobs of ours are under way: the end of one ends the wait too. */
      readonly orWhenAJobEnds?: boolean;
    }
  /** Creates wait for jobs to end, because what is under way is all that fits. */
  | ({ readonly event: 'quota_wait'; readonly batch: number } & QuotaInUse)
  /** What a 429 taught, or an accepted create above what was thought to fit. */
  | {
      readonly event: 'quota_learnt';
      readonly model: string;
      readonly mostJobs?: number;
      readonly mostTokens?: number;
    }
  | {
      readonly event: 'retry_wait';
      readonly batch?: number;
      readonly step: string;
      readonly reason: string;
      readonly message: string;
      readonly retry: number;
      readonly waitMs: number;
    }
  | {
      readonly event: 'error';
      readonly batch?: number;
      readonly step: FailedStep | 'run' | 'download' | 'cancel' | 'cleanup';
      readonly reason: string;
      readonly message: string;
      readonly code?: ErrorCode;
    }
  | {
      readonly event: 'file_deleted';
      readonly batch: number;
      readonly file: string;
      readonly bytes: number;
    }
  | {
      readonly event: 'job_deleted';
      readonly batch: number;
      readonly job: string;
      readonly displayName: string;
      readonly model?: string | undefined;
    }
  | { readonly event: 'warning'; readonly batch?: number; readonly message: string }
  | {
      readonly event: 'batch_requeued';
      readonly batch: number;
      readonly attempt: number;
      readonly was: string;
    }
  /** Rows without a good answer go into a batch of their own. */
  | {
      readonly event: 'rows_chosen';
      readonly batch: number;
      readonly rows: number;
      /** Where they are from. */
      readonly batches: readonly number[];
    }
  | { readonly event: 'job_state'; readonly batch: number; readonly job: string; readonly state: string }
  | {
      readonly event: 'result_saved';
      readonly batch: number;
      readonly path: string;
      readonly bytes: number;
      readonly lines: number;
      readonly answered: number;
      readonly failed: number;
      readonly missing: number;
      readonly ms: number;
    }
  /** What came of the batches that were sent ahead of the others. */
  | {
      readonly event: 'canary';
      readonly batches: readonly number[];
      readonly requests: number;
      readonly answered: number;
      readonly passed: boolean;
      /** Tokens and cost, for a person. */
      readonly spent: string;
    }
  | { readonly event: 'cancel_requested'; readonly batch: number; readonly job: string }
  | { readonly event: 'report_written'; readonly path: string }
  | { readonly event: 'interrupted'; readonly signal: string }
  | ({
      readonly event: 'run_finished';
      readonly exitCode: number;
      readonly ms: number;
      /** Of the chosen batches; absent where no results were read. */
      readonly requests?: RequestCounts;
    } & RunCounts);

/** Jobs that are under way, and the tokens of their requests, as estimated; a limit is absent where none is known. */
export interface QuotaInUse {
  readonly jobs: number;
  readonly tokens: number;
  readonly mostJobs?: number | undefined;
  readonly mostTokens?: number | undefined;
}

/** Where the chosen batches stood before the run. */
export interface RunStart {
  readonly total: number;
  readonly submittedBefore: number;
  readonly downloadedBefore: number;
}

/** In batches. */
export interface RunCounts {
  readonly submitted: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly downloaded: number;
  readonly remaining: number;
}

/** Where events go. Called in order; a sink that stores them returns only when they are durable. */
export type EventSink = (event: RunEvent) => void;
