import type { BatchRecord, JobKey } from './batch-record.ts';
import type { Clock } from './clock.ts';
import type { ProgressSink } from './progress.ts';
import type { EventSink } from './run-event.ts';
import type { BatchService } from './service.ts';
import type { RememberedQuota, SubmissionState } from './submission-state.ts';
import type { BatchEvent } from './batch-event.ts';

/** Port to the saved state. `apply` resolves when the new record is durable. */
export interface RecordStore {
  current(): SubmissionState;
  /** Remembers how long a job took to appear in the listing, if that is longer than known so far. */
  noteListLag(ms: number): Promise<void>;
  /** Remembers states whose jobs the user chose to pay for again. */
  ignoreStates(stateIds: readonly string[]): Promise<void>;
  /** Remembers what was learnt of a quota, in place of what was known of the same model and key. */
  noteQuota(quota: RememberedQuota): Promise<void>;
  apply(batch: number, event: BatchEvent): Promise<BatchRecord>;
}

/** What every use case is given: the outside world, and nothing else. */
export interface RunContext {
  readonly service: BatchService;
  readonly store: RecordStore;
  readonly emit: EventSink;
  /** Absent where nobody looks on. */
  readonly progress?: ProgressSink | undefined;
  readonly clock: Clock;
  /** Which API key the service is asked with; `undefined` where that does not matter. */
  readonly key?: JobKey | undefined;
  /** Names this run; kept with each job that it makes. */
  readonly run?: string | undefined;
  /** Aborted when the user wants the run to stop: no new remote call is made after that. */
  readonly signal: AbortSignal;
}

/** The service's time where it is known, else the time here. */
export function serviceTime({ service, clock }: Pick<RunContext, 'service' | 'clock'>): Date {
  return service.now() ?? clock.now();
}
