import { jobNamesOf, type BatchRecord } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { unreadableState } from './state-errors.ts';

/**
 * One job cannot hold the answers of two batches, so one of the two records is not true.
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE` naming both batches
 */
export function refuseSharedJobs(records: ReadonlyMap<number, BatchRecord>, path: string): void {
  const owners = new Map<string, number>();
  for (const [batch, record] of records) {
    for (const job of jobNamesOf(record)) {
      const owner = owners.get(job) ?? batch;
      if (owner !== batch) throw unreadableState(path, `batches ${owner} and ${batch} have the same job`);
      owners.set(job, batch);
    }
  }
}

/** Keeps a job from being recorded for a second batch: a file that says so could not be read again. */
export interface JobOwners {
  /** @throws {BatchSubmitError} `E_UNCERTAIN` when another batch has a job of this record */
  claim(batch: number, record: BatchRecord): void;
}

export function createJobOwners(records: ReadonlyMap<number, BatchRecord>): JobOwners {
  const owners = new Map<string, number>();
  for (const [batch, record] of records) for (const job of jobNamesOf(record)) owners.set(job, batch);
  return {
    claim(batch, record) {
      for (const job of jobNamesOf(record)) {
        const owner = owners.get(job) ?? batch;
        if (owner !== batch) throw takenError(job, batch, owner);
        owners.set(job, batch);
      }
    },
  };
}

function takenError(job: string, batch: number, owner: number): BatchSubmitError {
  return new BatchSubmitError(
    'E_UNCERTAIN',
    `Cannot record ${job} for batch ${batch}: it is the job of batch ${owner}`,
    {
      hint: 'run `batch-submit status --list` and look which of the two is true',
    },
  );
}
