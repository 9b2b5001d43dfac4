import { rm } from 'node:fs/promises';
import { auditResult, type AuditedResult } from '../audit/audit-result.ts';
import { readInputRows } from '../audit/audit-saved.ts';
import { countAudit, type AuditCounts } from '../audit/count-audit.ts';
import type { ExpectedRows } from '../audit/expected-rows.ts';
import type { BatchRecord, SavedResult } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { JobStats, ResultLocation } from '../model/job.ts';
import type { DownloadedResult } from '../model/service.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { diskError } from '../state/disk-error.ts';
import { isFolder, partPathFor, publishResult, resultPathFor, sizeOf } from './result-file.ts';
import { hashFile } from '../state/hash-file.ts';

export interface FetchRequest {
  readonly batch: number;
  readonly jobName: string;
  readonly results: ResultLocation;
  readonly outputDirectory: string;
  /** Replace a file that holds other bytes. */
  readonly force: boolean;
}

export type Fetched =
  | { readonly ok: true; readonly result: SavedResult }
  | { readonly ok: false; readonly failure: ServiceFailure };

/** A result that came short is asked for once more before it is believed. */
const MOST_TRIES = 2;
/** One with a line that is no JSON is twice as suspicious. */
const MOST_TRIES_UNREADABLE = 3;

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

interface Candidate {
  readonly path: string;
  readonly file: DownloadedResult;
  readonly audited: AuditedResult;
}

async function fetchVerified(context: RunContext, request: FetchRequest): Promise<Fetched> {
  const { service, signal } = context;
  const { batch, jobName, results, outputDirectory } = request;
  const record = recordOf(context.store.current(), batch);
  const finalPath = resultPathFor(outputDirectory, batch, record);
  if (await isFolder(finalPath)) {
    const message = `"${finalPath}" is a folder; move it aside, then run \`batch-submit download\` again`;
    return refused('EISDIR', message);
  }
  const rows = await readInputRows(record, signal);
  const partPaths: string[] = [];
  try {
    let best: Candidate | undefined;
    for (let tries = 0; tries < mostTries(best) && !isWhole(best, record, rows); tries += 1) {
      const path = partPathFor(outputDirectory, batch);
      partPaths.push(path);
      const downloaded = await service.downloadResult(jobName, results, path, signal);
      if (!downloaded.ok) {
        if (best === undefined) return downloaded;
        break;
      }
      const audited = await auditResult(path, rows, signal);
      if (audited.readable === 0 && audited.read.lines > 0)
        return refused('BAD_RESULT', 'the results cannot be used: no line of them is a JSON object');
      if (best === undefined || audited.readable > best.audited.readable)
        best = { path, file: downloaded.value, audited };
    }
    if (best === undefined) return refused('BAD_RESULT', 'nothing came');
    return await publish(context, request, record, best);
  } finally {
    await Promise.all(partPaths.map((path) => rm(path, { force: true })));
  }
}

async function publish(
  context: RunContext,
  { batch, jobName, outputDirectory, force }: FetchRequest,
  record: BatchRecord,
  { path, file, audited }: Candidate,
): Promise<Fetched> {
  const finalPath = resultPathFor(outputDirectory, batch, record);
  const { sizeBytes, sha256 } = file;
  const isReplaceable =
    force ||
    isKnownShort(record, finalPath, audited) ||
    !(await holdsOtherBytes(finalPath, sizeBytes, sha256));
  if (!isReplaceable) {
    const message = `"${finalPath}" exists and holds other bytes; \`batch-submit download --force\` replaces it`;
    return refused('FILE_EXISTS', message);
  }
  const counts = countAudit(audited, record, owedRequests(record));
  const stats = await differingStats(context, jobName, record, counts, audited.read.lines);
  await publishResult(path, finalPath, outputDirectory);
  const { answered, failed, missing, facts } = counts;
  const { lines, endsTorn } = audited.read;
  const savedAt = context.clock.now().toISOString();
  const audit = stats === undefined ? facts : { ...facts, stats };
  const result = { path: finalPath, sizeBytes, sha256, lines, answered, failed, missing, savedAt, audit };
  const isTorn = endsTorn || (lines === 0 && missing > 0 && endedWell(record));
  return { ok: true, result: isTorn ? { ...result, isTorn } : result };
}

function mostTries(best: Candidate | undefined): number {
  const isSuspicious = best !== undefined && best.audited.readable < best.audited.read.lines;
  return isSuspicious ? MOST_TRIES_UNREADABLE : MOST_TRIES;
}

/** How many requests the batch holds, by what was read from the input, else as the service says. */
function owedRequests(record: BatchRecord): number | undefined {
  const read = 'input' in record ? record.input?.lines : undefined;
  const counted = 'stats' in record ? record.stats?.requests : undefined;
  return read ?? counted;
}

/** A job that ended early owes nothing: what it left is a gift. */
function endedWell(record: BatchRecord): boolean {
  return record.status === 'succeeded' || record.status === 'collected';
}

function isWhole(best: Candidate | undefined, record: BatchRecord, rows: ExpectedRows | undefined): boolean {
  if (best === undefined) return false;
  if (!endedWell(record)) return true;
  const owed = rows?.count ?? owedRequests(record) ?? 0;
  return best.audited.readable >= owed && !best.audited.read.endsTorn;
}

/** Our own file of a result that came short may be replaced by one that holds more. */
function isKnownShort(record: BatchRecord, path: string, { readable }: AuditedResult): boolean {
  if (record.status !== 'collected' || record.saved.path !== path) return false;
  const { lines, missing = 0, audit } = record.saved;
  return missing > 0 && readable > lines - (audit?.defects.unreadable ?? 0);
}

/**
 * The service counts too. Where its counts do not fit what came, it is asked once more, because counts
 * may lag behind; what it says then goes into the report.
 */
async function differingStats(
  { service, signal }: RunContext,
  jobName: string,
  record: BatchRecord,
  { requests }: AuditCounts,
  lines: number,
): Promise<JobStats | undefined> {
  const known = 'stats' in record ? record.stats : undefined;
  if (known === undefined || !endedWell(record) || fits(known, requests, lines)) return undefined;
  const fresh = await service.getJob(jobName, signal);
  const stats = fresh.ok ? (fresh.value.stats ?? known) : known;
  return fits(stats, requests, lines) ? undefined : stats;
}

function fits(stats: JobStats, requests: number, lines: number): boolean {
  return stats.requests === requests && stats.succeeded + stats.failed === lines;
}

async function holdsOtherBytes(path: string, sizeBytes: number, sha256: string): Promise<boolean> {
  const size = await sizeOf(path);
  if (size === undefined) return false;
  return size !== sizeBytes || (await hashFile(path)) !== sha256;
}

function refused(reason: string, message: string): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind: 'refused', reason, message } };
}
