import type { RecordOf } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import { recordOf } from '../model/submission-state.ts';
import { findJobs } from './find-jobs.ts';
import type { SubmitContext } from './submit-context.ts';

type OpenRecord = RecordOf<'creating' | 'uncertain'>;

/** Pauses between look-ups while a lost create is given time to appear in the listing, in ms. */
const LOOK_UP_PAUSES_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000];

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
    const jobs = await lookUp(context, open);
    if (jobs === undefined) return free;
    open = await keepUnmatched(context, open, jobs);

    const settled = open.filter((batch) => isSettled(context, openRecord(context, batch)));
    for (const batch of settled) {
      if (await fence(context, batch)) free.push(batch);
    }
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
  const names = new Set(open.map((batch) => openRecord(context, batch).intent.displayName));
  const listed = await findJobs(
    context.service,
    (job) => job.displayName !== undefined && names.has(job.displayName),
    context.signal,
  );
  if (listed.ok) return listed.value;
  const message = `the outcome of ${open.length} creates could not be looked up: ${listed.failure.message}`;
  context.emit({ event: 'warning', message });
  return undefined;
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

function isSettled(context: SubmitContext, record: OpenRecord): boolean {
  if (context.options.onAmbiguous === 'quarantine') return false;
  if (context.options.onAmbiguous === 'resubmit') return true;
  return context.clock.now().getTime() >= settledAt(context, record);
}

function settledAt(context: SubmitContext, record: OpenRecord): number {
  const since = record.status === 'uncertain' ? record.since : record.intent.sentAt;
  return Date.parse(since) + context.options.settleMs;
}

/** Deletes the input of the lost attempt, looks once more, and only then lets the batch go. */
async function fence(context: SubmitContext, batch: number): Promise<boolean> {
  const { service, store, signal, emit } = context;
  const record = openRecord(context, batch);
  const file = record.file.name;
  if (file === undefined) return false;
  const deleted = await service.deleteFile(file, signal);
  const gone = deleted.ok ? await service.getFile(file, signal) : deleted;
  if (!gone.ok || gone.value !== undefined) {
    emit({
      event: 'warning',
      batch,
      message: `the input of the lost create could not be deleted; batch ${batch} stays uncertain`,
    });
    return false;
  }
  const jobs = await lookUp(context, [batch]);
  if (jobs === undefined || (await adoptMatch(context, batch, jobs))) return false;
  const next = await store.apply(batch, { type: 'fenced' });
  emit({ event: 'batch_fenced', batch, file, attempt: next.attempt });
  return true;
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
