import type { JobSnapshot } from '../model/job.ts';
import { walkJobs } from '../service/walk-jobs.ts';
import type { SubmitContext } from './submit-context.ts';

/** Pauses between looks for the new job, in ms; the last one is repeated. */
const PAUSES_MS: readonly number[] = [200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000];

/** Measures, once in a run, how long a new job takes to appear in the listing. */
export interface LagMeter {
  /** Told of every job that was made; the first one is looked for. */
  created(jobName: string): void;
  /** Ends the measurement: a job not seen by then has been out of sight for at least so long. */
  stop(): Promise<void>;
}

/**
 * The settle time rests on the listing showing a new job before long. Nobody documents how long, so the
 * tool looks, and remembers the longest time it has seen.
 */
export function createLagMeter(
  context: Pick<SubmitContext, 'service' | 'store' | 'clock' | 'signal'>,
): LagMeter {
  const { store, clock } = context;
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  let measuring: Promise<void> | undefined;
  const measure = async (jobName: string): Promise<void> => {
    const madeMs = clock.monotonicMs();
    try {
      // A listing that fails says nothing of the lag; whoever needs it will say that it fails.
      if (!(await isListedInTheEnd({ ...context, signal }, jobName))) return;
    } catch (error) {
      if (!end.signal.aborted || context.signal.aborted) throw error;
    }
    await store.noteListLag(clock.monotonicMs() - madeMs);
  };
  return {
    created(jobName) {
      measuring ??= measure(jobName);
      // Awaited in `stop`; until then its failure is nobody's.
      measuring.catch(() => undefined);
    },
    async stop() {
      end.abort();
      await measuring;
    },
  };
}

/** Looks again and again until the job is listed. False when a listing fails. */
async function isListedInTheEnd(
  { service, clock, signal }: Pick<SubmitContext, 'service' | 'clock' | 'signal'>,
  jobName: string,
): Promise<boolean> {
  for (let look = 0; ; look += 1) {
    let isListed = false;
    const visit = (jobs: readonly JobSnapshot[]): boolean =>
      (isListed = jobs.some(({ name }) => name === jobName));
    const walked = await walkJobs(service, visit, signal);
    if (!walked.ok || isListed) return walked.ok;
    await clock.sleep(PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)] ?? 0, signal);
  }
}
