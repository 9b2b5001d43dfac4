import { downloadResults, type DownloadOptions } from '../collect/download.ts';
import { refreshJobs, stopAfter } from '../collect/refresh.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { promoteDuplicates } from '../service/note-duplicates.ts';
import { requeue, retryStatusOf, type RetryStatus } from '../submit/requeue.ts';

export interface RetryWish {
  readonly statuses: readonly RetryStatus[];
  /** At most so many batches. */
  readonly limit: number | undefined;
  readonly download: DownloadOptions;
}

/**
 * Makes failed batches ready to be submitted again. Their jobs are asked about first, so that no
 * second live copy of a job is ever made, and what an ended job left behind is saved first: a batch
 * whose partial results cannot be saved now is not touched.
 * @returns the batches that were made ready
 * @throws {BatchSubmitError} when the service cannot be asked
 */
export async function prepareRetry(
  context: RunContext,
  batches: readonly number[],
  { statuses, limit, download }: RetryWish,
): Promise<readonly number[]> {
  const stop = stopAfter(await refreshJobs(context, batches), false);
  if (stop !== undefined) throw stop;
  await promoteDuplicates(context, batches);
  const chosen = batches
    .filter((batch) => {
      const status = retryStatusOf(recordOf(context.store.current(), batch));
      return status !== undefined && statuses.includes(status);
    })
    .slice(0, limit ?? batches.length);
  const { failed } = await downloadResults(context, chosen, download);
  const unsaved = new Set(failed.filter(({ kind }) => kind !== 'not_found').map(({ batch }) => batch));
  const ready = chosen.filter((batch) => !unsaved.has(batch));
  await requeue(context, ready);
  return ready;
}
