import { jobNamesOf, jobOf, type BatchRecord } from '../model/batch-record.ts';
import { isDead, type JobSnapshot } from '../model/job.ts';
import { readMark } from '../model/names.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';

/**
 * Records jobs that carry this state's mark for a batch that has another job. There should be none; the
 * service gives no way to rule them out, so every listing that is read anyway is looked through. Where
 * the batch's own job is dead, the other one takes its place.
 */
export async function noteDuplicates(
  context: Pick<RunContext, 'store' | 'emit'>,
  jobs: readonly JobSnapshot[],
): Promise<void> {
  const { store, emit } = context;
  const state = store.current();
  const known = new Set([...state.batches.values()].flatMap((record) => jobNamesOf(record)));
  for (const job of jobs) {
    const mark = readMark(job.displayName ?? '');
    if (mark === undefined || mark.stateId !== state.stateId || isDead(job.state) || known.has(job.name))
      continue;
    const record = recordOf(store.current(), mark.batch);
    const kept = jobOf(record)?.name;
    // A job of a batch that has none yet is no duplicate: the create may be under way this moment.
    if (kept === undefined) continue;
    if (isOver(record)) await promote(context, mark.batch, job, mark.attempt);
    else {
      await store.apply(mark.batch, { type: 'duplicates_found', jobs: [job.name] });
      emit({ event: 'duplicate_jobs', batch: mark.batch, kept, others: [job.name] });
    }
  }
}

/**
 * Where a batch's own job is dead and a duplicate of it is not, the duplicate becomes the batch's job: it
 * is paid for, and its answers are as good.
 */
export async function promoteDuplicates(context: RunContext, batches: readonly number[]): Promise<void> {
  const { store, service, signal } = context;
  for (const batch of batches) {
    const record = recordOf(store.current(), batch);
    if (!isOver(record)) continue;
    for (const name of record.duplicates ?? []) {
      const got = await service.getJob(name, signal);
      if (!got.ok || isDead(got.value.state)) continue;
      await promote(context, batch, got.value, record.attempt);
      break;
    }
  }
}

/** The batch's job has ended without answers, or nobody knows it. */
function isOver({ status }: BatchRecord): boolean {
  return status === 'failed' || status === 'expired' || status === 'cancelled';
}

async function promote(
  { store, emit }: Pick<RunContext, 'store' | 'emit'>,
  batch: number,
  { name, displayName, model, createdAt }: JobSnapshot,
  attempt: number,
): Promise<void> {
  const record = recordOf(store.current(), batch);
  const input = 'input' in record ? record.input : undefined;
  const job = { name, displayName, model, submittedAt: createdAt, adopted: true, key: jobOf(record)?.key };
  await store.apply(batch, { type: 'taken_over', job, attempt, input, file: undefined });
  emit({ event: 'batch_adopted', batch, job: name, displayName: displayName ?? '' });
}
