import type { DuplicatesDocument } from '../documents/duplicates.ts';
import type { EmbeddingDocument } from '../documents/embedding.ts';
import type { ImportDocument } from '../documents/import.ts';
import type { SettingsDocument, StatusDocument } from '../documents/inspect.ts';
import type { PlanDocument } from '../documents/plan.ts';
import type { PreparedDocument } from '../documents/prepared.ts';
import type { RecordsDocument } from '../documents/records.ts';
import type {
  CancelDocument,
  CancelPlanDocument,
  DownloadDocument,
  DownloadPlanDocument,
} from '../documents/results.ts';
import type { SearchDocument } from '../documents/search.ts';
import type { AdoptDocument, UnlockDocument } from '../documents/set-up.ts';
import type { CleanupDocument, DiagnosisDocument } from '../documents/upkeep.ts';
import type { ValidationDocument } from '../documents/validation.ts';
import type { FinalReport } from '../report/final-report.ts';
import type {
  AdoptOptions,
  CallOptions,
  CancelOptions,
  ChoiceOptions,
  CleanupOptions,
  DedupeOptions,
  DownloadOptions,
  EmbedOptions,
  FinishedEvent,
  ImportOptions,
  MergeOptions,
  ParseOptions,
  ReportOptions,
  RetryOptions,
  SearchOptions,
  SplitOptions,
  StatusOptions,
  SubmitOptions,
  UnlockOptions,
  ValidateOptions,
} from './library-options.ts';

/** What a command that takes long came to. */
export interface RunResult {
  /** As the command line's: 0 when all is well; see the table of exit codes. */
  readonly exitCode: number;
  /** The last event. */
  readonly finished: FinishedEvent;
  readonly document: undefined;
}

/** What it would do, with `dryRun`. */
export interface PlanResult {
  readonly exitCode: number;
  readonly finished: undefined;
  readonly document: PlanDocument;
}

/** What a short command came to. */
export interface DocumentResult<Document> {
  readonly exitCode: number;
  /** What `--json` prints. Fields may be added. */
  readonly document: Document;
}

/** A call whose result depends on `dryRun`. */
export interface Dryable<Options, Result, Plan> {
  (options: Options & { readonly dryRun: true }): Promise<Plan>;
  (options?: Options & { readonly dryRun?: false | undefined }): Promise<Result>;
  (options: Options): Promise<Result | Plan>;
}

/**
 * The commands. All of them reject with a `BatchSubmitError` for what ends a command, such as `E_LOCKED` while
 * another call or process works on the same state, and `E_INTERRUPTED` after an abort.
 */
export interface BatchSubmit {
  /** Submits what is not submitted yet. */
  readonly submit: Dryable<SubmitOptions, RunResult, PlanResult>;
  /** Submits again what failed: batches, and rows of collected batches. */
  readonly retry: Dryable<RetryOptions, RunResult, PlanResult>;
  /** Submits, waits, downloads and reports until every batch is finished. */
  readonly run: Dryable<SubmitOptions, RunResult, PlanResult>;
  /** Follows jobs until they have ended, and saves their results. */
  watch(options?: ChoiceOptions): Promise<RunResult>;
  /** Cuts large files into numbered ones. */
  split(options: SplitOptions): Promise<DocumentResult<PreparedDocument>>;
  /** Packs small numbered files into fewer, in another folder. */
  merge(options: MergeOptions): Promise<DocumentResult<PreparedDocument>>;
  /** Turns the texts of the records into vectors, by batches of their own. */
  embed(options?: EmbedOptions): Promise<DocumentResult<EmbeddingDocument>>;
  /** The imported records that are nearest to a text or to one of them. */
  search(options: SearchOptions): Promise<DocumentResult<SearchDocument>>;
  /** Where every batch stands. */
  status(options?: StatusOptions): Promise<DocumentResult<StatusDocument>>;
  /** Reconciles requests, tokens and cost with what is on disk, and writes the report. */
  report(options?: ReportOptions): Promise<DocumentResult<FinalReport>>;
  /** Checks the input files; sends and writes nothing. */
  validate(options?: ValidateOptions): Promise<DocumentResult<ValidationDocument>>;
  /** Saves the results of finished jobs. */
  readonly download: Dryable<
    DownloadOptions,
    DocumentResult<DownloadDocument>,
    DocumentResult<DownloadPlanDocument>
  >;
  /** Makes records of the answers. */
  parse(options?: ParseOptions): Promise<DocumentResult<RecordsDocument>>;
  /** Finds records that say the same, and names the ones to keep. */
  dedupe(options?: DedupeOptions): Promise<DocumentResult<DuplicatesDocument>>;
  /** Cancels running jobs; where there is nothing to cancel, the document is a plan without batches. */
  cancel(options: CancelOptions): Promise<DocumentResult<CancelDocument | CancelPlanDocument>>;
  /** Loads the records into a database, or a file for another store. */
  import(options?: ImportOptions): Promise<DocumentResult<ImportDocument>>;
  /** Deletes uploaded files and finished jobs that are no longer needed. */
  cleanup(options: CleanupOptions): Promise<DocumentResult<CleanupDocument>>;
  /** Takes over jobs made elsewhere, or finds those of a lost state again. */
  adopt(options?: AdoptOptions): Promise<DocumentResult<AdoptDocument>>;
  /** Looks at everything a run needs, and says what to do about it; changes nothing. */
  doctor(options?: CallOptions): Promise<DocumentResult<DiagnosisDocument>>;
  /** Every setting, its value and where it came from. */
  config(options?: CallOptions): Promise<DocumentResult<SettingsDocument>>;
  /** Removes the lock of a run that is gone. */
  unlock(options?: UnlockOptions): Promise<DocumentResult<UnlockDocument>>;
}

export const LIBRARY_COMMANDS: readonly (keyof BatchSubmit)[] = [
  'submit',
  'retry',
  'run',
  'watch',
  'split',
  'merge',
  'embed',
  'search',
  'status',
  'report',
  'validate',
  'download',
  'parse',
  'dedupe',
  'cancel',
  'import',
  'cleanup',
  'adopt',
  'doctor',
  'config',
  'unlock',
];
