import { writeFileAtomic } from '../state/atomic-file.ts';
import { DEFECT_KINDS, type DefectKind } from '../model/answer.ts';
import { fileOf, jobOf, type BatchRecord, type SavedResult } from '../model/batch-record.ts';
import { costOf, type PriceTable } from '../model/prices.ts';
import { sumRequests } from '../model/request-counts.ts';
import { countStatuses, jobStateOf, summarize } from '../model/summary.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../model/submission-state.ts';
import type {
  FinalReport,
  ReportedBatch,
  ReportedJob,
  ReportedResult,
  ReportedRowRetry,
} from './final-report.ts';
import type { Reconciliation } from '../collect/reconcile.ts';
import { reportNotes } from './notes.ts';
import { countsFromState, reportedBatch, costIn, type Pricing } from './reported-batch.ts';
import { addTokens, NO_TOKENS, reportedTokens, tokensOf, usesOf } from './reported-tokens.ts';
import { reportedWaves } from './reported-waves.ts';
import { sentAgain } from './sent-again.ts';

export interface ReportBasis {
  readonly now: Date;
  readonly prices: PriceTable;
  /** What the files on disk say; without it the state alone is believed. */
  readonly reconciliation?: Reconciliation | undefined;
  readonly merged?: FinalReport['merged'] | undefined;
  readonly made?: FinalReport['records'] | undefined;
}

/** Reconciles from what was planned to what is on disk. Pure: reads neither files nor clocks. */
export function buildReport(
  state: SubmissionState,
  inputBatches: readonly number[],
  { now, prices, reconciliation, merged, made }: ReportBasis,
): FinalReport {
  const lines = summarize(state, inputBatches);
  const isRetry = (batch: number): boolean => recordOf(state, batch).rowsOf !== undefined;
  const known = lines.map(({ batch }) => batch);
  const batches = known.filter((batch) => !isRetry(batch));
  const having = (test: (record: BatchRecord) => boolean): number[] =>
    batches.filter((batch) => test(recordOf(state, batch)));
  const submitted = having(isSubmitted);
  const total = batches.length;
  const pricing: Pricing = { table: prices, on: now.toISOString() };
  const reported = reportedBatches(state, batches, reconciliation, pricing);
  const records = known.map((batch) => recordOf(state, batch));
  const lineOf = new Map(reported.map((line) => [line.batch, line]));
  return {
    schemaVersion: 1,
    report_generated: now.toISOString(),
    batch_range: total === 0 ? '' : `${batches[0]}-${batches[total - 1]}`,
    statistics: {
      total,
      submitted: submitted.length,
      remaining: total - submitted.length,
      percentage: total === 0 ? 0 : Math.round((submitted.length / total) * 10_000) / 100,
      failed: having(({ status }) => status === 'failed').length,
    },
    submitted_jobs: Object.fromEntries(
      known
        .filter((batch) => isSubmitted(recordOf(state, batch)))
        .map((batch) => [String(batch), reportedJob(recordOf(state, batch))]),
    ),
    failed_batches: known.filter((batch) => recordOf(state, batch).status === 'failed'),
    last_run: state.lastRun ?? null,
    uncertain_batches: known.filter((batch) =>
      ['uncertain', 'creating'].includes(recordOf(state, batch).status),
    ),
    counts: countStatuses(
      state,
      lines.filter(({ batch }) => !isRetry(batch)),
    ),
    requests: sumRequests(reported),
    requests_exhausted: (reconciliation?.batches ?? []).reduce((sum, { exhausted }) => sum + exhausted, 0),
    requests_refused: (reconciliation?.batches ?? []).reduce((sum, { permanent }) => sum + permanent, 0),
    defects_by_kind: defectsByKind(records),
    defects: reconciliation?.defects ?? [],
    defects_omitted: (reconciliation?.defectCount ?? 0) - (reconciliation?.defects.length ?? 0),
    tokens: reportedTokens(records.map((record) => tokensOf(record)).reduce(addTokens, NO_TOKENS)),
    cost: costOf(
      records.flatMap((record) => usesOf(record)),
      prices,
      pricing.on,
    ),
    results: known.flatMap((batch) => reportedResult(batch, recordOf(state, batch))),
    batches: reported,
    waves: reportedWaves(
      known.map((batch) => ({
        batch,
        record: recordOf(state, batch),
        line: lineOf.get(batch),
      })),
      pricing,
    ),
    row_retries: known.filter(isRetry).map((batch) => rowRetry(batch, recordOf(state, batch), pricing)),
    merged: merged ?? null,
    records: made ?? null,
    notes: reportNotes(reconciliation?.caveats ?? new Map(), state.batches),
    duplicate_jobs: known.flatMap((batch) => {
      const jobs = recordOf(state, batch).duplicates ?? [];
      return jobs.length === 0 ? [] : [{ batch, jobs }];
    }),
    earlier_attempts: known.flatMap((batch) =>
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

function reportedBatches(
  state: SubmissionState,
  batches: readonly number[],
  reconciliation: Reconciliation | undefined,
  pricing: Pricing,
): readonly ReportedBatch[] {
  const outcomes = new Map(reconciliation?.batches.map((outcome) => [outcome.batch, outcome]));
  return batches.map((batch) => {
    const record = recordOf(state, batch);
    return reportedBatch(batch, record, outcomes.get(batch) ?? countsFromState(record), pricing);
  });
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

function savedIn(record: BatchRecord): SavedResult | undefined {
  return 'saved' in record ? record.saved : undefined;
}

function reportedResult(batch: number, record: BatchRecord): ReportedResult[] {
  const saved = savedIn(record);
  if (saved === undefined) return [];
  const { path, sha256, sizeBytes, answered, failed, missing = 0 } = saved;
  const { planned } = countsFromState(record);
  return [{ batch, path, sha256, bytes: sizeBytes, requests: planned, answered, failed, missing }];
}

function defectsByKind(records: readonly BatchRecord[]): Partial<Record<DefectKind, number>> {
  const count = (kind: DefectKind): number =>
    records.reduce((total, record) => total + (savedIn(record)?.audit?.defects[kind] ?? 0), 0);
  return Object.fromEntries(
    DEFECT_KINDS.map((kind): [DefectKind, number] => [kind, count(kind)]).filter(([, found]) => found > 0),
  );
}

function rowRetry(batch: number, record: BatchRecord, pricing: Pricing): ReportedRowRetry {
  return {
    batch,
    job: jobOf(record)?.name ?? null,
    status: record.status,
    ...sentAgain(record),
    sources: record.rowsOf ?? [],
    cost: costIn(record, pricing),
  };
}
