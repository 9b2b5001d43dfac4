import type { ServiceFailure } from '../model/failure.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { BatchService, Result } from '../model/service.ts';

/** A listing this long is not a listing of one project's jobs: something is wrong with the paging. */
const MOST_PAGES = 1000;

/**
 * Walks the listing of jobs, page by page, until it ends or `visit` has seen enough. A listing that
 * repeats a page token or never ends is unusable, because concluding from part of a list has cost
 * people money.
 * @param visit returns true when no further page is needed
 */
export async function walkJobs(
  service: Pick<BatchService, 'listJobs'>,
  visit: (jobs: readonly JobSnapshot[]) => boolean,
  signal: AbortSignal,
): Promise<Result<void>> {
  const seenTokens = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await service.listJobs(token, signal);
    if (!listed.ok) return listed;
    const isEnough = visit(listed.value.jobs);
    token = listed.value.nextPageToken;
    if (isEnough || token === undefined) return { ok: true, value: undefined };
    if (seenTokens.has(token)) return unusable('the listing of jobs repeats a page');
    seenTokens.add(token);
  }
  return unusable(`the listing of jobs did not end after ${MOST_PAGES} pages`);
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

function unusable(message: string): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind: 'unavailable', reason: 'LIST_UNUSABLE', message } };
}
