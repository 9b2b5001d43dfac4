import { rm } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { BatchRecord, SavedResult } from '../model/batch-record.ts';
import type { JobStats, ResultLocation } from '../model/job.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { partPathFor, prepareOutput, publishResult, resultPathFor, sizeOf } from './result-file.ts';
import { hashFile, scanResult, type ResultScan } from './scan-result.ts';

export interface DownloadOptions {
  readonly outputDirectory: string;
  readonly concurrency: number;
  /** Fetch again what is already on disk, and replace what differs. */
  readonly force: boolean;
}

/** One answer line that holds no answer. `line` is its 1-based place in the results file. */
export interface Defect {
  readonly batch: number;
  readonly line: number;
  readonly key: string | undefined;
  readonly kind: 'error';
  readonly code: number | undefined;
  readonly message: string | undefined;
}

export interface DownloadOutcome {
  readonly saved: readonly {
    readonly batch: number;
    readonly result: SavedResult;
    readonly missing: number;
  }[];
  /** Results that were on disk already and were left alone. */
  readonly kept: readonly number[];
  readonly failed: readonly { readonly batch: number; readonly reason: string; readonly message: string }[];
  readonly defects: readonly Defect[];
}

interface Wanted {
  readonly batch: number;
  readonly jobName: string;
  readonly results: ResultLocation;
}

/**
 * Saves the results of every job that left some: to a temporary name, verified, then renamed, so that
 * a file under its final name is always whole and byte-identical to what the service sent.
 */
export async function downloadResults(
  context: RunContext,
  batches: readonly number[],
  options: DownloadOptions,
): Promise<DownloadOutcome> {
  const saved: { batch: number; result: SavedResult; missing: number }[] = [];
  const kept: number[] = [];
  const failed: { batch: number; reason: string; message: string }[] = [];
  const defects: Defect[] = [];
  const wanted: Wanted[] = [];
  for (const batch of batches) {
    const choice = await chooseWork(context, batch, options);
    if (choice === 'kept') kept.push(batch);
    else if (choice !== undefined) wanted.push(choice);
  }
  if (wanted.length > 0) await prepareOutput(options.outputDirectory);

  const limit = pLimit(options.concurrency);
  const fetchOne = async (work: Wanted): Promise<void> => {
    context.signal.throwIfAborted();
    const startedMs = context.clock.now().getTime();
    const fetched = await fetchResult(context, work, options);
    if ('failure' in fetched) {
      const { reason, message } = fetched.failure;
      failed.push({ batch: work.batch, reason, message });
      context.emit({ event: 'error', batch: work.batch, step: 'download', reason, message });
      return;
    }
    const { result, missing, scan } = fetched;
    await context.store.apply(work.batch, { type: 'saved', result });
    saved.push({ batch: work.batch, result, missing });
    for (const error of scan.errors) defects.push({ batch: work.batch, ...error });
    const { path, sizeBytes: bytes, lines, answered } = result;
    const ms = context.clock.now().getTime() - startedMs;
    context.emit({
      event: 'result_saved',
      batch: work.batch,
      path,
      bytes,
      lines,
      answered,
      failed: result.failed,
      missing,
      ms,
    });
  };
  await Promise.all(wanted.map((work) => limit(() => fetchOne(work))));
  return { saved, kept, failed, defects };
}

/** What to do for one batch: nothing, leave its file alone, or fetch. */
async function chooseWork(
  context: RunContext,
  batch: number,
  options: DownloadOptions,
): Promise<Wanted | 'kept' | undefined> {
  const record = recordOf(context.store.current(), batch);
  if (!hasResults(record)) return undefined;
  const work = { batch, jobName: record.job.name, results: record.results };
  if (record.saved === undefined) return work;
  const isIntact = (await sizeOf(record.saved.path)) === record.saved.sizeBytes;
  if (isIntact && !options.force) return 'kept';
  await context.store.apply(batch, { type: 'result_discarded' });
  return work;
}

type WithResults = Extract<BatchRecord, { readonly results?: unknown }> & {
  readonly results: ResultLocation;
  readonly job: { readonly name: string };
};

function hasResults(record: BatchRecord): record is WithResults {
  return 'results' in record && record.results !== undefined && 'job' in record && record.job !== undefined;
}

type Fetched =
  | { readonly result: SavedResult; readonly missing: number; readonly scan: ResultScan }
  | { readonly failure: ServiceFailure };

async function fetchResult(context: RunContext, work: Wanted, options: DownloadOptions): Promise<Fetched> {
  const { outputDirectory } = options;
  const record = recordOf(context.store.current(), work.batch);
  const finalPath = resultPathFor(outputDirectory, work.batch, record);
  const partPath = partPathFor(outputDirectory, work.batch);
  try {
    const downloaded = await context.service.downloadResult(
      work.jobName,
      work.results,
      partPath,
      context.signal,
    );
    if (!downloaded.ok) return downloaded;
    const scan = await scanResult(partPath);
    if (scan.problem !== undefined)
      return refused('BAD_RESULT', `the results cannot be used: ${scan.problem}`);
    const { sha256, sizeBytes } = downloaded.value;
    if (!options.force && (await holdsOtherBytes(finalPath, sizeBytes, sha256))) {
      return refused('FILE_EXISTS', `"${finalPath}" exists and holds other bytes; --force replaces it`);
    }
    await publishResult(partPath, finalPath, outputDirectory);
    const { lines, answered, failed } = scan;
    const savedAt = context.clock.now().toISOString();
    const result = { path: finalPath, sizeBytes, sha256, lines, answered, failed, savedAt };
    return { result, missing: missingLines(statsOf(record), lines), scan };
  } finally {
    await rm(partPath, { force: true });
  }
}

async function holdsOtherBytes(path: string, sizeBytes: number, sha256: string): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined) return false;
  return size !== sizeBytes || (await hashFile(path)) !== sha256;
}

function statsOf(record: BatchRecord): JobStats | undefined {
  return 'stats' in record ? record.stats : undefined;
}

/** Requests the service counted but sent no line for. */
function missingLines(stats: JobStats | undefined, lines: number): number {
  return stats === undefined ? 0 : Math.max(0, stats.requests - lines);
}

function refused(reason: string, message: string): { readonly failure: ServiceFailure } {
  return { failure: { kind: 'refused', reason, message } };
}
