import type { SettingsDocument, StatusDocument } from '../documents/inspect.ts';
import type { PlanDocument } from '../documents/plan.ts';
import type { PreparedDocument } from '../documents/prepared.ts';
import type {
  CancelDocument,
  CancelPlanDocument,
  DownloadDocument,
  DownloadPlanDocument,
} from '../documents/results.ts';
import type { AdoptDocument, UnlockDocument } from '../documents/set-up.ts';
import type { ValidationDocument } from '../documents/validation.ts';
import type { FinalReport } from '../report/final-report.ts';
import type {
  AdoptOptions,
  CallOptions,
  CancelOptions,
  ChoiceOptions,
  DownloadOptions,
  FinishedEvent,
  MergeOptions,
  ReportOptions,
  RetryOptions,
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
  /** The last event; `undefined` with `dryRun`. */
  readonly finished: FinishedEvent | undefined;
  /** The plan, with `dryRun`; else `undefined`. */
  readonly document: PlanDocument | undefined;
}

/** What a short command came to. */
export interface DocumentResult<Document> {
  readonly exitCode: number;
  /** What `--json` prints. Fields may be added. */
  readonly document: Document;
}

/**
 * The commands. All of them reject with a `BatchSubmitError` for what ends a command, such as `E_LOCKED` while
 * another call or process works on the same state, and `E_INTERRUPTED` after an abort.
 */
export interface BatchSubmit {
  /** Submits what is not submitted yet. */
  submit(options?: SubmitOptions): Promise<RunResult>;
  /** Submits again what failed: batches, and rows of collected batches. */
  retry(options?: RetryOptions): Promise<RunResult>;
  /** Submits, waits, downloads and reports until every batch is finished. */
  run(options?: SubmitOptions): Promise<RunResult>;
  /** Follows jobs until they have ended, and saves their results. */
  watch(options?: ChoiceOptions): Promise<RunResult>;
  /** Cuts large files into numbered ones. */
  split(options: SplitOptions): Promise<DocumentResult<PreparedDocument>>;
  /** Packs small numbered files into fewer, in another folder. */
  merge(options: MergeOptions): Promise<DocumentResult<PreparedDocument>>;
  /** Where every batch stands. */
  status(options?: StatusOptions): Promise<DocumentResult<StatusDocument>>;
  /** Reconciles requests, tokens and cost with what is on disk, and writes the report. */
  report(options?: ReportOptions): Promise<DocumentResult<FinalReport>>;
  /** Checks the input files; sends and writes nothing. */
  validate(options?: ValidateOptions): Promise<DocumentResult<ValidationDocument>>;
  /** Saves the results of finished jobs. */
  download(options?: DownloadOptions): Promise<DocumentResult<DownloadDocument | DownloadPlanDocument>>;
  /** Cancels running jobs. */
  cancel(options: CancelOptions): Promise<DocumentResult<CancelDocument | CancelPlanDocument>>;
  /** Takes over jobs made elsewhere, or finds those of a lost state again. */
  adopt(options?: AdoptOptions): Promise<DocumentResult<AdoptDocument>>;
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
  'status',
  'report',
  'validate',
  'download',
  'cancel',
  'adopt',
  'config',
  'unlock',
];
