import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { unreadableState } from './state-errors.ts';

/**
 * One job cannot hold the answers of two batches, so one of the two records is not true.
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE` naming both batches
 */
export function refuseSharedJobs(records: ReadonlyMap<number, BatchRecord>, path: string): void {
  const owners = new Map<string, number>();
  for (const [batch, record] of records) {
    for (const job of [jobOf(record)?.name, ...(record.earlier ?? []).map((earlier) => earlier.jobName)]) {
      if (job === undefined) continue;
      const owner = owners.get(job) ?? batch;
      if (owner !== batch) throw unreadableState(path, `batches ${owner} and ${batch} have the same job`);
      owners.set(job, batch);
    }
  }
}
