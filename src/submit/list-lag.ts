import type { JobSnapshot } from '../model/job.ts';
import { walkJobs } from '../service/walk-jobs.ts';
import type { SubmitContext } from './submit-context.ts';

/** Pauses between looks for the new job, in ms; the last one is repeated. */
const PAUSES_MS: readonly number[] = [200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000];

/** A look that begins so much later than planned says nothing of the listing. */
const STALL_MS = 2000;

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
  const { store } = context;
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  let measuring: Promise<void> | undefined;
  const measure = async (jobName: string): Promise<void> => {
    const lagMs = await measureLag({ ...context, signal }, jobName, end.signal);
    if (lagMs > 0) await store.noteListLag(lagMs);
  };
  return {
    created(jobName) {
      // Whatever keeps it from measuring is met, and told, by those who do the work.
      measuring ??= measure(jobName).catch(() => undefined);
    },
    async stop() {
      end.abort();
      await measuring;
    },
  };
}

/**
 * Looks again and again until the job is listed.
 * @returns from the create to the look that showed it, in ms, or to the last one that did not when the run
 * ends first; 0 when nothing was learnt
 */
async function measureLag(
  { service, clock, signal }: Pick<SubmitContext, 'service' | 'clock' | 'signal'>,
  jobName: string,
  end: AbortSignal,
): Promise<number> {
  const madeMs = clock.monotonicMs();
  let missedAtMs = madeMs;
  try {
    for (let look = 0; ; look += 1) {
      const lookedAtMs = clock.monotonicMs();
      const pauseMs = PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)] ?? 0;
      // A process that was stopped, or a listing that had to wait, has measured something else.
      if (lookedAtMs - missedAtMs > 2 * pauseMs + STALL_MS) return 0;
      let isListed = false;
      const visit = (jobs: readonly JobSnapshot[]): boolean =>
        (isListed = jobs.some(({ name }) => name === jobName));
      const walked = await walkJobs(service, visit, signal);
      if (!walked.ok) return 0;
      if (isListed) return look === 0 ? 0 : lookedAtMs - madeMs;
      missedAtMs = lookedAtMs;
      await clock.sleep(pauseMs, signal);
    }
  } catch (error) {
    if (end.aborted) return missedAtMs - madeMs;
    throw error;
  }
}
