import { resolve } from 'node:path';
import pLimit from 'p-limit';
import type { BatchRecord, SavedResult } from '../model/batch-record.ts';
import { stopsTheRun, type FailureKind } from '../model/failure.ts';
import type { ResultLocation } from '../model/job.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';
import { recordOf } from '../model/submission-state.ts';
import { fetchResult } from './fetch-result.ts';
import { judgeAbsence, takeBack } from './lost-results.ts';
import { prepareOutput, resultPathFor, sizeOf } from './result-file.ts';

export interface DownloadOptions {
  readonly outputDirectory: string;
  /** Downloads at once. */
  readonly concurrency: number;
  /** Fetch again what is already on disk, and replace what differs. */
  readonly force: boolean;
  /** Also fetch again results that came short: before their missing rows are paid for once more. */
  readonly asksForShort?: boolean;
  /** Failures that were told before: polling again and again must not repeat them. */
  readonly told?: Set<string>;
}

export interface FailedDownload {
  readonly batch: number;
  readonly kind: FailureKind;
  readonly reason: string;
  readonly message: string;
}

export interface DownloadOutcome {
  readonly saved: readonly { readonly batch: number; readonly result: SavedResult }[];
  /** Results that were on disk already and were left alone, also where the service has them no more. */
  readonly kept: readonly number[];
  readonly failed: readonly FailedDownload[];
}

interface Wanted {
  readonly batch: number;
  readonly jobName: string;
  readonly results: ResultLocation;
}

/**
 * Saves the results of every job that left some. What is on disk, whole and unchanged, is left alone.
 * @throws {BatchSubmitError} when the results cannot be kept on disk, or the key is refused
 */
export async function downloadResults(
  context: RunContext,
  batches: readonly number[],
  options: DownloadOptions,
): Promise<DownloadOutcome> {
  const outcome = { saved: [], kept: [], failed: [] } as MutableOutcome;
  const wanted: Wanted[] = [];
  for (const batch of batches) {
    const choice = await chooseWork(context, batch, options);
    if (choice === 'kept') outcome.kept.push(batch);
    else if (choice !== undefined) wanted.push(choice);
  }
  if (wanted.length > 0) await prepareOutput(options.outputDirectory);
  const limit = pLimit(options.concurrency);
  // Every download has ended, one way or the other, before the lock can be given up.
  const ends = await Promise.allSettled(
    wanted.map((work) => limit(() => fetchOne(context, work, options, outcome))),
  );
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  outcome.kept.sort((a, b) => a - b);
  return outcome;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
type MutableOutcome = Mutable<DownloadOutcome>;

async function fetchOne(
  context: RunContext,
  work: Wanted,
  options: DownloadOptions,
  outcome: MutableOutcome,
): Promise<void> {
  const { store, emit, clock, signal } = context;
  const { batch } = work;
  signal.throwIfAborted();
  const startedMs = clock.now().getTime();
  const fetched = await fetchResult(context, { ...work, ...options });
  if (!fetched.ok) {
    const { kind, reason } = fetched.failure;
    const absence = kind === 'not_found' ? await judgeAbsence(context, batch, work.jobName) : undefined;
    if (stopsTheRun(kind)) throw stopFor(fetched.failure, `download the results of batch ${batch}`);
    const isNews = options.told?.has(`${batch} ${reason}`) !== true;
    options.told?.add(`${batch} ${reason}`);
    if (absence?.kind === 'held') {
      outcome.kept.push(batch);
      const message = `the service has its results no more (${reason}); the verified file "${absence.path}" is kept`;
      if (isNews) emit({ event: 'warning', batch, message });
      return;
    }
    const message = absence?.kind === 'lost' ? lostMessage(reason) : fetched.failure.message;
    outcome.failed.push({ batch, kind, reason, message });
    if (isNews) emit({ event: 'error', batch, step: 'download', reason, message });
    return;
  }
  const { result } = fetched;
  await store.apply(batch, { type: 'saved', result });
  outcome.saved.push({ batch, result });
  const { path, sizeBytes: bytes, lines, answered, failed, missing = 0 } = result;
  const ms = clock.now().getTime() - startedMs;
  emit({ event: 'result_saved', batch, path, bytes, lines, answered, failed, missing, ms });
}

function lostMessage(reason: string): string {
  return `its results are gone for good: no verified file is on disk, and the service has dropped them (${reason}); \`batch-submit retry --status lost\` pays for them again`;
}

/** What to do for one batch: nothing, leave its file alone, or fetch. */
async function chooseWork(
  context: RunContext,
  batch: number,
  options: DownloadOptions,
): Promise<Wanted | 'kept' | undefined> {
  const record = recordOf(context.store.current(), batch);
  if (!hasResults(record)) return undefined;
  if (await takeBack(context, batch)) return 'kept';
  const work = { batch, jobName: record.job.name, results: record.results };
  const { saved } = record;
  if (saved === undefined || options.force) return work;
  const isHere = resolve(saved.path) === resolve(resultPathFor(options.outputDirectory, batch, record));
  const isIntact = isHere && (await sizeOf(saved.path)) === saved.sizeBytes;
  // What was cut on its way may come whole now; polling asks for it once, a new command once more.
  const isShort = saved.isTorn === true || (options.asksForShort === true && (saved.missing ?? 0) > 0);
  if (isIntact && (!isShort || options.told?.has(`${batch} short`) === true)) return 'kept';
  options.told?.add(`${batch} short`);
  return work;
}

type WithResults = Extract<BatchRecord, { readonly results?: unknown }> & {
  readonly results: ResultLocation;
  readonly job: { readonly name: string };
};

function hasResults(record: BatchRecord): record is WithResults {
  return 'results' in record && record.results !== undefined && 'job' in record && record.job !== undefined;
}
