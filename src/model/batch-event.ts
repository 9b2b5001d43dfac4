import type {
  CreateIntent,
  FailedStep,
  InputFacts,
  RowSource,
  SavedResult,
  SubmittedJob,
  UploadedFile,
} from './batch-record.ts';
import type { JobSnapshot } from './job.ts';

/** Everything that can happen to one batch. */
export type BatchEvent =
  | {
      readonly type: 'upload_started';
      readonly input: InputFacts;
      readonly fileName: string;
      readonly at: string;
    }
  | { readonly type: 'upload_session'; readonly sessionUrl: string | undefined }
  | { readonly type: 'uploaded'; readonly file: UploadedFile }
  | { readonly type: 'create_intended'; readonly intent: CreateIntent }
  | { readonly type: 'create_refused' }
  | {
      readonly type: 'create_unknown';
      readonly reason: string;
      readonly at: string;
      /** `at` by the service's clock. */
      readonly serviceAt: string | undefined;
    }
  | { readonly type: 'created'; readonly job: SubmittedJob }
  /** A job made elsewhere becomes this batch's job, in place of one it may have had. */
  | {
      readonly type: 'taken_over';
      readonly job: SubmittedJob;
      readonly attempt: number;
      readonly input: InputFacts | undefined;
      readonly file: UploadedFile | undefined;
      /** Which rows it sends again, where that was recognised. */
      readonly rows?: readonly RowSource[] | undefined;
    }
  /** More jobs than one for the same attempt. */
  | { readonly type: 'duplicates_found'; readonly jobs: readonly string[] }
  /** Duplicates that nobody has to decide on any more: they were cancelled, or have ended. */
  | { readonly type: 'duplicates_settled'; readonly jobs: readonly string[] }
  | { readonly type: 'fenced' }
  | { readonly type: 'file_gone' }
  | {
      readonly type: 'failed';
      readonly step: FailedStep;
      readonly reason: string;
      readonly detail: string;
      readonly at: string;
      readonly input?: InputFacts | undefined;
    }
  | { readonly type: 'job_observed'; readonly job: JobSnapshot; readonly at: string }
  | { readonly type: 'saved'; readonly result: SavedResult }
  /** The job ended well, the service has dropped what it made, and no verified copy is on disk. */
  | { readonly type: 'results_lost'; readonly at: string }
  /** The batch is to send rows of other batches again. */
  | { readonly type: 'rows_chosen'; readonly rows: readonly RowSource[] }
  /** The input file, the same bytes, is found in another place now. */
  | { readonly type: 'input_moved'; readonly path: string }
  /** The service is about to be asked to delete a job that is not needed any more; it may be gone from now on. */
  | { readonly type: 'deletion_asked'; readonly job: string; readonly at: string }
  | { readonly type: 'requeued' };
