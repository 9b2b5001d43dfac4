import type { JobSnapshot } from '../model/job.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { BatchService, Result } from '../model/service.ts';

/** A listing this long is not a listing of one project's jobs: something is wrong with the paging. */
const MOST_PAGES = 1000;

/**
 * Walks the whole listing of jobs and returns those that `wanted` picks. A listing that repeats a page
 * token or never ends is unusable, because concluding from part of a list has cost people money.
 */
export async function findJobs(
  service: BatchService,
  wanted: (job: JobSnapshot) => boolean,
  signal: AbortSignal,
): Promise<Result<readonly JobSnapshot[]>> {
  const found: JobSnapshot[] = [];
  const seenTokens = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await service.listJobs(token, signal);
    if (!listed.ok) return listed;
    found.push(...listed.value.jobs.filter(wanted));
    token = listed.value.nextPageToken;
    if (token === undefined) return { ok: true, value: found };
    if (seenTokens.has(token)) return unusable('the listing of jobs repeats a page');
    seenTokens.add(token);
  }
  return unusable(`the listing of jobs did not end after ${MOST_PAGES} pages`);
}

function unusable(message: string): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind: 'unavailable', reason: 'LIST_UNUSABLE', message } };
}
