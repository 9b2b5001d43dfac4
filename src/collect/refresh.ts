import pLimit from 'p-limit';
import type { BatchRecord } from '../model/batch-record.ts';
import type { BatchSubmitError } from '../model/errors.ts';
import { stopsTheRun, type ServiceFailure } from '../model/failure.ts';
import { isEnded, type JobSnapshot } from '../model/job.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';
import { recordOf } from '../model/submission-state.ts';
import { noteDuplicates } from '../service/note-duplicates.ts';
import { walkJobs } from '../service/walk-jobs.ts';

/** Up to so many jobs are asked for one by one; beyond that, pages of the listing are cheaper. */
const FEW_JOBS = 3;
/** When many jobs end together, their questions share the delay of the wire. */
const QUESTIONS_AT_ONCE = 8;

export interface RefreshOutcome {
  /** Batches whose job is still pending or running, as far as anybody knows. */
  readonly active: readonly number[];
  /** Of these: batches whose job the service refuses to speak of. */
  readonly refused: readonly number[];
  /** Why the service could not be asked about everything. */
  readonly failure: ServiceFailure | undefined;
}

/** The error that ends a command after a refresh, if it has to end: nobody can be asked. */
export function stopAfter(
  { failure }: RefreshOutcome,
  mayWaitForService: boolean,
): BatchSubmitError | undefined {
  if (failure === undefined || failure.kind === 'refused') return undefined;
  const isOutage = failure.kind === 'unavailable' || failure.kind === 'not_sent';
  return isOutage && mayWaitForService ? undefined : stopFor(failure, 'ask for the jobs');
}

type News =
  | { readonly kind: 'job'; readonly job: JobSnapshot }
  | { readonly kind: 'missing'; readonly jobName: string };

/**
 * Asks the service about every job that had not ended, and records what changed. The listing serves
 * only to see which jobs changed: its counts are stale and it never holds results, so each job that
 * ended, or that the listing does not show, is asked for by name. Absence from the listing alone is
 * never evidence of anything, and a job that the service did not know is asked for again each time:
 * another key, or another day, may know it.
 * @param onListed is shown the pages of the listing that were read
 */
export async function refreshJobs(
  context: RunContext,
  batches: readonly number[],
  onListed: (jobs: readonly JobSnapshot[]) => void = () => undefined,
): Promise<RefreshOutcome> {
  const { store } = context;
  const watched = new Map<number, string>();
  for (const batch of batches) {
    const record = recordOf(store.current(), batch);
    if (isWatched(record)) watched.set(batch, record.job.name);
  }
  const { news, refused, failure } = await ask(context, watched, onListed);
  const asked = [...news].filter(([batch]) => recordOf(store.current(), batch).status === 'submitted');
  const unknown = asked.filter(([, { kind }]) => kind === 'missing').length;
  // A wrong key makes every job unknown. Nothing is concluded from that.
  if (unknown > 1 && unknown === asked.length) {
    return { active: activeOf(context, watched), refused, failure: allUnknown(unknown) };
  }
  await Promise.all([...news].map(([batch, item]) => note(context, batch, item)));
  return { active: activeOf(context, watched), refused, failure };
}

type WatchedRecord = Extract<BatchRecord, { readonly job?: unknown }> & {
  readonly job: { readonly name: string };
};

function isWatched(record: BatchRecord): record is WatchedRecord {
  return (
    record.status === 'submitted' ||
    (record.status === 'failed' && record.reason === 'missing' && record.job !== undefined)
  );
}

function activeOf({ store }: RunContext, watched: ReadonlyMap<number, string>): readonly number[] {
  return [...watched.keys()].filter((batch) => recordOf(store.current(), batch).status === 'submitted');
}

interface Answers {
  readonly news: ReadonlyMap<number, News>;
  readonly refused: readonly number[];
  readonly failure: ServiceFailure | undefined;
}

