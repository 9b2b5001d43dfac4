import { jobNamesOf, jobOf } from '../model/batch-record.ts';
import { isDead, type JobSnapshot } from '../model/job.ts';
import { readMark } from '../model/names.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';

/**
 * Records jobs that carry this state's mark for a batch that has another job. There should be none; the
 * service gives no way to rule them out, so every listing that is read anyway is looked through.
 */
export async function noteDuplicates(
  { store, emit }: Pick<RunContext, 'store' | 'emit'>,
  jobs: readonly JobSnapshot[],
): Promise<void> {
  const state = store.current();
  const found = new Map<number, string[]>();
  for (const job of jobs) {
    const mark = readMark(job.displayName ?? '');
    if (mark === undefined || mark.stateId !== state.stateId || isDead(job.state)) continue;
    const record = recordOf(state, mark.batch);
    // A job of a batch that has none yet is no duplicate: the create may be under way this moment.
    if (jobOf(record) === undefined || jobNamesOf(record).includes(job.name)) continue;
    found.set(mark.batch, [...(found.get(mark.batch) ?? []), job.name]);
  }
  for (const [batch, others] of found) {
    const kept = jobOf(recordOf(state, batch))?.name ?? '';
    await store.apply(batch, { type: 'duplicates_found', jobs: others });
    emit({ event: 'duplicate_jobs', batch, kept, others });
  }
}
