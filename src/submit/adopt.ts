import type { InputFacts, RowSource } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import { readMark, type NameMark } from '../model/names.ts';
import { stopFor } from '../model/stop.ts';
import type { RunContext } from '../model/run-context.ts';
import type { BatchService } from '../model/service.ts';
import { jobOf } from '../model/batch-record.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { findJobs } from '../service/walk-jobs.ts';

/** A job that could be the job of a batch, and why it is thought so. */
export interface Candidate {
  readonly batch: number;
  readonly jobName: string;
  readonly attempt: number;
  readonly displayName: string | undefined;
  readonly model: string | undefined;
  readonly createdAt: string | undefined;
  readonly inputFile: string | undefined;
}

export interface AdoptionPlan {
  readonly take: readonly Candidate[];
  /** Batches whose job is known already and is the same. */
  readonly known: readonly number[];
  /** Batches that more than one job claims, or whose job is another: nobody guesses. */
  readonly ambiguous: readonly {
    readonly batch: number;
    readonly jobs: readonly string[];
    readonly why: string;
  }[];
}

/** Every job of the project, by whatever tool. */
export async function listAllJobs(
  service: BatchService,
  signal: AbortSignal,
): Promise<readonly JobSnapshot[]> {
  const listed = await findJobs(service, () => true, signal);
  if (!listed.ok) throw stopFor(listed.failure, 'look up your jobs');
  return listed.value;
}

/** Our own jobs among all of the project, by the mark in their names. */
export function ownJobs(jobs: readonly JobSnapshot[]): readonly Candidate[] {
  return jobs.flatMap((job) => {
    const mark = markOf(job);
    return mark === undefined ? [] : [candidateOf(job, mark.batch, mark.attempt)];
  });
}

/** Jobs that carry no mark of ours. */
export function othersJobs(jobs: readonly JobSnapshot[]): readonly JobSnapshot[] {
  return jobs.filter((job) => markOf(job) === undefined);
}

/**
 * Decides what can be taken over without guessing: one job for a batch, or of several attempts the
 * last one.
 */
export function planAdoption(
  state: SubmissionState,
  candidates: readonly Candidate[],
  mayReplace: boolean,
): AdoptionPlan {
  const take: Candidate[] = [];
  const known: number[] = [];
  const ambiguous: { batch: number; jobs: string[]; why: string }[] = [];
  const owners = ownersOf(state, candidates);
  for (const batch of [...new Set(candidates.map((candidate) => candidate.batch))].sort((a, b) => a - b)) {
    const claims = candidates.filter((candidate) => candidate.batch === batch);
    const latest = Math.max(...claims.map(({ attempt }) => attempt));
    const [chosen, ...rivals] = claims.filter(({ attempt }) => attempt === latest);
    if (chosen === undefined) continue;
    const has = jobOf(recordOf(state, batch))?.name;
    const others = [...(owners.get(chosen.jobName) ?? [])].filter((owner) => owner !== batch);
    if (others.length > 0) {
      ambiguous.push({
        batch,
        jobs: [chosen.jobName],
        why: `it is also said to be the job of batch ${others.join(', ')}`,
      });
    } else if (rivals.length > 0) {
      ambiguous.push({
        batch,
        jobs: [chosen, ...rivals].map(({ jobName }) => jobName),
        why: 'several jobs claim it',
      });
    } else if (has === chosen.jobName) known.push(batch);
    else if (has !== undefined && !mayReplace) {
      ambiguous.push({
        batch,
        jobs: [has, chosen.jobName],
        why: 'the state names another job (--replace takes this one)',
      });
    } else take.push(chosen);
  }
  return { take, known, ambiguous };
}

/** Which batches each job is said to belong to, now or in an earlier attempt. */
function ownersOf(
  state: SubmissionState,
  candidates: readonly Candidate[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const owners = new Map<string, Set<number>>();
  const add = (jobName: string | undefined, batch: number): void => {
    if (jobName !== undefined) owners.set(jobName, (owners.get(jobName) ?? new Set<number>()).add(batch));
  };
  for (const { jobName, batch } of candidates) add(jobName, batch);
  for (const [batch, record] of state.batches) {
    add(jobOf(record)?.name, batch);
    for (const { jobName } of record.earlier ?? []) add(jobName, batch);
  }
  return owners;
}

/** Records the jobs as the batches' own; nothing is sent. */
export async function takeOver(
  context: Pick<RunContext, 'store' | 'emit'>,
  take: readonly Candidate[],
  inputs: ReadonlyMap<number, InputFacts>,
  rows: ReadonlyMap<number, readonly RowSource[]>,
): Promise<void> {
  await Promise.all(
    take.map(async ({ batch, jobName, attempt, displayName, model, createdAt, inputFile }) => {
      const job = { name: jobName, displayName, model, submittedAt: createdAt, adopted: true };
      const file = inputFile === undefined ? undefined : { name: inputFile, uri: inputFile };
      await context.store.apply(batch, {
        type: 'taken_over',
        job,
        attempt,
        input: inputs.get(batch),
        file,
        rows: rows.get(batch),
      });
      context.emit({ event: 'batch_adopted', batch, job: jobName, displayName: displayName ?? '' });
    }),
  );
}

export function candidateOf(job: JobSnapshot, batch: number, attempt: number): Candidate {
  const { name: jobName, displayName, model, createdAt, inputFile } = job;
  return { batch, jobName, attempt, displayName, model, createdAt, inputFile };
}

function markOf({ displayName }: JobSnapshot): NameMark | undefined {
  return displayName === undefined ? undefined : readMark(displayName);
}
