import { jobOf } from '../model/batch-record.ts';
import { promoteDuplicates } from '../service/note-duplicates.ts';
import { isEnded } from '../model/job.ts';
import { recordOf } from '../model/submission-state.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';

export interface CancelOutcome {
  readonly requested: readonly number[];
  readonly refused: readonly number[];
}

/** Asks the service to cancel the jobs of these batches; only jobs this state names are touched. */
export async function cancelJobs(context: RunContext, batches: readonly number[]): Promise<CancelOutcome> {
  const requested: number[] = [];
  const refused: number[] = [];
  for (const batch of batches) {
    const record = recordOf(context.store.current(), batch);
    if (record.status !== 'submitted') continue;
    const job = record.job.name;
    const answer = await context.service.cancelJob(job, context.signal);
    if (answer.ok) {
      requested.push(batch);
      context.emit({ event: 'cancel_requested', batch, job });
    } else if (answer.failure.kind === 'refused' || answer.failure.kind === 'not_found') {
      refused.push(batch);
      const { reason, message } = answer.failure;
      context.emit({ event: 'error', batch, step: 'cancel', reason, message });
    } else {
      throw stopFor(answer.failure, `cancel the job of batch ${batch}`);
    }
  }
  return { requested, refused };
}

/**
 * Asks the service to cancel jobs that were made twice, exactly those the state names, and strikes them
 * off. One that has ended or is gone needs no decision any more, and is struck off too.
 */
export async function cancelDuplicates(
  context: RunContext,
  batches: readonly number[],
): Promise<CancelOutcome> {
  const { store, service, signal, emit } = context;
  await promoteDuplicates(context, batches);
  const requested = new Set<number>();
  const refused = new Set<number>();
  for (const batch of batches) {
    const record = recordOf(store.current(), batch);
    for (const job of record.duplicates ?? []) {
      const answer = await service.cancelJob(job, signal);
      const failure = answer.ok ? undefined : answer.failure;
      if (failure !== undefined && failure.kind !== 'refused' && failure.kind !== 'not_found')
        throw stopFor(failure, `cancel ${job}, which was made twice for batch ${batch}`);
      // To another key every job is unknown.
      const mayBelieve = context.key !== undefined && jobOf(record)?.key === context.key;
      const isOver = failure === undefined || (await isOverNow(context, job, mayBelieve));
      if (isOver) {
        await store.apply(batch, { type: 'duplicates_settled', jobs: [job] });
        requested.add(batch);
        emit({ event: 'cancel_requested', batch, job });
      } else {
        refused.add(batch);
        const { reason, message } = failure;
        emit({ event: 'error', batch, step: 'cancel', reason, message });
      }
    }
  }
  return { requested: [...requested], refused: [...refused] };
}

async function isOverNow(
  { service, signal }: RunContext,
  job: string,
  mayBelieve: boolean,
): Promise<boolean> {
  const got = await service.getJob(job, signal);
  return got.ok ? isEnded(got.value.state) : mayBelieve && got.failure.kind === 'not_found';
}
