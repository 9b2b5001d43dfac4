import type { InputFacts, UploadedFile } from '../model/batch-record.ts';
import { jobNamesOf } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { isDead, type JobSnapshot } from '../model/job.ts';
import { readMark, type NameMark } from '../model/names.ts';
import { stopFor } from '../model/stop.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../model/submission-state.ts';
import { noteDuplicates } from '../service/note-duplicates.ts';
import { walkJobs } from '../service/walk-jobs.ts';
import { bareModel, oldestLive } from './adopt-match.ts';
import type { SubmitContext, SubmitOptions } from './submit-context.ts';

/** A live job of this tool that the state knows nothing of. */
export interface UnknownJob {
  readonly job: JobSnapshot;
  readonly mark: NameMark;
}

/** Unknown jobs by the batch they say they are of. */
export type UnknownJobs = ReadonlyMap<number, readonly UnknownJob[]>;

/**
 * Looks at the listing before the first create of a run: a service whose listing cannot be read is not
 * given money, because a lost create could not be found again. A state that knows no job may stand for
 * one that was lost, so then the whole listing is searched for jobs of the same batches.
 * @throws {BatchSubmitError} when the listing cannot be read
 */
export async function survey(
  context: Pick<SubmitContext, 'service' | 'store' | 'emit' | 'signal'>,
): Promise<UnknownJobs> {
  const { service, store, signal } = context;
  const state = store.current();
  const isNew = ![...state.batches.values()].some(isSubmitted);
  const seen: JobSnapshot[] = [];
  const visit = (jobs: readonly JobSnapshot[]): boolean => {
    seen.push(...jobs);
    return !isNew;
  };
  const walked = await walkJobs(service, visit, signal);
  if (!walked.ok) throw stopFor(walked.failure, 'submit without a look at the jobs there are');
  await noteDuplicates(context, seen);
  return unknownJobs(state, seen, isNew);
}

/** @param withForeign also jobs of other states */
function unknownJobs(
  state: SubmissionState,
  jobs: readonly JobSnapshot[],
  withForeign: boolean,
): UnknownJobs {
  const known = new Set([...state.batches.values()].flatMap((record) => jobNamesOf(record)));
  const found = new Map<number, UnknownJob[]>();
  for (const job of jobs) {
    const mark = readMark(job.displayName ?? '');
    if (mark === undefined || known.has(job.name) || isDead(job.state)) continue;
    if (mark.stateId !== state.stateId && !withForeign) continue;
    found.set(mark.batch, [...(found.get(mark.batch) ?? []), { job, mark }]);
  }
  return found;
}

/**
 * Before a batch is paid for: is there a job for exactly this already? One of this state, from an
 * attempt that was given up, is taken. One of another state is somebody's decision to make.
 * @returns true when the batch has a job now
 * @throws {BatchSubmitError} `E_OTHER_INPUT` when another state has a job for the same batch, content and model
 */
export async function takeUnknownJob(
  context: SubmitContext,
  batch: number,
  input: InputFacts,
): Promise<boolean> {
  const { store, emit, stateId, unknownJobs: unknown, options } = context;
  const same = (unknown.get(batch) ?? []).filter((one) => isSame(one, input, options));
  const own = same.filter(({ mark }) => mark.stateId === stateId);
  const chosen = oldestLive(own.map(({ job }) => job));
  const attempt = own.find(({ job }) => job === chosen)?.mark.attempt;
  if (chosen === undefined || attempt === undefined) {
    if (same[0] === undefined || options.fresh) return false;
    throw foreignJob(batch, same[0].job.name);
  }
  const { name, displayName, model, createdAt, inputFile } = chosen;
  const job = { name, displayName, model, submittedAt: createdAt, adopted: true, key: context.key };
  const file: UploadedFile | undefined =
    inputFile === undefined ? undefined : { name: inputFile, uri: inputFile };
  await store.apply(batch, { type: 'taken_over', job, attempt, input, file });
  emit({ event: 'batch_adopted', batch, job: name, displayName: displayName ?? '' });
  const rest = own.filter((one) => one.job !== chosen).map((one) => one.job);
  if (rest.length > 0) await noteDuplicates(context, rest);
  return recordOf(store.current(), batch).status === 'submitted';
}

function isSame({ job, mark }: UnknownJob, input: InputFacts, { model }: SubmitOptions): boolean {
  const isSameModel = job.model === undefined || bareModel(job.model) === bareModel(model);
  return isSameModel && input.sha256.startsWith(mark.content);
}

function foreignJob(batch: number, jobName: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot submit batch ${batch}: ${jobName} was made from the same file, and this state knows nothing of it`,
    {
      hint: 'take the jobs over with `batch-submit adopt`, or pay again with `--fresh`',
    },
  );
}
