import { FRESH_RECORD, type BatchRecord } from './batch-record.ts';

/** Everything `batch_submission_state.json` says, parsed. */
export interface SubmissionState {
  /** 8 characters of [a-z0-9], made once; part of every name the service sees. */
  readonly stateId: string;
  readonly createdAt: string;
  readonly lastRun: string | undefined;
  /** Longest time, in ms, that a new job was seen to take to appear in the listing. */
  readonly listLagMs?: number | undefined;
  /** Ids of other states whose jobs the user chose to pay for again. */
  readonly ignoredStates?: readonly string[] | undefined;
  readonly batches: ReadonlyMap<number, BatchRecord>;
}

export function recordOf(state: SubmissionState, batch: number): BatchRecord {
  return state.batches.get(batch) ?? FRESH_RECORD;
}

/** True once a job exists for the batch, however that job ended. */
export function isSubmitted(record: BatchRecord): boolean {
  return 'job' in record && record.job !== undefined;
}
