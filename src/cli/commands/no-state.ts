import type { SubmissionState } from '../../model/submission-state.ts';

/** An empty state, for what is asked before any file exists. */
export const NO_STATE: SubmissionState = {
  stateId: '',
  createdAt: '',
  lastRun: undefined,
  batches: new Map(),
};
