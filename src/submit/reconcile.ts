import type { RecordOf } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import { recordOf } from '../model/submission-state.ts';
import { foldBatches } from '../model/batch-set.ts';
import { findJobs } from './find-jobs.ts';
import type { SubmitContext } from './submit-context.ts';

type OpenRecord = RecordOf<'creating' | 'uncertain'>;

/** Pauses between look-ups while a lost create is given time to appear in the listing, in ms. */
const LOOK_UP_PAUSES_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000];

/** Older jobs may have been deleted, or have left the listing. */
const CANARY_LIFE_MS = 24 * 3_600_000;

/**
 * Finds out what became of creates whose answer was lost. A job that carries the batch's name, input
 * file and model is adopted. When none shows up for the whole settle time, the input file of that
 * attempt is deleted, which makes a create that is still on its way fail, and the batch may be
 * submitted anew under other names.
 * @returns the batches that may be submitted again; the others are submitted now, or still uncertain
 */
export async function reconcile(
  context: SubmitContext,
  batches: readonly number[],
): Promise<readonly number[]> {
  const { clock, options, signal } = context;
  const free: number[] = [];
  let open = [...batches];
  for (const batch of open) await noteInterruptedCreate(context, batch);

  for (let round = 0; open.length > 0; round += 1) {
    signal.throwIfAborted();
    // What counts is when the look began: a walk can be held up for longer than the settle time.
    const lookedAtMs = clock.now().getTime();
    const jobs = await lookUp(context, open);
    if (jobs === undefined) return free;
    open = await keepUnmatched(context, open, jobs);

    const settled = open.filter((batch) => isSettled(context, openRecord(context, batch), lookedAtMs));
    free.push(...(await fence(context, settled)));
    if (options.onAmbiguous === 'quarantine') return free;
    open = open.filter((batch) => !settled.includes(batch));
    if (open.length > 0) await clock.sleep(pauseMs(context, open, round), signal);
  }
  return free;
}

/** A `creating` record at start-up: the process ended between the intent and the answer. */
async function noteInterruptedCreate(context: SubmitContext, batch: number): Promise<void> {
  if (recordOf(context.store.current(), batch).status !== 'creating') return;
  const reason = 'the run ended before the answer to its create was saved';
  // The settle time starts now, because nobody knows when that process died.
  await context.store.apply(batch, { type: 'create_unknown', reason, at: context.clock.now().toISOString() });
}

async function lookUp(
  context: SubmitContext,
  open: readonly number[],
): Promise<readonly JobSnapshot[] | undefined> {
  const { service, signal, emit } = context;
  const names = new Set(open.map((batch) => openRecord(context, batch).intent.displayName));
  const canary = canaryFor(context);
  const isWanted = (job: JobSnapshot): boolean =>
    job.name === canary || (job.displayName !== undefined && names.has(job.displayName));
  const listed = await findJobs(service, isWanted, signal);
  const which = `${open.length === 1 ? 'batch' : 'batches'} ${foldBatches(open)}`;
  if (!listed.ok) {
    const message = `what became of the create for ${which} could not be looked up: ${listed.failure.message}`;
    emit({ event: 'warning', message });
    return undefined;
  }
  if (canary !== undefined && !listed.value.some(({ name }) => name === canary)) {
    const message = `the listing does not show ${canary}, which is known to exist, so what became of the create for ${which} cannot be told from it`;
    emit({ event: 'warning', message });
    return undefined;
  }
  return listed.value;
}

/**
 * A job of ours that a listing worth believing must show: the youngest that has been there for longer
 * than the settle time and is less than a day old. `undefined` when the state knows none such.
 */
function canaryFor({ store, clock, options }: SubmitContext): string | undefined {
  const nowMs = clock.now().getTime();
  const jobs = [...store.current().batches.values()].flatMap((record) => {
    const isListed =
      record.status === 'submitted' || record.status === 'succeeded' || record.status === 'collected';
    const madeMs = isListed ? Date.parse(record.job.submittedAt ?? '') : Number.NaN;
    const ageMs = nowMs - madeMs;
    return isListed && ageMs > options.settleMs && ageMs < CANARY_LIFE_MS
      ? [{ name: record.job.name, ageMs }]
      : [];
  });
  return jobs.sort((a, b) => a.ageMs - b.ageMs)[0]?.name;
}

async function keepUnmatched(
  context: SubmitContext,
  open: readonly number[],
  jobs: readonly JobSnapshot[],
): Promise<number[]> {
  const unmatched: number[] = [];
  for (const batch of open) {
    if (!(await adoptMatch(context, batch, jobs))) unmatched.push(batch);
  }
  return unmatched;
}

