import type { DeletedJob } from '../events/deleted-jobs.ts';
import type { RetryPolicy } from '../model/retry-policy.ts';
import type { RunContext } from '../model/run-context.ts';
import type { JobKey } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { Ceiling } from '../model/quota-ledger.ts';
import type { CreateGate } from './create-gate.ts';
import type { LagMeter } from './list-lag.ts';
import type { OtherJobs } from './other-jobs.ts';
import type { UnknownJobs } from './survey.ts';
import type { UploadAhead } from './upload-ahead.ts';

/** What to do with a create whose outcome stays unknown. */
export type OnAmbiguous = 'wait' | 'quarantine' | 'resubmit';

/** Port to `collect/refresh.ts`: asks the service about unfinished jobs and records what it says. */
export type RefreshJobs = (
  context: RunContext,
  batches: readonly number[],
  onListed?: (jobs: readonly JobSnapshot[]) => void,
) => Promise<{
  readonly active: readonly number[];
  /** Of these: batches whose job the service refuses to speak of. */
  readonly refused: readonly number[];
  readonly failure: ServiceFailure | undefined;
}>;

export interface SubmitOptions {
  readonly model: string;
  /** A display-name template of the user's; the recoverable mark is kept beside it. */
  readonly displayName: string | undefined;
  readonly policy: RetryPolicy;
  /** Files that are checked and uploaded at once; `undefined`: as many as their sizes suggest. */
  readonly concurrency: number | undefined;
  /** What may be under way at once, in the service's own tokens. */
  readonly ceiling: Ceiling;
  /** How often jobs are asked for while creates wait for one to end, in ms. */
  readonly pollMs: number;
  readonly refreshJobs: RefreshJobs;
  /** Folder for the copies of input files that are sent in their place. */
  readonly stagingDirectory: string;
  /** Rest between two creates, in ms. */
  readonly pauseMs: number;
  readonly maxWaitMs: number | undefined;
  readonly failFast: boolean;
  /** Stop where a job would be created: files are uploaded, and nothing is paid for. */
  readonly uploadOnly?: boolean | undefined;
  /** How long an unknown create is looked up before its input is deleted and a new attempt made. */
  readonly settleMs: number;
  readonly onAmbiguous: OnAmbiguous;
  /** Trust the listing of this key about jobs that were made with another one. */
  readonly acceptNewKey: boolean;
  /** Submit even what another state has a job for. */
  readonly fresh: boolean;
  /** Jobs that cleanups deleted, also those that the state does not know. */
  readonly deletedJobs: () => Promise<readonly DeletedJob[]>;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
}

export interface SubmitContext extends RunContext {
  readonly gate: CreateGate;
  readonly options: SubmitOptions;
  /** Part of every name given to the service; from the state file. */
  readonly stateId: string;
  /** Which API key this run works with; `undefined` where that is not known. */
  readonly key: JobKey | undefined;
  readonly unknownJobs: UnknownJobs;
  readonly lag: LagMeter;
  readonly others: OtherJobs;
  readonly ahead: UploadAhead;
  /** Does the work when one of the places for checks and uploads is free. */
  readonly uploading: <T>(work: () => Promise<T>) => Promise<T>;
  /** Batches in a row that ended without an answer from the service. */
  readonly outages: { add(): number; reset(): void };
}
