import type { JobKey, SavedResult } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import { readFileMark, readMark } from '../model/names.ts';
import type { RemoteFile } from '../model/service.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { chooseCanary } from './choose-canary.ts';
import { judgeFile, liveInputsOf } from './judge-file.ts';
import { judgeJob } from './judge-job.ts';
import type { KeepReason } from './keep-reason.ts';

/** What the service has, of everybody. */
export interface Remains {
  readonly jobs: readonly JobSnapshot[];
  readonly files: readonly RemoteFile[];
  /** The service's time when they were listed. */
  readonly nowMs: number;
}

export interface CleanupWish {
  readonly files: boolean;
  readonly jobs: boolean;
  /** Only what is older; `undefined`: of any age. */
  readonly olderThanMs: number | undefined;
  /** How long a lost create is looked up. */
  readonly settleMs: number;
  readonly key: JobKey | undefined;
}

export interface DoomedFile {
  readonly name: string;
  readonly batch: number;
  readonly sizeBytes: number;
}

export interface DoomedJob {
  readonly name: string;
  /** With the mark of this state. */
  readonly displayName: string;
  readonly model: string | undefined;
  readonly batch: number;
  /** Has to be on disk when the job goes; `undefined` for a job that left no results. */
  readonly saved: SavedResult | undefined;
}

export interface Kept {
  readonly kind: 'file' | 'job';
  readonly name: string;
  readonly batch: number;
  readonly reason: KeepReason;
}

/** What may go and what stays of this state's files and jobs, in batch order. */
export interface CleanupPlan {
  readonly files: readonly DoomedFile[];
  readonly jobs: readonly DoomedJob[];
  readonly kept: readonly Kept[];
  /** Files and jobs without this state's mark: nobody looks at them. */
  readonly others: { readonly files: number; readonly jobs: number };
}

/** Judges everything with this state's mark. Nothing is asked and nothing is read: `verifyPlan` looks at the disk. */
export function planCleanup(state: SubmissionState, remains: Remains, wish: CleanupWish): CleanupPlan {
  const files = wish.files ? planFiles(state, remains, wish) : NOTHING;
  const jobs = wish.jobs ? planJobs(state, remains, wish) : NOTHING;
  const byBatch = (a: { readonly batch: number }, b: { readonly batch: number }): number => a.batch - b.batch;
  return {
    files: [...files.doomed].sort(byBatch),
    jobs: [...jobs.doomed].sort(byBatch),
    kept: [...files.kept, ...jobs.kept].sort(byBatch),
    others: { files: files.others, jobs: jobs.others },
  };
}

interface Part<Doomed> {
  readonly doomed: readonly Doomed[];
  readonly kept: readonly Kept[];
  readonly others: number;
}

const NOTHING: Part<never> = { doomed: [], kept: [], others: 0 };

function planFiles(
  { stateId, batches }: SubmissionState,
  { jobs, files, nowMs }: Remains,
  { olderThanMs }: CleanupWish,
): Part<DoomedFile> {
  const live = liveInputsOf(jobs);
  const doomed: DoomedFile[] = [];
  const kept: Kept[] = [];
  for (const { name, sizeBytes, uploadedAt } of files) {
    const mark = readFileMark(name);
    if (mark?.stateId !== stateId) continue;
    const { batch } = mark;
    const isYoung = isYounger(uploadedAt, nowMs, olderThanMs);
    const reason = judgeFile(name, mark, batches.get(batch), live) ?? (isYoung ? 'young' : undefined);
    if (reason === undefined) doomed.push({ name, batch, sizeBytes });
    else kept.push({ kind: 'file', name, batch, reason });
  }
  return { doomed, kept, others: files.length - doomed.length - kept.length };
}

function planJobs(
  { stateId, batches }: SubmissionState,
  { jobs, nowMs }: Remains,
  { olderThanMs, settleMs, key }: CleanupWish,
): Part<DoomedJob> {
  const isOpen = [...batches.values()].some(({ status }) => status === 'creating' || status === 'uncertain');
  const candidates: (DoomedJob & { readonly isCanary: boolean; readonly createdAt: string | undefined })[] =
    [];
  const kept: Kept[] = [];
  for (const job of jobs) {
    const { name, displayName = '', model, createdAt, endedAt } = job;
    const mark = readMark(displayName);
    if (mark?.stateId !== stateId) continue;
    const { batch } = mark;
    const judgement = judgeJob(job, batches.get(batch), key);
    const isYoung = isYounger(endedAt ?? createdAt, nowMs, olderThanMs);
    if (judgement.kind === 'keep') kept.push({ kind: 'job', name, batch, reason: judgement.reason });
    else if (isOpen) kept.push({ kind: 'job', name, batch, reason: 'open_create' });
    else if (isYoung) kept.push({ kind: 'job', name, batch, reason: 'young' });
    else {
      const { saved, isCanary } = judgement;
      candidates.push({ name, displayName, model, batch, createdAt, saved, isCanary });
    }
  }
  const others = jobs.length - candidates.length - kept.length;
  const canary = chooseCanary(
    candidates.filter(({ isCanary }) => isCanary),
    nowMs,
    settleMs,
  );
  const doomed: DoomedJob[] = [];
  for (const { name, displayName, model, batch, saved } of candidates) {
    if (name === canary) kept.push({ kind: 'job', name, batch, reason: 'canary' });
    else doomed.push({ name, displayName, model, batch, saved });
  }
  return { doomed, kept, others };
}

/** What does not tell its age is not deleted for it. */
function isYounger(since: string | undefined, nowMs: number, leastMs: number | undefined): boolean {
  if (leastMs === undefined) return false;
  return !(nowMs - Date.parse(since ?? '') >= leastMs);
}
