import type { JobSnapshot } from '../model/job.ts';
import type { JobPage } from '../model/service.ts';
import { isRecord } from './json-body.ts';
import { isJobName } from './resource-name.ts';
import { readJob } from './wire-job.ts';

/**
 * Reads one page of `operations`. Undefined unless the page is whole: a caller concludes from a page
 * that a job is not there, so an entry that cannot be read, an `unreachable` note or an unexpected
 * shape makes the page unusable. An empty object is an empty page.
 */
export function readJobPage(value: unknown, clean: (text: string) => string): JobPage | undefined {
  if (!isRecord(value)) return undefined;
  const { operations, nextPageToken, unreachable, ...others } = value;
  if (operations === undefined && Object.keys(others).length > 0) return undefined;
  if (operations !== undefined && !Array.isArray(operations)) return undefined;
  if (nextPageToken !== undefined && typeof nextPageToken !== 'string') return undefined;
  if (Array.isArray(unreachable) && unreachable.length > 0) return undefined;
  const jobs: JobSnapshot[] = [];
  for (const entry of operations ?? []) {
    const job = readJob(entry, clean);
    if (job === undefined || !isJobName(job.name)) return undefined;
    jobs.push(job);
  }
  // The wire may say "no further page" with an empty token.
  return { jobs, nextPageToken: nextPageToken === '' ? undefined : nextPageToken };
}
