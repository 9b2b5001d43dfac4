import type { BatchRecord, EarlierAttempt } from '../model/batch-record.ts';
import { foldBatches } from '../model/batch-set.ts';
import type { JobState } from '../model/job.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { readOlderFile, type OlderFile, type OlderJob } from './older-file.ts';
import { refuseSharedJobs } from './shared-jobs.ts';
import type { JsonObject } from './state-schema.ts';

/** A state made from the older script's file, and what was decided on the way, in short sentences. */
export interface MigratedState {
  readonly state: SubmissionState;
  readonly notes: readonly string[];
}

/**
 * Takes over a state file of the older script. Only a job name that the service can have given is
 * believed: that script invented `batches/simulated_<n>` for batches it never submitted, and its
 * `last_completed_batch` counted them. A batch that is not believed becomes `pending`, so that it is
 * seen, counted and submitted.
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE` when the file is not the older script's, or when a
 * real job in it cannot be given to exactly one batch.
 */
export function migrateOlder(
  value: JsonObject,
  path: string,
  origin: { readonly now: () => Date; readonly newStateId: () => string },
): MigratedState {
  const older = readOlderFile(value, path);
  const at = origin.now().toISOString();
  const batches = new Map<number, BatchRecord>();
  for (const [batch, jobs] of groupByBatch(older.jobs)) batches.set(batch, recordFor(batch, jobs, older));
  for (const [batch, detail] of older.failed) {
    if (isTaken(batches, batch)) continue;
    batches.set(batch, {
      status: 'failed',
      attempt: 1,
      step: 'create',
      reason: 'older_script',
      detail: `the older script listed it in failed_batches${detail === undefined ? '' : `: ${detail}`}`,
      failedAt: older.lastRun ?? at,
    });
  }
  for (const batch of older.uploads.keys()) {
    if (!batches.has(batch)) batches.set(batch, { status: 'pending', attempt: 1 });
  }
  refuseSharedJobs(batches, path);
  return {
    state: {
      stateId: origin.newStateId(),
      createdAt: at,
      lastRun: older.lastRun,
      batches: new Map([...batches].sort(([a], [b]) => a - b)),
    },
    notes: notesOn(older, batches),
  };
}

function groupByBatch(jobs: readonly OlderJob[]): ReadonlyMap<number, readonly OlderJob[]> {
  const groups = new Map<number, OlderJob[]>();
  for (const job of jobs) groups.set(job.batch, [...(groups.get(job.batch) ?? []), job]);
  return groups;
}

/** The last real job of a batch is its job; any other one was paid for too, and is kept as an earlier attempt. */
function recordFor(batch: number, entries: readonly OlderJob[], older: OlderFile): BatchRecord {
  const named = new Map(entries.flatMap((entry) => (entry.name === undefined ? [] : [[entry.name, entry]])));
  const last = [...named.values()].at(-1);
  if (last?.name === undefined) return { status: 'pending', attempt: 1 };
  const earlier = [...named.keys()]
    .slice(0, -1)
    .map((jobName, index): EarlierAttempt => ({ attempt: index + 1, jobName, ended: 'unknown' }));
  const uri = last.fileUri ?? older.uploads.get(batch);
  return {
    status: 'submitted',
    attempt: earlier.length + 1,
    ...(earlier.length > 0 && { earlier }),
    ...(uri !== undefined && { file: { uri } }),
    job: { name: last.name, submittedAt: last.submittedAt, adopted: true },
    jobState: jobStateFrom(last.state),
  };
}

/** An ended job is asked for again: its results and counts were never kept, and only the service knows them. */
function jobStateFrom(text: string | undefined): JobState {
  const word = text?.toUpperCase().replace(/^(?:JOB|BATCH)_STATE_/, '');
  if (word === 'PENDING' || word === 'QUEUED') return 'pending';
  return word === 'RUNNING' ? 'running' : 'unknown';
}

function isTaken(batches: ReadonlyMap<number, BatchRecord>, batch: number): boolean {
  return batches.get(batch)?.status === 'submitted';
}

function notesOn(older: OlderFile, batches: ReadonlyMap<number, BatchRecord>): readonly string[] {
  const taken = [...batches.keys()].filter((batch) => isTaken(batches, batch));
  const open = [...batches.keys()].filter((batch) => !isTaken(batches, batch));
  const invented = unique(older.jobs.filter((job) => job.invented === 'simulated').map((job) => job.batch));
  const unusable = unique(older.jobs.filter((job) => job.invented === 'unusable').map((job) => job.batch));
  const unused = open.filter((batch) => older.uploads.has(batch));
  const bothWays = [...older.failed.keys()].filter((batch) => isTaken(batches, batch));
  const doubled = taken.filter((batch) => batches.get(batch)?.earlier !== undefined);
  const repeats = older.failedEntries - older.failed.size;
  return [
    note(taken, (many, which) => `${many} ${plural(many, 'job was', 'jobs were')} taken over: ${which}`),
    note(
      invented,
      (many, which) =>
        `${many} job ${plural(many, 'name was', 'names were')} invented by the older script (batches/simulated_…): ${which} ${plural(many, 'is', 'are')} treated as not submitted`,
      open,
    ),
    note(
      unusable,
      (many, which) =>
        `${many} job ${plural(many, 'name is', 'names are')} empty or not one the service gives: ${which} ${plural(many, 'is', 'are')} treated as not submitted`,
      open,
    ),
    note(
      doubled,
      (many, which) =>
        `${which} ${plural(many, 'has', 'have')} more than one job: the last one counts, the others are kept`,
    ),
    note(
      bothWays,
      (many, which) =>
        `${which} ${plural(many, 'is', 'are')} in failed_batches too, but ${plural(many, 'has a job and counts', 'have jobs and count')} as submitted`,
    ),
    repeats > 0 ? `failed_batches held ${repeats} ${plural(repeats, 'duplicate', 'duplicates')}` : undefined,
    note(
      unused,
      (many, which) =>
        `the older ${plural(many, 'upload', 'uploads')} of ${which} cannot be checked and will be made again`,
    ),
    older.lastCompleted === undefined
      ? undefined
      : `last_completed_batch ${older.lastCompleted} was not taken as proof`,
    older.leftOut > 0
      ? `${older.leftOut} ${plural(older.leftOut, 'entry', 'entries')} without a batch number ${plural(older.leftOut, 'was', 'were')} left out`
      : undefined,
  ].filter((line) => line !== undefined);
}

/** `undefined` when `batches`, narrowed to `among`, is empty. */
function note(
  batches: readonly number[],
  sentence: (many: number, which: string) => string,
  among?: readonly number[],
): string | undefined {
  const named = among === undefined ? batches : batches.filter((batch) => among.includes(batch));
  if (named.length === 0) return undefined;
  return sentence(named.length, `${plural(named.length, 'batch', 'batches')} ${foldBatches(named)}`);
}

function plural(many: number, one: string, more: string): string {
  return many === 1 ? one : more;
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)];
}
