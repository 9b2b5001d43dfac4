import { tokensOf } from '../model/active-load.ts';
import type { RecordOf, SubmittedJob } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { JobSnapshot } from '../model/job.ts';
import { displayNameFor } from '../model/names.ts';
import { isFileUsable } from '../model/plan.ts';
import { decideRetry } from '../model/retry-policy.ts';
import type { Result } from '../model/service.ts';
import { serviceTime } from '../model/run-context.ts';
import { repeatCall } from '../service/repeat-call.ts';
import type { SubmitContext } from './submit-context.ts';

/**
 * The critical section: turns an uploaded batch into exactly one job.
 *
 * Order is everything here. The intent is on disk before the request leaves, and the job's name is on
 * disk before anything else happens. The request is sent again only after an answer that proves that
 * no job was made (a 429, or a request that never left). After any other failure of the wire the
 * batch is `uncertain` and the failure `unknown_outcome`: `reconcile.ts` finds out what happened.
 */
export async function createJob(
  context: SubmitContext,
  batch: number,
  record: RecordOf<'uploaded'>,
): Promise<Result<JobSnapshot>> {
  const { gate, clock, emit, options, signal } = context;
  const gated = { batch, tokens: tokensOf(record.input) };
  let faults = 0;
  return await repeatCall({
    signal,
    call: () => gate.through(gated, signal, () => sendOnce(context, batch, record)),
    again: async (failure) => {
      const decision = decideRetry(failure, faults, options.policy, options.random());
      if (!decision.retry) return false;
      if (decision.budget === 'rate_limits') return true; // the gate holds this wait, for everyone
      faults += 1;
      const { reason, message } = failure;
      emit({
        event: 'retry_wait',
        batch,
        step: 'create',
        reason,
        message,
        retry: faults,
        waitMs: decision.waitMs,
      });
      await clock.sleep(decision.waitMs, signal);
      return true;
    },
  });
}

async function sendOnce(
  context: SubmitContext,
  batch: number,
  record: RecordOf<'uploaded'>,
): Promise<Result<JobSnapshot>> {
  const { service, store, clock, emit, options } = context;
  const fileName = record.file.name;
  if (fileName === undefined || !isFileUsable(record.file.expiresAt, serviceTime(context))) {
    const message = 'the uploaded file has expired, or is about to';
    return { ok: false, failure: { kind: 'not_found', reason: 'FILE_EXPIRED', message } };
  }
  const displayName = displayNameFor(
    { stateId: context.stateId, batch, attempt: record.attempt },
    record.input,
    options.displayName,
  );
  const { key, run } = context;
  const intent = { displayName, model: options.model, sentAt: clock.now().toISOString(), key };
  await store.apply(batch, { type: 'create_intended', intent });
  if (context.signal.aborted) {
    await store.apply(batch, { type: 'create_refused' });
    context.signal.throwIfAborted();
  }
  emit({ event: 'create_intended', batch, displayName });

  const result = await service.createJob({ model: options.model, displayName, fileName });
  if (result.ok) {
    const job = {
      name: result.value.name,
      displayName,
      model: options.model,
      // The service's own time, where it gives one: the listing's dates are compared with it.
      submittedAt: result.value.createdAt ?? serviceTime(context).toISOString(),
      key,
      run,
    };
    await saveJob(context, batch, job);
    context.lag.created(job.name);
    emit({ event: 'batch_created', batch, job: job.name, displayName });
    return result;
  }
  const failure = asCreateFailure(result.failure);
  if (failure.kind === 'unknown_outcome') {
    await store.apply(batch, {
      type: 'create_unknown',
      reason: failure.message,
      at: clock.now().toISOString(),
      serviceAt: service.now()?.toISOString(),
    });
    emit({ event: 'batch_uncertain', batch, reason: failure.message });
  } else {
    await store.apply(batch, { type: 'create_refused' });
  }
  return { ok: false, failure };
}

/** A job name that cannot be saved is at least on the screen and in the log before the run stops. */
async function saveJob({ store, emit }: SubmitContext, batch: number, job: SubmittedJob): Promise<void> {
  try {
    await store.apply(batch, { type: 'created', job });
  } catch (error) {
    const message = `the job ${job.name} was made, and its name could not be saved`;
    emit({ event: 'error', batch, step: 'create', reason: 'NOT_SAVED', message });
    throw error;
  }
}

/** "Unavailable" invites a repeat; for a create that would be a second payment. */
function asCreateFailure(failure: ServiceFailure): ServiceFailure {
  return failure.kind === 'unavailable' ? { ...failure, kind: 'unknown_outcome' } : failure;
}
