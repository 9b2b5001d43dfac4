import pLimit from 'p-limit';
import { stopsTheRun, type ServiceFailure } from '../model/failure.ts';
import { isEnded } from '../model/job.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';
import type { CleanupPlan, DoomedFile, DoomedJob } from './plan-cleanup.ts';
import { isProven } from './verify-plan.ts';

export interface FailedDeletion {
  readonly name: string;
  readonly batch: number;
  readonly reason: string;
  readonly message: string;
}

export interface CleanedUp {
  readonly files: readonly DoomedFile[];
  readonly jobs: readonly DoomedJob[];
  readonly failed: readonly FailedDeletion[];
}

/** Deletions are small and the service limits requests. */
const AT_ONCE = 4;

/** After so many answers in a row that were none, nobody is there. */
const MOST_OUTAGES = 3;

/**
 * Deletes what the plan names. That a job may be gone is in the state, durably, before the service is asked; a
 * run that is killed in between asks again. One failure does not keep the others.
 * @throws {BatchSubmitError} when the key is refused or the service does not answer any more
 */
export async function cleanUp(context: RunContext, plan: CleanupPlan): Promise<CleanedUp> {
  const { emit, signal } = context;
  const done = { files: [] as DoomedFile[], jobs: [] as DoomedJob[], failed: [] as FailedDeletion[] };
  let outages = 0;
  let isOver = false;
  const note = (thing: DoomedFile | DoomedJob, failure: ServiceFailure): void => {
    const { name, batch } = thing;
    const { kind, reason, message } = failure;
    outages = kind === 'unavailable' || kind === 'not_sent' ? outages + 1 : 0;
    done.failed.push({ name, batch, reason, message });
    emit({ event: 'error', batch, step: 'cleanup', reason, message: `${name}: ${message}` });
    isOver ||= stopsTheRun(kind) || outages >= MOST_OUTAGES;
    if (isOver) throw stopFor(failure, `delete ${name}`);
  };
  const one = async <T extends DoomedFile | DoomedJob>(
    thing: T,
    remove: (context: RunContext, thing: T) => Promise<ServiceFailure | undefined>,
    list: T[],
  ): Promise<void> => {
    signal.throwIfAborted();
    if (isOver) return;
    const failure = await remove(context, thing);
    if (failure !== undefined) return note(thing, failure);
    outages = 0;
    list.push(thing);
  };
  const limit = pLimit(AT_ONCE);
  // Every deletion has ended, one way or the other, before the lock can be given up.
  const ends = await Promise.allSettled([
    ...plan.files.map((file) => limit(() => one(file, deleteFile, done.files))),
    ...plan.jobs.map((job) => limit(() => one(job, deleteJob, done.jobs))),
  ]);
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return done;
}

async function deleteFile(
  { service, signal, emit }: RunContext,
  { name, batch, sizeBytes }: DoomedFile,
): Promise<ServiceFailure | undefined> {
  const deleted = await service.deleteFile(name, signal);
  if (!deleted.ok) return deleted.failure;
  emit({ event: 'file_deleted', batch, file: name, bytes: sizeBytes });
  return undefined;
}

async function deleteJob(context: RunContext, job: DoomedJob): Promise<ServiceFailure | undefined> {
  const { service, store, clock, signal, emit } = context;
  const { name, batch, displayName, model } = job;
  const refusal = (await isProven(job)) ? await doubt(context, job) : CHANGED;
  if (refusal !== undefined) return refusal;
  await store.apply(batch, { type: 'deletion_asked', job: name, at: clock.now().toISOString() });
  const deleted = await service.deleteJob(name, signal);
  if (!deleted.ok) return deleted.failure;
  // A state that was lost, or restored from an older copy, learns from the log that this was paid for.
  emit({ event: 'job_deleted', batch, job: name, displayName, model });
  return undefined;
}

const CHANGED: ServiceFailure = {
  kind: 'refused',
  reason: 'RESULTS_CHANGED',
  message: 'its results on disk were changed meanwhile, so that it is kept',
};

/** A job that left nothing when it was looked at is asked once more: what it has now would be lost. */
async function doubt(
  { service, signal }: RunContext,
  { name, saved }: DoomedJob,
): Promise<ServiceFailure | undefined> {
  if (saved !== undefined) return undefined;
  const got = await service.getJob(name, signal);
  if (!got.ok) return got.failure.kind === 'not_found' ? undefined : got.failure;
  if (isEnded(got.value.state) && got.value.results === undefined) return undefined;
  const message = 'it has results that are not on disk, so that it is kept';
  return { kind: 'refused', reason: 'NOT_COLLECTED', message };
}
