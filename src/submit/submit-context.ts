import type { RetryPolicy } from '../model/retry-policy.ts';
import type { RunContext } from '../model/run-context.ts';
import type { JobKey } from '../model/batch-record.ts';
import type { CreateGate } from './create-gate.ts';
import type { LagMeter } from './list-lag.ts';
import type { UnknownJobs } from './survey.ts';

/** What to do with a create whose outcome stays unknown. */
export type OnAmbiguous = 'wait' | 'quarantine' | 'resubmit';

export interface SubmitOptions {
  readonly model: string;
  /** A display-name template of the user's; the recoverable mark is kept beside it. */
  readonly displayName: string | undefined;
  readonly policy: RetryPolicy;
  /** Batches in flight at once. */
  readonly concurrency: number;
  /** Folder for the copies of input files that are sent in their place. */
  readonly stagingDirectory: string;
  /** Pause after each submitted batch, in ms. */
  readonly pauseMs: number;
  readonly maxWaitMs: number | undefined;
  readonly failFast: boolean;
  /** How long an unknown create is looked up before its input is deleted and a new attempt made. */
  readonly settleMs: number;
  readonly onAmbiguous: OnAmbiguous;
  /** Trust the listing of this key about jobs that were made with another one. */
  readonly acceptNewKey: boolean;
  /** Submit even what another state has a job for. */
  readonly fresh: boolean;
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
  /** Batches in a row that ended without an answer from the service. */
  readonly outages: { add(): number; reset(): void };
}