async function adoptMatch(
  context: SubmitContext,
  batch: number,
  jobs: readonly JobSnapshot[],
): Promise<boolean> {
  const record = openRecord(context, batch);
  const matches = jobs.filter((job) => isMatch(job, record));
  const kept = oldestLive(matches);
  if (kept === undefined) return false;
  const { displayName, model } = record.intent;
  const job = { name: kept.name, displayName, model, submittedAt: kept.createdAt, adopted: true };
  await context.store.apply(batch, { type: 'created', job });
  context.emit({ event: 'batch_adopted', batch, job: kept.name, displayName });
  const others = matches.filter(({ name }) => name !== kept.name).map(({ name }) => name);
  if (others.length > 0) context.emit({ event: 'duplicate_jobs', batch, kept: kept.name, others });
  return true;
}

/** Same name, and nothing that contradicts it. */
function isMatch(job: JobSnapshot, record: OpenRecord): boolean {
  return (
    job.displayName === record.intent.displayName &&
    (job.inputFile === undefined || job.inputFile === record.file.name) &&
    (job.model === undefined || bareModel(job.model) === bareModel(record.intent.model))
  );
}

function bareModel(model: string): string {
  return model.replace(/^models\//, '');
}

function oldestLive(jobs: readonly JobSnapshot[]): JobSnapshot | undefined {
  const isDead = ({ state }: JobSnapshot): boolean =>
    state === 'failed' || state === 'cancelled' || state === 'expired';
  const byAge = [...jobs].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  return byAge.find((job) => !isDead(job)) ?? byAge[0];
}

function isSettled(context: SubmitContext, record: OpenRecord, lookedAtMs: number): boolean {
  if (context.options.onAmbiguous === 'quarantine') return false;
  if (context.options.onAmbiguous === 'resubmit') return true;
  return lookedAtMs >= settledAt(context, record);
}

function settledAt(context: SubmitContext, record: OpenRecord): number {
  const since = record.status === 'uncertain' ? record.since : record.intent.sentAt;
  return Date.parse(since) + context.options.settleMs;
}

/**
 * Deletes the inputs of the lost attempts, gives a create that landed just before that the time to
 * show up, looks once more, and only then lets the batches go.
 * @returns the batches that may be submitted again
 */
async function fence(context: SubmitContext, batches: readonly number[]): Promise<readonly number[]> {
  const { store, signal, emit, clock, options } = context;
  const fenced: number[] = [];
  for (const batch of batches) {
    if (await isInputGone(context, batch)) fenced.push(batch);
    else
      emit({
        event: 'warning',
        batch,
        message: 'the input of its lost create could not be deleted; it stays uncertain',
      });
  }
  if (fenced.length === 0) return [];
  if (options.onAmbiguous === 'wait') await clock.sleep(options.settleMs, signal);
  const jobs = await lookUp(context, fenced);
  if (jobs === undefined) return [];
  const free = await keepUnmatched(context, fenced, jobs);
  for (const batch of free) {
    const file = openRecord(context, batch).file.name ?? '';
    const next = await store.apply(batch, { type: 'fenced' });
    emit({ event: 'batch_fenced', batch, file, attempt: next.attempt });
  }
  return free;
}

async function isInputGone({ service, store, signal }: SubmitContext, batch: number): Promise<boolean> {
  const record = recordOf(store.current(), batch);
  const file = 'file' in record ? record.file?.name : undefined;
  if (file === undefined) return false;
  const deleted = await service.deleteFile(file, signal);
  const gone = deleted.ok ? await service.getFile(file, signal) : deleted;
  return gone.ok && gone.value === undefined;
}

/** The next step of the schedule, but never past the moment when the first batch has settled. */
function pauseMs(context: SubmitContext, open: readonly number[], round: number): number {
  const step = LOOK_UP_PAUSES_MS[Math.min(round, LOOK_UP_PAUSES_MS.length - 1)] ?? 0;
  const firstSettled = Math.min(...open.map((batch) => settledAt(context, openRecord(context, batch))));
  return Math.max(1, Math.min(step, firstSettled - context.clock.now().getTime()));
}

function openRecord(context: SubmitContext, batch: number): OpenRecord {
  const record = recordOf(context.store.current(), batch);
  if (record.status === 'creating' || record.status === 'uncertain') return record;
  throw new Error(`batch ${batch} has no open create: it is ${record.status}`);
}
