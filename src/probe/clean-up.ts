import { isRecord } from '../gemini/json-body.ts';
import type { Clock } from '../model/clock.ts';
import type { Made } from './made.ts';
import { isProbeName } from './names.ts';
import { describeAnswer } from './steps/describe-answer.ts';
import { listAll } from './steps/jobs.ts';
import type { Wire } from './wire.ts';

export interface CleanUpPlan {
  /** Must not be bound to the signal that ended the probe. */
  readonly wire: Wire;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly made: Made;
  /** Only names of this probe; undefined for those of any. */
  readonly mark: string | undefined;
}

export interface CleanedUp {
  readonly files: number;
  readonly jobs: number;
  /** What is still there, or may be, and why; empty when all is gone. */
  readonly leftovers: readonly string[];
}

/** How long a job whose create got no answer is looked for. */
const LOOKS_FOR_LOST_MS: readonly number[] = [0, 5000, 15_000, 40_000];
/** A job that is being cancelled may refuse to be deleted for a while. */
const DELETE_PAUSES_MS: readonly number[] = [0, 2000, 10_000, 30_000];
const MOST_FILE_PAGES = 200;

/**
 * Removes everything a probe made: what it noted, and what the listings show under its names, because
 * the answer to a create or an upload may have been lost. Throws only when it is aborted.
 */
export async function cleanUp(plan: CleanUpPlan): Promise<CleanedUp> {
  const leftovers: string[] = [];
  const note = async (what: string, work: () => Promise<string | undefined>): Promise<boolean> => {
    const problem = await work().catch((error: unknown) => {
      // Whoever wants out must be told what stays, so even an abort ends in a list.
      return plan.signal.aborted ? 'interrupted' : error instanceof Error ? error.message : String(error);
    });
    if (problem !== undefined) leftovers.push(`${what}: ${problem}`);
    return problem === undefined;
  };
  // A session left open ends by itself, and its address must not be shown.
  for (const session of plan.made.sessions) await cancelSession(plan, session).catch(() => undefined);
  const jobs = new Set(plan.made.jobs);
  await note('jobs that are not known by name', () => findJobs(plan, jobs));
  let removedJobs = 0;
  for (const name of jobs) if (await note(name, () => removeJob(plan, name))) removedJobs += 1;
  const files = new Set(plan.made.files);
  await note('files that are not known by name', () => findFiles(plan, files));
  let removedFiles = 0;
  for (const name of files) if (await note(name, () => removeFile(plan, name))) removedFiles += 1;
  return { files: removedFiles, jobs: removedJobs, leftovers };
}

async function cancelSession({ wire }: CleanUpPlan, session: string): Promise<void> {
  const headers = { 'x-goog-upload-command': 'cancel' };
  await wire({ label: 'clean-up', method: 'POST', to: new URL(session), key: 'none', headers });
}

/** Adds what is listed under our names. A job whose create got no answer may take its time to be listed. */
async function findJobs(
  { wire, clock, signal, made, mark }: CleanUpPlan,
  jobs: Set<string>,
): Promise<undefined> {
  const unnamed = made.lostCreates;
  const known = jobs.size;
  for (const waitMs of LOOKS_FOR_LOST_MS) {
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    for (const { name, displayName = '' } of await listAll(wire, 'clean-up')) {
      if (isProbeName(displayName, mark)) jobs.add(name);
    }
    // A lost create that came to nothing looks the same as one that is not listed yet.
    if (jobs.size >= known + unnamed) return undefined;
  }
  return undefined;
}

async function removeJob({ wire, clock, signal }: CleanUpPlan, name: string): Promise<string | undefined> {
  const to = `/v1beta/${name}`;
  // Deleting does not cancel, and what is cancelled before it starts costs nothing.
  await wire({ label: 'clean-up', method: 'POST', to: `${to}:cancel`, body: '{}' });
  let problem = '';
  for (const pauseMs of DELETE_PAUSES_MS) {
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    const deleted = await wire({ label: 'clean-up', method: 'DELETE', to });
    if (deleted.status === 200 || deleted.status === 404) return undefined;
    problem = describeAnswer(deleted);
  }
  return problem;
}

async function findFiles({ wire, mark }: CleanUpPlan, files: Set<string>): Promise<string | undefined> {
  let pageToken = '';
  for (let pages = 0; pages < MOST_FILE_PAGES; pages += 1) {
    const query = new URLSearchParams({ pageSize: '100', ...(pageToken === '' ? {} : { pageToken }) });
    const answer = await wire({ label: 'clean-up', method: 'GET', to: `/v1beta/files?${query.toString()}` });
    if (answer.status !== 200 || !isRecord(answer.json)) return describeAnswer(answer);
    const { files: page = [], nextPageToken } = answer.json;
    for (const file of Array.isArray(page) ? page : []) {
      const name: unknown = isRecord(file) ? file['name'] : undefined;
      if (typeof name === 'string' && isProbeName(name.replace(/^files\//, ''), mark)) files.add(name);
    }
    if (typeof nextPageToken !== 'string' || nextPageToken === '') return undefined;
    pageToken = nextPageToken;
  }
  return `the listing did not end after ${MOST_FILE_PAGES} pages`;
}

/** An absent file answers 403 or 404. */
async function removeFile({ wire }: CleanUpPlan, name: string): Promise<string | undefined> {
  const deleted = await wire({ label: 'clean-up', method: 'DELETE', to: `/v1beta/${name}` });
  if (deleted.status === 200 || deleted.status === 403 || deleted.status === 404) return undefined;
  return describeAnswer(deleted);
}
