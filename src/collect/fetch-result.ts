import { rm } from 'node:fs/promises';
import type { BatchRecord, SavedResult } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { ResultLocation } from '../model/job.ts';
import type { DownloadedResult } from '../model/service.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { diskError } from '../state/disk-error.ts';
import { partPathFor, publishResult, resultPathFor, sizeOf } from './result-file.ts';
import { hashFile, scanResult, type ResultScan } from './scan-result.ts';

export interface FetchRequest {
  readonly batch: number;
  readonly jobName: string;
  readonly results: ResultLocation;
  readonly outputDirectory: string;
  /** Replace a file that holds other bytes. */
  readonly force: boolean;
}

export type Fetched =
  | { readonly ok: true; readonly result: SavedResult; readonly scan: ResultScan }
  | { readonly ok: false; readonly failure: ServiceFailure };

/** A result that came short is asked for once more before it is believed. */
const MOST_TRIES = 2;

/**
 * Brings one batch's results home: to a temporary name, verified, then renamed, so that a file under
 * its final name is always whole and byte-identical to what the service sent.
 * @throws {BatchSubmitError} `E_DISK` when the file system refuses any step of it
 */
export async function fetchResult(context: RunContext, request: FetchRequest): Promise<Fetched> {
  try {
    return await fetchVerified(context, request);
  } catch (error) {
    throw diskError('keep results in', request.outputDirectory, error);
  }
}

async function fetchVerified(context: RunContext, request: FetchRequest): Promise<Fetched> {
  const record = recordOf(context.store.current(), request.batch);
  const expected = expectedLines(record);
  const partPaths: string[] = [];
  try {
    let best:
      | { readonly path: string; readonly file: DownloadedResult; readonly scan: ResultScan }
      | undefined;
    for (let tries = 0; tries < MOST_TRIES && !isWhole(best?.scan, expected); tries += 1) {
      const path = partPathFor(request.outputDirectory, request.batch);
      partPaths.push(path);
      const downloaded = await context.service.downloadResult(
        request.jobName,
        request.results,
        path,
        context.signal,
      );
      if (!downloaded.ok) {
        if (best === undefined) return downloaded;
        break;
      }
      const scan = await scanResult(path);
      if (scan.problem !== undefined)
        return refused('BAD_RESULT', `the results cannot be used: ${scan.problem}`);
      if (best === undefined || scan.lines > best.scan.lines) best = { path, file: downloaded.value, scan };
    }
    if (best === undefined) return refused('BAD_RESULT', 'nothing came');
    return await publish(context, request, record, best, expected);
  } finally {
    await Promise.all(partPaths.map((path) => rm(path, { force: true })));
  }
}

async function publish(
  context: RunContext,
  { batch, outputDirectory, force }: FetchRequest,
  record: BatchRecord,
  { path, file, scan }: { readonly path: string; readonly file: DownloadedResult; readonly scan: ResultScan },
  expected: number,
): Promise<Fetched> {
  const finalPath = resultPathFor(outputDirectory, batch, record);
  const { sizeBytes, sha256 } = file;
  const isReplaceable =
    force ||
    isKnownShort(record, finalPath, scan.lines) ||
    !(await holdsOtherBytes(finalPath, sizeBytes, sha256));
  if (!isReplaceable) {
    const message = `"${finalPath}" exists and holds other bytes; \`batch-submit download --force\` replaces it`;
    return refused('FILE_EXISTS', message);
  }
  await publishResult(path, finalPath, outputDirectory);
  const { lines, answered, failed } = scan;
  const missing = Math.max(0, expected - lines);
  const savedAt = context.clock.now().toISOString();
  return {
    ok: true,
    scan,
    result: { path: finalPath, sizeBytes, sha256, lines, answered, failed, missing, savedAt },
  };
}

/** What was read from the input counts more than what the service says; neither is known of older jobs. */
function expectedLines(record: BatchRecord): number {
  // A job that ended early owes nothing: what it left is a gift.
  if (record.status !== 'succeeded' && record.status !== 'collected') return 0;
  return record.input?.lines ?? record.stats?.requests ?? 0;
}

function isWhole(scan: ResultScan | undefined, expected: number): boolean {
  return scan !== undefined && scan.lines >= expected;
}

/** Our own file of a result that came short may be replaced by a longer one. */
function isKnownShort(record: BatchRecord, path: string, lines: number): boolean {
  return (
    record.status === 'collected' &&
    record.saved.path === path &&
    (record.saved.missing ?? 0) > 0 &&
    lines > record.saved.lines
  );
}

async function holdsOtherBytes(path: string, sizeBytes: number, sha256: string): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined) return false;
  return size !== sizeBytes || (await hashFile(path)) !== sha256;
}

function refused(reason: string, message: string): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind: 'refused', reason, message } };
}
