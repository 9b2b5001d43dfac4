import { readJob } from '../../gemini/wire-job.ts';
import { readJobPage } from '../../gemini/wire-job-page.ts';
import type { JobSnapshot } from '../../model/job.ts';
import type { JobPage } from '../../model/service.ts';
import type { Probe } from '../probe.ts';
import { Unanswered } from '../question.ts';
import type { Wire, WireAnswer, WireRequest } from '../wire.ts';
import { describeAnswer } from './describe-answer.ts';

interface CreatePlan {
  readonly label: string;
  /** Makes the display name, unless one is given. */
  readonly purpose: string;
  readonly displayName?: string;
  readonly fileName: string;
}

export interface CreateOutcome {
  readonly answer: WireAnswer;
  readonly job: JobSnapshot | undefined;
}

/** Creates a job or throws `Unanswered`. */
export async function createJob(probe: Probe, plan: CreatePlan): Promise<JobSnapshot> {
  const { answer, job } = await tryCreate(probe, plan);
  if (job !== undefined) return job;
  throw new Unanswered(`no job could be created (${describeAnswer(answer)})`);
}

/** Sends one create, whatever comes of it. A job that may exist without our knowing is noted. */
export async function tryCreate(
  { wire, names, made, options }: Probe,
  plan: CreatePlan,
): Promise<CreateOutcome> {
  const displayName = plan.displayName ?? names.displayName(plan.purpose);
  made.lostCreates += 1;
  const answer = await wire({
    label: plan.label,
    method: 'POST',
    to: `/v1beta/models/${encodeURIComponent(options.model)}:batchGenerateContent`,
    body: JSON.stringify({ batch: { displayName, inputConfig: { fileName: plan.fileName } } }),
    isRepeatable: false,
  });
  const job = answer.status === 200 ? readJob(answer.json, (text) => text) : undefined;
  if (job !== undefined) made.jobs.add(job.name);
  if (job !== undefined || (answer.status >= 400 && answer.status < 500)) made.lostCreates -= 1;
  return { answer, job };
}

export async function getJob(
  wire: Wire,
  request: Omit<WireRequest, 'method' | 'to'>,
  name: string,
): Promise<WireAnswer> {
  return await wire({ ...request, method: 'GET', to: `/v1beta/${name}` });
}

export function jobIn(answer: WireAnswer): JobSnapshot | undefined {
  return answer.status === 200 ? readJob(answer.json, (text) => text) : undefined;
}

export interface ListPlan {
  readonly label: string;
  /** Not sent when undefined. */
  readonly pageSize: number | undefined;
  readonly pageToken?: string | undefined;
  readonly key?: 'first' | 'second';
}

/** One page; `page` is undefined when the answer is none. */
export async function tryList(
  wire: Wire,
  { label, pageSize, pageToken, key = 'first' }: ListPlan,
): Promise<{ readonly answer: WireAnswer; readonly page: JobPage | undefined }> {
  const query = new URLSearchParams();
  if (pageSize !== undefined) query.set('pageSize', String(pageSize));
  if (pageToken !== undefined) query.set('pageToken', pageToken);
  const answer = await wire({
    label,
    method: 'GET',
    to: `/v1beta/batches${query.size === 0 ? '' : '?'}${query.toString()}`,
    key,
  });
  return { answer, page: answer.status === 200 ? readJobPage(answer.json, (text) => text) : undefined };
}

/** What the client asks for in `gemini/jobs.ts`. */
export const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** The whole listing, in its order, or `Unanswered`. */
export async function listAll(
  wire: Wire,
  label: string,
  key: 'first' | 'second' = 'first',
): Promise<readonly JobSnapshot[]> {
  const jobs: JobSnapshot[] = [];
  let pageToken: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { answer, page } = await tryList(wire, { label, pageSize: PAGE_SIZE, pageToken, key });
    if (page === undefined) throw new Unanswered(`the jobs could not be listed (${describeAnswer(answer)})`);
    jobs.push(...page.jobs);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return jobs;
  }
  throw new Unanswered(`the listing of jobs did not end after ${MOST_PAGES} pages`);
}
