import type { JobSnapshot } from '../model/job.ts';
import type { BatchService, Result } from '../model/service.ts';
import { walkPages } from './walk-pages.ts';

/**
 * Walks the listing of jobs, page by page, until it ends or `visit` has seen enough; see `walkPages`.
 * @param visit returns true when no further page is needed
 */
export async function walkJobs(
  service: Pick<BatchService, 'listJobs'>,
  visit: (jobs: readonly JobSnapshot[]) => boolean,
  signal: AbortSignal,
): Promise<Result<void>> {
  return await walkPages(
    'jobs',
    (token) => service.listJobs(token, signal),
    ({ jobs }) => visit(jobs),
  );
}

/** Walks the whole listing and returns the jobs that `wanted` picks. */
export async function findJobs(
  service: Pick<BatchService, 'listJobs'>,
  wanted: (job: JobSnapshot) => boolean,
  signal: AbortSignal,
): Promise<Result<readonly JobSnapshot[]>> {
  const found: JobSnapshot[] = [];
  const visit = (jobs: readonly JobSnapshot[]): boolean => {
    found.push(...jobs.filter(wanted));
    return false;
  };
  const walked = await walkJobs(service, visit, signal);
  return walked.ok ? { ok: true, value: found } : walked;
}
