import { jobOf, type JobKey } from '../model/batch-record.ts';
import { nameBatches } from '../model/batch-set.ts';
import type { JobSnapshot } from '../model/job.ts';
import { markIn } from '../model/names.ts';
import { serviceTime } from '../model/run-context.ts';
import { findJobs } from '../service/walk-jobs.ts';
import { settleMs, type OpenRecord } from './settle-time.ts';
import type { SubmitContext } from './submit-context.ts';

/** Older jobs may have been deleted, or have left the listing. */
const CANARY_LIFE_MS = 24 * 3_600_000;

/** What one walk through the listing says about lost creates. */
export interface LookUp {
  /** Jobs that carry the name of one of the creates. */
  readonly jobs: readonly JobSnapshot[];
  /** Why the absence of this create's job from the listing proves nothing; `undefined` when it does. */
  readonly doubt: (record: OpenRecord) => string | undefined;
}

/**
 * Looks for the jobs of lost creates. A job that is found is found; that one is absent is believed only
 * of a listing that shows a job known to exist under the same key, the canary.
 * @returns `undefined` when there is no usable listing; the user has been told
 */
export async function lookUp(
  context: SubmitContext,
  open: ReadonlyMap<number, OpenRecord>,
): Promise<LookUp | undefined> {
  const { service, signal, emit } = context;
  const records = [...open.values()];
  const keyOf = ({ intent }: OpenRecord): JobKey | undefined => intent.key ?? context.key;
  const canaries = new Map<JobKey | undefined, Canary>();
  for (const key of new Set(records.map((record) => keyOf(record)))) {
    canaries.set(key, await findCanary(context, key));
  }
  const known = new Set([...canaries.values()].map(({ name }) => name));
  const marks = new Set(records.map(({ intent }) => markIn(intent.displayName)));
  const files = new Set(records.map(({ file }) => file.name));
  const isWanted = (job: JobSnapshot): boolean =>
    known.has(job.name) ||
    (job.inputFile !== undefined && files.has(job.inputFile)) ||
    marks.has(markIn(job.displayName) ?? 'none');
  const listed = await findJobs(service, isWanted, signal);
  if (!listed.ok) {
    const message = `what became of the create for ${nameBatches([...open.keys()])} could not be looked up: ${listed.failure.message}`;
    emit({ event: 'warning', message });
    return undefined;
  }
  const shown = new Set(listed.value.map(({ name }) => name));
  const doubts = new Map(
    [...canaries].map(([key, canary]) => [key, doubtAbout(context, key, canary, shown)]),
  );
  return { jobs: listed.value, doubt: (record) => doubts.get(keyOf(record)) };
}

/** Why the listing under the present key cannot prove that a job made with `key` does not exist. */
function doubtAbout(
  context: SubmitContext,
  key: JobKey | undefined,
  { name, isForeign }: Canary,
  shown: ReadonlySet<string>,
): string | undefined {
  if (name !== undefined && shown.has(name)) return undefined;
  if (key !== context.key || isForeign) {
    if (context.options.acceptNewKey) return undefined;
    return 'it was sent with another API key (use that one again, or pass --accept-new-key if it sees the same jobs)';
  }
  return name === undefined ? undefined : `the listing does not show ${name}, which is known to exist`;
}

/** A job that a listing worth believing must show. */
interface Canary {
  /** `undefined` when there is none. */
  readonly name: string | undefined;
  /** True when every job that was asked for is unknown under the present key, and no key is recorded for any. */
  readonly isForeign: boolean;
}

/** So many of the state's jobs are asked for at most to find one that exists. */
const MOST_ASKED = 3;

/**
 * A job made with the key in question that has been there for longer than the settle time: by its date,
 * when that is less than a day ago, else one that the service says it knows.
 */
async function findCanary(context: SubmitContext, key: JobKey | undefined): Promise<Canary> {
  const nowMs = serviceTime(context).getTime();
  const isOldEnough = (date: string | undefined, mostMs: number): boolean => {
    const ageMs = nowMs - Date.parse(date ?? '');
    return ageMs > settleMs(context) && ageMs < mostMs;
  };
  const jobs = [...context.store.current().batches.values()]
    .filter(({ status }) => status === 'submitted' || status === 'succeeded' || status === 'collected')
    .map((record) => jobOf(record))
    .filter((job) => job !== undefined)
    // One that `cleanup` asked to delete may be missing from a listing that is to be believed.
    .filter(({ deletionAskedAt }) => deletionAskedAt === undefined)
    .filter((job) => (job.key ?? key) === key)
    .sort((a, b) => (b.submittedAt ?? '').localeCompare(a.submittedAt ?? ''));
  const young = jobs.find(({ submittedAt }) => isOldEnough(submittedAt, CANARY_LIFE_MS));
  if (young !== undefined) return { name: young.name, isForeign: false };
  const asked = jobs.slice(0, MOST_ASKED);
  let unknown = 0;
  for (const { name } of asked) {
    const got = await context.service.getJob(name, context.signal);
    if (got.ok && isOldEnough(got.value.createdAt, Number.POSITIVE_INFINITY))
      return { name, isForeign: false };
    if (!got.ok && got.failure.kind === 'not_found') unknown += 1;
  }
  const isForeign = unknown > 0 && unknown === asked.length && asked.every((job) => job.key === undefined);
  return { name: undefined, isForeign };
}
