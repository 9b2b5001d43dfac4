import type { JobKey } from '../model/batch-record.ts';
import { nameBatches } from '../model/batch-set.ts';
import type { JobSnapshot } from '../model/job.ts';
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
  const canaries = new Map(records.map((record) => [keyOf(record), canaryFor(context, keyOf(record))]));
  const known = new Set(canaries.values());
  const names = new Set(records.map(({ intent }) => intent.displayName));
  const isWanted = (job: JobSnapshot): boolean =>
    known.has(job.name) || (job.displayName !== undefined && names.has(job.displayName));
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
  canary: string | undefined,
  shown: ReadonlySet<string>,
): string | undefined {
  if (canary !== undefined && shown.has(canary)) return undefined;
  if (key !== context.key) {
    if (context.options.acceptNewKey) return undefined;
    return 'its create was sent with another API key (use that one again, or pass --accept-new-key if it sees the same jobs)';
  }
  return canary === undefined ? undefined : `the listing does not show ${canary}, which is known to exist`;
}

/**
 * A job that a listing worth believing must show: made with the key in question, there for longer than
 * the settle time, less than a day old. `undefined` when the state knows none such.
 */
function canaryFor(context: SubmitContext, key: JobKey | undefined): string | undefined {
  const nowMs = serviceTime(context).getTime();
  const oldEnoughMs = settleMs(context);
  const jobs = [...context.store.current().batches.values()].flatMap((record) => {
    const isListed =
      record.status === 'submitted' || record.status === 'succeeded' || record.status === 'collected';
    if (!isListed || (record.job.key ?? key) !== key) return [];
    const ageMs = nowMs - Date.parse(record.job.submittedAt ?? '');
    return ageMs > oldEnoughMs && ageMs < CANARY_LIFE_MS ? [{ name: record.job.name, ageMs }] : [];
  });
  return jobs.sort((a, b) => a.ageMs - b.ageMs)[0]?.name;
}
