import { recordOf } from '../model/submission-state.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';

/** Batches whose job is, as far as the state knows, still pending or running. */
function cancellable(context: Pick<RunContext, 'store'>, batches: readonly number[]): readonly number[] {
  return batches.filter((batch) => recordOf(context.store.current(), batch).status === 'submitted');
}

export interface CancelOutcome {
  readonly requested: readonly number[];
  readonly refused: readonly number[];
}

/** Asks the service to cancel the jobs of these batches; only jobs this state names are touched. */
export async function cancelJobs(context: RunContext, batches: readonly number[]): Promise<CancelOutcome> {
  const requested: number[] = [];
  const refused: number[] = [];
  for (const batch of cancellable(context, batches)) {
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
