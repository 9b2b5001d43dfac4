import type { BatchRecord } from './batch-record.ts';
import type { Clock } from './clock.ts';
import type { EventSink } from './run-event.ts';
import type { BatchService } from './service.ts';
import type { SubmissionState } from './submission-state.ts';
import type { BatchEvent } from './transition.ts';

/** Port to the saved state. `apply` resolves when the new record is durable. */
export interface RecordStore {
  current(): SubmissionState;
  apply(batch: number, event: BatchEvent): Promise<BatchRecord>;
}

/** What every use case is given: the outside world, and nothing else. */
export interface RunContext {
  readonly service: BatchService;
  readonly store: RecordStore;
  readonly emit: EventSink;
  readonly clock: Clock;
  /** Aborted when the user wants the run to stop: no new remote call is made after that. */
  readonly signal: AbortSignal;
}