/** Collects the answers first and records nothing, so that a stop in between leaves nothing half done. */
async function ask(
  context: RunContext,
  watched: ReadonlyMap<number, string>,
  onListed: (jobs: readonly JobSnapshot[]) => void,
): Promise<Answers> {
  const { service, signal, emit } = context;
  const news = new Map<number, News>();
  const refused: number[] = [];
  let failure: ServiceFailure | undefined;
  const listed =
    watched.size > FEW_JOBS ? await listStates(context, new Set(watched.values()), onListed) : undefined;
  let isOver = false;
  const askOne = async (batch: number, jobName: string): Promise<void> => {
    if (isOver) return;
    signal.throwIfAborted();
    const seen = listed?.get(jobName);
    if (seen !== undefined && !isEnded(seen.state) && seen.state !== 'unknown') {
      news.set(batch, { kind: 'job', job: seen });
      return;
    }
    const got = await service.getJob(jobName, signal);
    if (got.ok) news.set(batch, { kind: 'job', job: got.value });
    else if (got.failure.kind === 'not_found') news.set(batch, { kind: 'missing', jobName });
    else {
      // An outage says more than a job that the service refuses to speak of.
      if (failure === undefined || failure.kind === 'refused') failure = got.failure;
      if (stopsTheRun(failure.kind) || failure.kind === 'not_sent') {
        isOver = true;
        return;
      }
      // One job that cannot be asked for must not keep the others from being collected.
      if (got.failure.kind === 'refused') refused.push(batch);
      emit({
        event: 'warning',
        batch,
        message: `${jobName} could not be asked for (${got.failure.reason}: ${got.failure.message})`,
      });
    }
  };
  const limit = pLimit(watched.size > FEW_JOBS ? QUESTIONS_AT_ONCE : 1);
  await Promise.all([...watched].map(([batch, jobName]) => limit(() => askOne(batch, jobName))));
  return { news, refused, failure };
}

/**
 * Pages of the listing until every watched job was seen. An unusable listing only costs single requests.
 * Jobs that were made twice show up here too.
 */
async function listStates(
  context: RunContext,
  wanted: ReadonlySet<string>,
  onListed: (jobs: readonly JobSnapshot[]) => void,
): Promise<Map<string, JobSnapshot>> {
  const seen = new Map<string, JobSnapshot>();
  const listed: JobSnapshot[] = [];
  const visit = (jobs: readonly JobSnapshot[]): boolean => {
    listed.push(...jobs);
    onListed(jobs);
    for (const job of jobs) if (wanted.has(job.name)) seen.set(job.name, job);
    return seen.size >= wanted.size;
  };
  await walkJobs(context.service, visit, context.signal);
  await noteDuplicates(context, listed);
  return seen;
}

async function note(context: RunContext, batch: number, news: News): Promise<void> {
  if (news.kind === 'job') await observe(context, batch, news.job);
  else await markMissing(context, batch, news.jobName);
}

async function observe(context: RunContext, batch: number, job: JobSnapshot): Promise<void> {
  const { store, emit, clock } = context;
  const before = recordOf(store.current(), batch);
  // A job that succeeded but does not say where its results are is not done: they would be lost.
  const isDone = job.state !== 'succeeded' || job.results !== undefined;
  const state = isDone ? job.state : 'unknown';
  // Also when nothing changed, so that a status can say how old its news is. All of a round share one save.
  await store.apply(batch, { type: 'job_observed', job: { ...job, state }, at: clock.now().toISOString() });
  if (before.status === 'submitted' && before.jobState === state) return;
  if (!isDone)
    emit({
      event: 'warning',
      batch,
      message: `${job.name} has succeeded and does not say yet where its results are`,
    });
  emit({ event: 'job_state', batch, job: job.name, state });
  if (job.state === 'failed') {
    const message = job.error?.message ?? 'the service gave no reason';
    emit({ event: 'error', batch, step: 'job', reason: 'failed', message });
  }
}

async function markMissing(context: RunContext, batch: number, jobName: string): Promise<void> {
  const { store, emit, clock } = context;
  if (recordOf(store.current(), batch).status !== 'submitted') return;
  const detail = `the service does not know ${jobName}: deleted, past its retention, or made with another key`;
  await store.apply(batch, {
    type: 'failed',
    step: 'job',
    reason: 'missing',
    detail,
    at: clock.now().toISOString(),
  });
  emit({ event: 'error', batch, step: 'job', reason: 'missing', message: detail });
}

function allUnknown(jobs: number): ServiceFailure {
  const message = `none of the ${jobs} jobs that were asked for exists under this key; were they made with another one?`;
  return { kind: 'not_found', reason: 'JOBS_UNKNOWN', message };
}
