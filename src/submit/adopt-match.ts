import { isDead, type JobSnapshot } from '../model/job.ts';
import { bareModel, isSameMark } from '../model/names.ts';
import type { OpenRecord } from './settle-time.ts';
import type { RunContext } from '../model/run-context.ts';

/**
 * Makes the job that a lost create left behind the batch's job. Of several the oldest live one is kept,
 * and the others are recorded: they cost money, and only a person may cancel them.
 * @returns false when none of `jobs` is the batch's
 */
export async function adoptMatch(
  context: Pick<RunContext, 'store' | 'emit'>,
  batch: number,
  record: OpenRecord,
  jobs: readonly JobSnapshot[],
): Promise<boolean> {
  const matches = jobs.filter((job) => isMatch(job, record));
  const kept = oldestLive(matches);
  if (kept === undefined) return false;
  const { displayName, model, key } = record.intent;
  const job = { name: kept.name, displayName, model, submittedAt: kept.createdAt, adopted: true, key };
  await context.store.apply(batch, { type: 'created', job });
  context.emit({ event: 'batch_adopted', batch, job: kept.name, displayName });
  const others = matches.filter(({ name }) => name !== kept.name);
  const alive = others.filter(({ state }) => !isDead(state)).map(({ name }) => name);
  if (alive.length > 0) await context.store.apply(batch, { type: 'duplicates_found', jobs: alive });
  if (others.length > 0) {
    const names = others.map(({ name }) => name);
    context.emit({ event: 'duplicate_jobs', batch, kept: kept.name, others: names });
  }
  return true;
}

/**
 * The input file's name is ours, and each attempt has another one: a job that reads it is the attempt's,
 * whatever somebody made of its display name. Where a listing does not name the input, the mark in the
 * display name has to do.
 */
function isMatch(job: JobSnapshot, record: OpenRecord): boolean {
  if (!isSameModel(job, record.intent.model)) return false;
  if (job.inputFile !== undefined && record.file.name !== undefined)
    return job.inputFile === record.file.name;
  return isSameMark(job.displayName, record.intent.displayName);
}

/** True also where the job does not say which model it is for. */
export function isSameModel({ model }: Pick<JobSnapshot, 'model'>, wanted: string): boolean {
  return model === undefined || bareModel(model) === bareModel(wanted);
}

export function oldestLive(jobs: readonly JobSnapshot[]): JobSnapshot | undefined {
  const byAge = [...jobs].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  return byAge.find(({ state }) => !isDead(state)) ?? byAge[0];
}
