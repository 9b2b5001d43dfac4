export { createBatchSubmit } from './library/create-batch-submit.ts';
export type { BatchSubmit, DocumentResult, LibraryDocument, RunResult } from './library/batch-submit.ts';
export type {
  AdoptOptions,
  CallOptions,
  CancelOptions,
  ChoiceOptions,
  DownloadOptions,
  LibraryEvent,
  LibraryOptions,
  LibrarySettings,
  Listed,
  MergeOptions,
  RangeOptions,
  ReportOptions,
  RetryOptions,
  SplitOptions,
  StatusOptions,
  SubmitOptions,
  UnlockOptions,
  ValidateOptions,
} from './library/library-options.ts';
export { BatchSubmitError, type ErrorCode } from './model/errors.ts';
export type { BatchRecord, BatchStatus } from './model/batch-record.ts';
export type { BatchService, Result } from './model/service.ts';
export type { RunEvent } from './model/run-event.ts';
export type { SubmissionState } from './model/submission-state.ts';
export { loadState } from './state/load-state.ts';
export { buildReport } from './report/build-report.ts';
export type { FinalReport } from './report/final-report.ts';
export { startEmulator, type Emulator, type EmulatorOptions } from './emulator/index.ts';
