export { createBatchSubmit } from './library/create-batch-submit.ts';
export type { BatchSubmit, DocumentResult, Dryable, PlanResult, RunResult } from './library/batch-submit.ts';
export type {
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
  LibraryEvent,
  LibraryOptions,
  LibrarySettings,
  Listed,
  MergeOptions,
  ParseOptions,
  RangeOptions,
  ReportOptions,
  RetryOptions,
  SearchOptions,
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
export type { Emulator, EmulatorOptions } from './emulator/index.ts';
export { startEmulator } from './library/start-emulator.ts';
export type { EmbeddingDocument } from './documents/embedding.ts';
export type { SettingsDocument, StatusDocument, StatusOfBatch } from './documents/inspect.ts';
export type { ImportDocument } from './documents/import.ts';
export type { PlanDocument } from './documents/plan.ts';
export type { DuplicatesDocument } from './documents/duplicates.ts';
export type { PreparedDocument } from './documents/prepared.ts';
export type {
  CancelDocument,
  CancelPlanDocument,
  DownloadDocument,
  DownloadPlanDocument,
} from './documents/results.ts';
export type { SearchDocument } from './documents/search.ts';
export type { AdoptDocument, UnlockDocument } from './documents/set-up.ts';
export type { CleanupDocument, DiagnosisDocument } from './documents/upkeep.ts';
export type { ValidationDocument } from './documents/validation.ts';
