import { inputOf, savedIn } from './batch-record.ts';
import type { BatchProgress, RequestProgress } from './progress.ts';
import { isSubmitted, recordOf, type SubmissionState } from './submission-state.ts';
import { countRepaired, countUnanswered, NO_STATUS_COUNTS, groupOf } from './summary.ts';

/** As `batchProgress`, for who asks often: a state that is the same object says the same. */
export function createBatchProgress(
  current: () => SubmissionState,
  batches: readonly number[],
): () => BatchProgress {
  let last: { readonly state: SubmissionState; readonly progress: BatchProgress } | undefined;
  return () => {
    const state = current();
    if (last?.state !== state) last = { state, progress: batchProgress(state, batches) };
    return last.progress;
  };
}

/** Where the batches stand by what the state says. */
export function batchProgress(state: SubmissionState, batches: readonly number[]): BatchProgress {
  const counts = { ...NO_STATUS_COUNTS };
  let submitted = 0;
  for (const batch of batches) {
    const record = recordOf(state, batch);
    counts[groupOf(record)] += 1;
    if (isSubmitted(record)) submitted += 1;
    if (record.status === 'collected') counts.downloaded += 1;
  }
  return { total: batches.length, submitted, counts, requests: requestProgress(state, batches) };
}

/** Rows that were sent again count with the batches that they are of. */
export function requestProgress(state: SubmissionState, batches: readonly number[]): RequestProgress {
  const repaired = countRepaired(state);
  let answered = 0;
  let planned: number | undefined = 0;
  for (const batch of batches) {
    const record = recordOf(state, batch);
    if (record.rowsOf !== undefined) continue;
    const lines = inputOf(record)?.lines;
    planned = planned === undefined || lines === undefined ? undefined : planned + lines;
    // An earlier attempt may have answered what a later one was paid for again.
    const most = Math.max(0, ...savedIn(record).map(({ saved }) => saved.answered));
    answered += Math.min(lines ?? Number.POSITIVE_INFINITY, most + (repaired.get(batch) ?? 0));
  }
  return { planned, answered, unanswered: countUnanswered(state, batches).count };
}
