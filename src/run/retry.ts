import { downloadResults, type DownloadOptions } from '../collect/download.ts';
import { refreshJobs } from '../collect/refresh.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { requeue, retryStatusOf, type RetryStatus } from '../submit/requeue.ts';

/**
 * Makes failed batches ready to be submitted again. Their jobs are asked about first, so that no
 * second live copy of a job is ever made, and what an ended job left behind is saved first.
 * @returns the batches that were made ready
 */
export async function prepareRetry(
  context: RunContext,
  batches: readonly number[],
  statuses: readonly RetryStatus[],
  download: DownloadOptions,
): Promise<readonly number[]> {
  await refreshJobs(context, batches);
  const chosen = batches.filter((batch) => {
    const status = retryStatusOf(recordOf(context.store.current(), batch));
    return status !== undefined && statuses.includes(status);
  });
  await downloadResults(context, chosen, download);
  await requeue(context, chosen);
  return chosen;
}
