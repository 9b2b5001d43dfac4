/**
 * Where a remote job stands. `unknown` stands for any spelling this version does not know: such a
 * job is watched further and never taken for dead.
 */
export type JobState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired' | 'unknown';

/** States a job never leaves. */
export type EndedJobState = Extract<JobState, 'succeeded' | 'failed' | 'cancelled' | 'expired'>;

/** Where a job left its answers. Inline answers travel inside the job itself, so they are fetched with it. */
export type ResultLocation = { readonly kind: 'file'; readonly name: string } | { readonly kind: 'inline' };

/** Counts of requests as the service reports them; a fresh `get` is the only trustworthy source. */
export interface JobStats {
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
}

/** What the service says of one job at one moment. */
export interface JobSnapshot {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly model: string | undefined;
  readonly inputFile: string | undefined;
  readonly state: JobState;
  /** The state exactly as the service spelt it. */
  readonly rawState: string | undefined;
  readonly createdAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly stats: JobStats | undefined;
  readonly results: ResultLocation | undefined;
  /** Why the job failed, when the service gives a reason. */
  readonly error: { readonly code: number | undefined; readonly message: string } | undefined;
}

export function isEnded(state: JobState): state is EndedJobState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'expired';
}

/** Ended without an answer to anything. */
export function isDead(state: JobState): boolean {
  return isEnded(state) && state !== 'succeeded';
}

/** The spelling that scripts read in the state file and in `status --json`. */
export function publicJobState(state: JobState): string {
  return `JOB_STATE_${state === 'unknown' ? 'UNSPECIFIED' : state.toUpperCase()}`;
}
