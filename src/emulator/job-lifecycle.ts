import type { Job } from './job.ts';

/** google.rpc.Status, with a google.rpc code and not an HTTP one. */
interface RpcStatus {
  readonly code: number;
  readonly message: string;
}

/**
 * Where a job stands at one moment.
 *
 *   pending ──startAt──▶ running ──endAt──▶ succeeded | failed | expired | cancelled
 *      │                    │
 *      │                    ├──cancel──▶ succeeded (rest failed) or cancelled (partial output)
 *      ├──cancel──▶ cancelled (code 13)
 *      └──expiresAt (also while running)──▶ expired
 */
export type JobPhase =
  | { readonly state: 'pending' | 'running'; readonly since: number }
  | {
      readonly state: 'succeeded' | 'failed' | 'cancelled' | 'expired';
      readonly since: number;
      readonly error?: RpcStatus;
      /** Requests with an answer when that is fewer than all. */
      readonly finished?: number;
      readonly hasOutput: boolean;
    };

export interface LifecycleRules {
  readonly cancelRunning: 'succeeded' | 'cancelled';
  readonly inputMustOutlive: boolean;
}

/** The phase of a job at `now`, computed from its planned times: nothing ticks. */
export function phaseAt(job: Job, now: number, rules: LifecycleRules): JobPhase {
  const lostAt = rules.inputMustOutlive ? inputEnd(job) : Number.POSITIVE_INFINITY;
  if (lostAt <= now && lostAt < Math.min(job.endAt, job.expiresAt, job.cancellation?.atMs ?? lostAt + 1)) {
    return failed(lostAt, { code: 3, message: 'The input file is no longer available.' });
  }
  if (job.cancellation !== undefined) return cancelledPhase(job, job.cancellation, rules);
  if (job.expiresAt <= now && job.expiresAt < job.endAt) return expired(job.expiresAt);
  if (now < job.startAt) return { state: 'pending', since: job.createdAt };
  if (now < job.endAt) return { state: 'running', since: job.startAt };
  return plannedEnd(job);
}

export function isFinished(phase: JobPhase): boolean {
  return phase.state !== 'pending' && phase.state !== 'running';
}

/** How many requests a running job has answered by `now`, in proportion to the time gone by. */
export function finishedBy(job: Job, now: number): number {
  const duration = job.endAt - job.startAt;
  if (!Number.isFinite(duration) || duration <= 0) return 0;
  return Math.max(
    0,
    Math.min(job.requestCount, Math.floor((job.requestCount * (now - job.startAt)) / duration)),
  );
}

function inputEnd(job: Job): number {
  return Math.min(
    job.inputLostAt ?? Number.POSITIVE_INFINITY,
    job.input.from === 'file' ? job.input.file.expiresAt : Number.POSITIVE_INFINITY,
  );
}

function plannedEnd(job: Job): JobPhase {
  const since = job.endAt;
  if (job.inputProblem !== undefined) return failed(since, { code: 3, message: job.inputProblem });
  switch (job.outcome) {
    case 'failed':
      return failed(since, { code: 3, message: 'The input of the batch is invalid.' });
    case 'failed_quota':
      return failed(since, { code: 8, message: 'Enqueued token quota exceeded for this model.' });
    case 'failed_internal':
      return failed(since, { code: 13, message: 'Internal error encountered.' });
    case 'expired':
      return expired(since);
    case 'cancelled':
      return { state: 'cancelled', since, error: cancelledError(job), hasOutput: false };
    case 'succeeded':
    case 'stuck':
    case 'stuck_running':
      return { state: 'succeeded', since, hasOutput: true };
  }
}

function cancelledPhase(
  job: Job,
  { atMs, wasRunning, finished }: NonNullable<Job['cancellation']>,
  rules: LifecycleRules,
): JobPhase {
  if (!wasRunning) return { state: 'cancelled', since: atMs, error: cancelledError(job), hasOutput: false };
  return { state: rules.cancelRunning, since: atMs, finished, hasOutput: true };
}

/** Odd as it reads, code 13 with these words is what the service says (observed twice). */
function cancelledError(job: Job): RpcStatus {
  return { code: 13, message: `Batch ${job.id} failed without error.` };
}

function failed(since: number, error: RpcStatus): JobPhase {
  return { state: 'failed', since, error, hasOutput: false };
}

function expired(since: number): JobPhase {
  return { state: 'expired', since, hasOutput: false };
}
