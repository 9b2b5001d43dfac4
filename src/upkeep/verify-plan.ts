import { holdsBytes } from '../state/hash-file.ts';
import type { CleanupPlan, DoomedJob, Kept } from './plan-cleanup.ts';

/**
 * Takes out of the plan every job whose results are not on disk as they were saved.
 * @throws {BatchSubmitError} `E_DISK` when a file cannot be read
 */
export async function verifyPlan(plan: CleanupPlan): Promise<CleanupPlan> {
  const jobs: DoomedJob[] = [];
  const altered: Kept[] = [];
  for (const job of plan.jobs) {
    if (await isProven(job)) jobs.push(job);
    else altered.push({ kind: 'job', name: job.name, batch: job.batch, reason: 'altered' });
  }
  return { ...plan, jobs, kept: [...plan.kept, ...altered].sort((a, b) => a.batch - b.batch) };
}

/** True when the job left nothing, or what it left is on disk to the byte. */
export async function isProven({ saved }: DoomedJob): Promise<boolean> {
  return saved === undefined || (await holdsBytes(saved.path, saved));
}
