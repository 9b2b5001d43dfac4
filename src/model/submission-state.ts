import { FRESH_RECORD, inputOf, type BatchRecord, type JobKey, type RowSource } from './batch-record.ts';

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
  /** What refusals taught of the quota, by model and key. */
  readonly quotas?: readonly RememberedQuota[] | undefined;
  readonly batches: ReadonlyMap<number, BatchRecord>;
}

/** A learnt quota as it is kept. A measure is absent where nothing limits it. */
export interface RememberedQuota {
  readonly model: string;
  /** The limits are the project's, and another key may be of another one. */
  readonly key?: JobKey | undefined;
  readonly learntAt: string;
  readonly mostJobs?: number | undefined;
  readonly mostTokens?: number | undefined;
  /** The most that was under way at once. */
  readonly heldJobs: number;
  readonly heldTokens: number;
}

export function recordOf(state: SubmissionState, batch: number): BatchRecord {
  return state.batches.get(batch) ?? FRESH_RECORD;
}

/** True once a job exists for the batch, however that job ended. */
export function isSubmitted(record: BatchRecord): boolean {
  return 'job' in record && record.job !== undefined;
}

/** True when the lines are those of the file that their batch was sent from last: else they were other requests. */
export function isSameInput({ batch, inputSha256 }: RowSource, state: SubmissionState): boolean {
  const sent = inputOf(recordOf(state, batch))?.sha256;
  return inputSha256 === undefined || sent === undefined || sent === inputSha256;
}
