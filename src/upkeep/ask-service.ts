import type { Clock } from '../model/clock.ts';
import type { JobKey } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { BatchService } from '../model/service.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import type { Settings } from '../config/settings.ts';
import { listAllFiles } from '../service/list-all-files.ts';
import { findJobs } from '../service/walk-jobs.ts';
import { judgeAccess, stopped } from './check-access.ts';
import { checkClock } from './check-clock.ts';
import { checkJobs } from './check-jobs.ts';
import { checkResults, checkUnknownJobs } from './check-own-jobs.ts';
import { checkStorage } from './check-storage.ts';
import { leftOut, type Check, type CheckName } from './check.ts';
import { askWithin } from './question.ts';

/** One question, and a listing that may have many pages. */
export interface QuestionDeadlines {
  readonly modelMs: number;
  readonly listingMs: number;
}

const QUESTION_DEADLINES: QuestionDeadlines = { modelMs: 20_000, listingMs: 60_000 };

export interface ServiceQuestions {
  /** Without retries: what one answer says is what is told. */
  readonly service: BatchService;
  readonly settings: Settings;
  readonly state: SubmissionState;
  readonly key: JobKey | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadlines?: QuestionDeadlines;
}

/** What is asked once the service is there and takes the key. */
const BEHIND_THE_KEY: readonly CheckName[] = ['jobs', 'unknown_jobs', 'results', 'storage'];

/** What only the service can answer. Sends nothing but GET requests, which cost nothing and change nothing. */
export async function askService(questions: ServiceQuestions): Promise<readonly Check[]> {
  const { service, settings, clock, signal, deadlines = QUESTION_DEADLINES } = questions;
  const beganMs = clock.monotonicMs();
  const answer = await askWithin(deadlines.modelMs, signal, (limit) =>
    service.checkModel(settings.model, limit),
  );
  const access = judgeAccess(answer, settings.model, clock.monotonicMs() - beganMs);
  const clockCheck = checkClock(clock.now(), service.now());
  const isLetIn = access.every(
    ({ check, verdict }) => check === 'model' || verdict === 'ok' || verdict === 'warning',
  );
  if (!isLetIn) {
    const isThere = access[0]?.verdict === 'ok';
    const why = isThere ? 'the key is refused' : 'the service cannot be reached';
    return [...access, clockCheck, ...BEHIND_THE_KEY.map((check) => leftOut(check, why))];
  }
  return [...access, clockCheck, ...(await lookAtJobs(questions)), await lookAtFiles(questions)];
}

async function lookAtJobs({
  service,
  settings,
  state,
  key,
  signal,
  deadlines = QUESTION_DEADLINES,
}: ServiceQuestions): Promise<readonly Check[]> {
  const listed = await askWithin<readonly JobSnapshot[]>(deadlines.listingMs, signal, (limit) =>
    findJobs(service, () => true, limit),
  );
  if (!listed.ok) {
    const why = 'the jobs cannot be listed';
    return [stopped('jobs', listed.failure), leftOut('unknown_jobs', why), leftOut('results', why)];
  }
  const jobs = listed.value;
  return [checkJobs(jobs, state, settings, key), checkUnknownJobs(jobs, state), checkResults(jobs, state)];
}

async function lookAtFiles({
  service,
  state,
  signal,
  deadlines = QUESTION_DEADLINES,
}: ServiceQuestions): Promise<Check> {
  const listed = await askWithin(deadlines.listingMs, signal, (limit) => listAllFiles(service, limit));
  return listed.ok ? checkStorage(listed.value, state) : stopped('storage', listed.failure);
}

/** All questions to the service, when it is not asked at all. */
export function leaveServiceOut(why: string): readonly Check[] {
  const names: readonly CheckName[] = ['network', 'key_accepted', 'model', 'clock', ...BEHIND_THE_KEY];
  return names.map((check) => leftOut(check, why));
}
