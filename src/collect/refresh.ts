import { recordOf } from '../model/submission-state.ts';
import type { JobSnapshot } from '../model/job.ts';
import { isEnded } from '../model/job.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { Result } from '../model/service.ts';
import type { RunContext } from '../model/run-context.ts';

/** Up to so many jobs are asked for one by one; beyond that, pages of the listing are cheaper. */
const FEW_JOBS = 3;

export interface RefreshOutcome {
  /** Batches whose job has ended since the last look. */
  readonly ended: readonly number[];
  /** Batches whose job is still pending or running. */
  readonly active: readonly number[];
  /** Why the service could not be asked about everything. */
  readonly failure: ServiceFailure | undefined;
}

/**
 * Asks the service about every job that had not ended, and records what changed. The listing serves
 * only to see which jobs changed: its counts are stale and it never holds results, so each job that
 * ended, or that the listing does not show, is asked for by name. Absence from the listing alone is
 * never evidence of anything.
 */
export async function refreshJobs(context: RunContext, batches: readonly number[]): Promise<RefreshOutcome> {
  const { store } = context;
  const watched = new Map<string, number>();
  for (const batch of batches) {
    const record = recordOf(store.current(), batch);
    if (record.status === 'submitted') watched.set(record.job.name, batch);
  }
  const ended: number[] = [];
  const listed =
    watched.size > FEW_JOBS
      ? await listStates(context, new Set(watched.keys()))
      : new Map<string, JobSnapshot>();
  let failure: ServiceFailure | undefined;
  const updates: Promise<void>[] = [];
  for (const [jobName, batch] of watched) {
    context.signal.throwIfAborted();
    const seen = listed.get(jobName);
    if (seen !== undefined && !isEnded(seen.state) && seen.state !== 'unknown') {
      updates.push(observe(context, batch, seen));
      continue;
    }
    const got = await context.service.getJob(jobName, context.signal);
    if (got.ok) {
      if (isEnded(got.value.state)) ended.push(batch);
      updates.push(observe(context, batch, got.value));
    } else if (got.failure.kind === 'not_found') {
      updates.push(markMissing(context, batch, jobName));
    } else {
      failure = got.failure;
      break;
    }
  }
  await Promise.all(updates);
  const active = [...watched.values()].filter(
    (batch) => recordOf(store.current(), batch).status === 'submitted',
  );
  return { ended, active, failure };
}

/** Pages of the listing until every watched job was seen. An unusable listing only costs single requests. */
async function listStates(context: RunContext, wanted: Set<string>): Promise<Map<string, JobSnapshot>> {
  const seen = new Map<string, JobSnapshot>();
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const page: Result<{ jobs: readonly JobSnapshot[]; nextPageToken: string | undefined }> =
      await context.service.listJobs(token, context.signal);
    if (!page.ok) return seen;
    for (const job of page.value.jobs) if (wanted.has(job.name)) seen.set(job.name, job);
    token = page.value.nextPageToken;
    if (token === undefined || tokens.has(token)) return seen;
    tokens.add(token);
  } while (seen.size < wanted.size);
  return seen;
}

async function observe(context: RunContext, batch: number, job: JobSnapshot): Promise<void> {
  const before = recordOf(context.store.current(), batch);
  if (before.status !== 'submitted') return;
  // Also when nothing changed, so that a status can say how old its news is. All of a round share one save.
  await context.store.apply(batch, { type: 'job_observed', job, at: context.clock.now().toISOString() });
  if (before.jobState === job.state) return;
  context.emit({ event: 'job_state', batch, job: job.name, state: job.state });
  if (job.state === 'failed') {
    const message = job.error?.message ?? 'the service gave no reason';
    context.emit({ event: 'error', batch, step: 'job', reason: 'failed', message });
  }
}

async function markMissing(context: RunContext, batch: number, jobName: string): Promise<void> {
  const detail = `the service does not know ${jobName}: deleted, past its retention, or made with another key`;
  const at = context.clock.now().toISOString();
  await context.store.apply(batch, { type: 'failed', step: 'job', reason: 'missing', detail, at });
  context.emit({ event: 'error', batch, step: 'job', reason: 'missing', message: detail });
}
