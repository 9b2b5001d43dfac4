import type { RequestCounts } from '../model/request-counts.ts';
import type { Defect, DefectKind } from '../model/answer.ts';
import type { StatusCounts } from '../model/summary.ts';

/**
 * `batch_submission_final_report.json`: the older script's keys, and the reconciliation beside them.
 * Batches that only send rows of others again count in `row_retries`, never in `statistics` or `requests`.
 */
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
  /** planned = answered + failed + missing + pending. */
  readonly requests: RequestCounts;
  /** Of the failed and missing: sent as often as \`retry\` sends them, so that only \`--max-attempts\` sends them again. */
  readonly requests_exhausted: number;
  /** Of the failed: refused for good, so that only `retry --reason` sends them again. */
  readonly requests_refused: number;
  /** Defects of the results as they came, before any row was sent again. */
  readonly defects_by_kind: Readonly<Partial<Record<DefectKind, number>>>;
  /** What is still wrong after the retries; at most 10,000 are listed. */
  readonly defects: readonly Defect[];
  readonly defects_omitted: number;
  readonly tokens: ReportedTokens;
  readonly cost: ReportedCost;
  readonly results: readonly ReportedResult[];
  readonly batches: readonly ReportedBatch[];
  readonly waves: readonly ReportedWave[];
  readonly row_retries: readonly ReportedRowRetry[];
  readonly merged: { readonly path: string; readonly lines: number; readonly sha256: string } | null;
  /** What was made of the answers; `null` before `parse`. */
  readonly records: ReportedRecords | null;
  /** Sentences about what the figures rest on, such as answers that were matched by their order. */
  readonly notes: readonly string[];
  /** Jobs that were made twice and are not dealt with. */
  readonly duplicate_jobs: readonly { readonly batch: number; readonly jobs: readonly string[] }[];
  readonly earlier_attempts: readonly {
    readonly batch: number;
    readonly attempt: number;
    readonly job: string | null;
    readonly ended: string;
  }[];
}

/** From the requests to the rows of a database, as the last `parse` found the answers. */
export interface ReportedRecords {
  /** In requests: planned = parsed + unparsable + without. */
  readonly requests: {
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
  };
  readonly records: number;
  /** Of the records: the same as another one. `null` where nobody looked, or looked at other records. */
  readonly duplicates: number | null;
  /** Of the records: with a vector. */
  readonly embedded: number | null;
  /** `null` where these records were not imported; else records = imported + held_back. */
  readonly imported: {
    readonly to: string;
    readonly path: string;
    readonly imported: number;
    readonly held_back: number;
  } | null;
}

export interface ReportedJob {
  readonly job_name: string;
  readonly file_uri: string | null;
  readonly submitted_at: string | null;
  readonly state: string | null;
}

export interface ReportedTokens {
  /** Of the prompts, from the length of their text, before anything was sent. */
  readonly estimated_prompt: number;
  /** The same requests' prompts as the service counted them. */
  readonly prompt: number;
  readonly cached: number;
  readonly answer: number;
  readonly thoughts: number;
  readonly total: number;
}

export interface ReportedCost {
  readonly currency: string;
  /** `null` where a price is not known; the part that is known stands in `by_model`. */
  readonly amount: number | null;
  /** Date of the price table, and where it is from. */
  readonly prices_as_of: string;
  readonly source: string;
  readonly by_model: readonly {
    readonly model: string;
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly amount: number | null;
  }[];
  readonly notes: readonly string[];
}

export interface ReportedResult {
  readonly batch: number;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  readonly missing: number;
}

export interface ReportedBatch extends RequestCounts {
  readonly batch: number;
  /** Name of the input file, without its folder. */
  readonly file: string | null;
  readonly job: string | null;
  readonly model: string | null;
  readonly status: string;
  readonly attempt: number;
  readonly submitted_at: string | null;
  readonly ended_at: string | null;
  readonly saved_at: string | null;
  readonly tokens: ReportedTokens;
  readonly cost: number | null;
}

/**
 * The batches that one run submitted. `run` is null for jobs that were adopted or made by the older script.
 * Requests count in the wave of their own batch, whatever answered them in the end, so that all waves add up to
 * `requests`; tokens and cost count where they were spent.
 */
export interface ReportedWave extends RequestCounts {
  readonly run: string | null;
  readonly first_submitted_at: string | null;
  readonly last_ended_at: string | null;
  /** Folded, such as `1-40, 43`. */
  readonly batches: string;
  readonly count: number;
  /** Requests of other batches that row retries of this wave sent again, and how many of them those answered. */
  readonly sent_again: number;
  readonly sent_again_answered: number;
  readonly tokens: ReportedTokens;
  readonly cost: number | null;
}

/** A batch made of rows that failed or were missing elsewhere. */
export interface ReportedRowRetry {
  readonly batch: number;
  readonly job: string | null;
  readonly status: string;
  readonly rows: number;
  readonly answered: number;
  /** Which rows of which batches; `lines` is folded, such as `3, 12-14`. */
  readonly sources: readonly { readonly batch: number; readonly lines: string }[];
  readonly cost: number | null;
}
