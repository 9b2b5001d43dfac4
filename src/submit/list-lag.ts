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
  let measuring: Promise<void> | undefined;
  const measure = async (jobName: string): Promise<void> => {
    const madeMs = clock.monotonicMs();
    for (let look = 0; ; look += 1) {
      const isListed = await isInListing(context, jobName);
      // A listing that fails says nothing of the lag; whoever needs it will say that it fails.
      if (isListed === undefined) return;
      if (isListed || end.signal.aborted) break;
      await sleepUnlessEnded(context, PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)] ?? 0, end.signal);
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

async function isInListing(
  { service, signal }: Pick<SubmitContext, 'service' | 'signal'>,
  jobName: string,
): Promise<boolean | undefined> {
  let isListed = false;
  const visit = (jobs: readonly JobSnapshot[]): boolean =>
    (isListed = jobs.some(({ name }) => name === jobName));
  const walked = await walkJobs(service, visit, signal);
  return walked.ok ? isListed : undefined;
}

async function sleepUnlessEnded(
  { clock, signal }: Pick<SubmitContext, 'clock' | 'signal'>,
  ms: number,
  end: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(ms, AbortSignal.any([signal, end]));
  } catch (error) {
    if (!end.aborted) throw error;
  }
}
