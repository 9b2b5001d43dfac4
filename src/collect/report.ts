import { writeFileAtomic } from '../state/atomic-file.ts';
import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { fileOf } from '../model/batch-record.ts';
import { countStatuses, jobStateOf, summarize, type StatusCounts } from '../model/summary.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../model/submission-state.ts';

/** `batch_submission_final_report.json`: the older script's keys, and the reconciliation beside them. */
export interface FinalReport {
  readonly schemaVersion: 1;
  readonly report_generated: string;
  readonly batch_range: string;
  readonly statistics: {
    readonly total: number;
    readonly submitted: number;
    readonly remaining: number;
    /** Submitted of total, in percent, two decimals. */
    readonly percentage: number;
    readonly failed: number;
  };
  readonly submitted_jobs: Readonly<Record<string, ReportedJob>>;
  readonly failed_batches: readonly number[];
  readonly last_run: string | null;
  readonly uncertain_batches: readonly number[];
  readonly counts: StatusCounts;
  readonly requests: RequestTotals;
  readonly results: readonly ReportedResult[];
  /** Jobs that were made twice and are not dealt with. */
  readonly duplicate_jobs: readonly { readonly batch: number; readonly jobs: readonly string[] }[];
  readonly earlier_attempts: readonly {
    readonly batch: number;
    readonly attempt: number;
    readonly job: string | null;
    readonly ended: string;
  }[];
}

interface ReportedJob {
  readonly job_name: string;
  readonly file_uri: string | null;
  readonly submitted_at: string | null;
  readonly state: string | null;
}

interface ReportedResult {
  readonly batch: number;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  readonly missing: number;
}

/** planned = answered + failed + missing + pending, in requests, over the batches whose input was read. */
interface RequestTotals {
  readonly planned: number;
  readonly answered: number;
  readonly failed: number;
  readonly missing: number;
  readonly pending: number;
}

/** Reconciles from what was planned to what is on disk. Pure but for the time it is given. */
export function buildReport(state: SubmissionState, inputBatches: readonly number[], now: Date): FinalReport {
  const lines = summarize(state, inputBatches);
  const batches = lines.map(({ batch }) => batch);
  const having = (test: (record: BatchRecord) => boolean): number[] =>
    batches.filter((batch) => test(recordOf(state, batch)));
  const submitted = having(isSubmitted);
  const failed = having(({ status }) => status === 'failed');
  const results = batches.flatMap((batch) => reportedResult(batch, recordOf(state, batch)));
  const total = batches.length;
  return {
    schemaVersion: 1,
    report_generated: now.toISOString(),
    batch_range: total === 0 ? '' : `${batches[0]}-${batches[total - 1]}`,
    statistics: {
      total,
      submitted: submitted.length,
      remaining: total - submitted.length,
      percentage: total === 0 ? 0 : Math.round((submitted.length / total) * 10_000) / 100,
      failed: failed.length,
    },
    submitted_jobs: Object.fromEntries(
      submitted.map((batch) => [String(batch), reportedJob(recordOf(state, batch))]),
    ),
    failed_batches: failed,
    last_run: state.lastRun ?? null,
    uncertain_batches: having(({ status }) => status === 'uncertain' || status === 'creating'),
    counts: countStatuses(state, lines),
    requests: requestTotals(
      batches.map((batch) => recordOf(state, batch)),
      results,
    ),
    results,
    duplicate_jobs: batches.flatMap((batch) => {
      const jobs = recordOf(state, batch).duplicates ?? [];
      return jobs.length === 0 ? [] : [{ batch, jobs }];
    }),
    earlier_attempts: batches.flatMap((batch) =>
      (recordOf(state, batch).earlier ?? []).map(({ attempt, jobName, ended }) => ({
        batch,
        attempt,
        job: jobName ?? null,
        ended,
      })),
    ),
  };
}

export async function writeReport(path: string, report: FinalReport): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(report, undefined, 2)}\n`);
}

function reportedJob(record: BatchRecord): ReportedJob {
  const job = jobOf(record);
  return {
    job_name: job?.name ?? '',
    file_uri: fileOf(record)?.uri ?? null,
    submitted_at: job?.submittedAt ?? null,
    state: jobStateOf(record) ?? null,
  };
}

function reportedResult(batch: number, record: BatchRecord): ReportedResult[] {
  if (!('saved' in record) || record.saved === undefined) return [];
  const { path, sha256, sizeBytes, lines, answered, failed, missing = 0 } = record.saved;
  const requests = requestsOf(record) ?? lines;
  return [
    {
      batch,
      path,
      sha256,
      bytes: sizeBytes,
      requests,
      answered,
      failed,
      missing,
    },
  ];
}

/** How many requests the batch holds: counted here when the file was read, else as the service says. */
function requestsOf(record: BatchRecord): number | undefined {
  const read = 'input' in record ? record.input?.lines : undefined;
  const counted = 'stats' in record ? record.stats?.requests : undefined;
  return read ?? counted;
}

function requestTotals(records: readonly BatchRecord[], results: readonly ReportedResult[]): RequestTotals {
  const sum = (pick: (result: ReportedResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const planned = records.reduce((total, record) => total + (requestsOf(record) ?? 0), 0);
  const [answered, failed, missing] = [sum((r) => r.answered), sum((r) => r.failed), sum((r) => r.missing)];
  return { planned, answered, failed, missing, pending: Math.max(0, planned - answered - failed - missing) };
}
